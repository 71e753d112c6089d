package org.recurrentops.bench.layers;

import static org.recurrentops.bench.layers.PersistentModel.SHARED_BYTES_PER_CLOCK;
import static org.recurrentops.bench.layers.PersistentModel.WARPS;
import static org.recurrentops.bench.layers.PersistentModel.ceil;

/**
 * What {@link PersistentModel} expects of a step of {@code persistent} in float32: warps stage
 * their quads of a plane of the mailbox, lanes multiply them in turns, with weights in registers as
 * far as these go, and tiles of rows follow each other. The division is that of {@code StripGrid}.
 *
 * @param card the card
 */
record StripModel(PersistentModel card) {
  private static final int LANES = 32;

  /** Rows of a tile, columns of a lane, elements of a quad. */
  private static final int TILE = 4;

  /** Turns whose weights have registers. */
  private static final int HELD = 8;

  /** Quads of a lane that are asked for at the same time. */
  private static final int FLIGHT = 8;

  /** Multiply-adds of a multiprocessor per clock, and the share of it that is reached. */
  private static final double RATE = 128 * 0.7;

  /** Clocks for the quads of a row that a warp reads, which lanes share. */
  private static final double ROW_CLOCKS = 2;

  /** µs for sums, gates and the barrier of a block, per portion of rows. */
  private static final double FINISH = 0.3;

  /** How a warp's lanes are divided. */
  private record Lanes(int across, int parts, int turns, int passes) {
    int inMemory() {
      return passes * turns - Math.min(HELD, turns);
    }
  }

  /** NaN where a block's part does not fit. */
  double stepMicros(LayerShape s, boolean backward) {
    int gates = s.cell().gates();
    int padded = TILE * ceil(s.hiddenSize(), TILE);
    int perUnit = backward ? 1 : gates;
    int quantum = perUnit == 1 ? TILE : 1;
    int share = quantum * ceil(padded, quantum * card.multiprocessors());
    int depth = padded * (backward ? gates : 1);
    int mine = ceil(depth / TILE, Math.min(WARPS, depth / TILE));
    int groups = ceil(perUnit * share, TILE);
    Lanes lanes = lanes(groups, mine);
    int rows = rows(s.batch(), share, groups, lanes);
    if (rows == 0) {
      return Double.NaN;
    }
    int portions = ceil(s.batch(), rows);
    int rounds = portions * ceil(Math.min(rows, s.batch()) * mine, LANES * FLIGHT);
    double blocks = ceil(padded, share);
    double tile = s.batch() == 1 ? 1 : TILE;
    double tiles = ceil(s.batch(), TILE);
    double multiplying = WARPS * LANES * tile * TILE * TILE / RATE;
    double fromMemory = WARPS * LANES * TILE * TILE * Float.BYTES / SHARED_BYTES_PER_CLOCK;
    double staged = WARPS * tile * ROW_CLOCKS;
    int held = Math.min(HELD, lanes.turns());
    double clocks =
        tiles
            * (held * Math.max(multiplying, staged)
                + lanes.inMemory() * Math.max(multiplying, staged + fromMemory));
    return card.published()
        + rounds * card.latency()
        + card.reading(blocks * s.batch() * depth * Float.BYTES)
        + clocks / (card.clock() * 1e3)
        + portions * FINISH;
  }

  private static Lanes lanes(int groups, int mine) {
    Lanes best = null;
    int least = Integer.MAX_VALUE;
    for (int passes = ceil(groups, LANES); passes <= Math.min(groups, LANES); passes++) {
      int across = ceil(groups, passes);
      int parts = Math.min(LANES / across, mine);
      int turns = ceil(mine, parts);
      int cost = passes + 2 * passes * turns - Math.min(HELD, turns);
      if (cost < least) {
        least = cost;
        best = new Lanes(across, parts, turns, ceil(groups, across));
      }
    }
    return best;
  }

  /** As many at once as fit beside the weights, none much fewer than others; 0 for none. */
  private int rows(int batch, int share, int groups, Lanes lanes) {
    long used = (long) lanes.across() * lanes.parts();
    long weights = lanes.inMemory() * TILE * TILE * used;
    long fixed = WARPS * (weights + (long) TILE * TILE * LANES) + 2L * batch * share;
    long row = WARPS * ((long) TILE * lanes.turns() * lanes.parts() + 2L * TILE * groups);
    long left = card.sharedBytes() / Float.BYTES - fixed;
    long tiles = left < 0 ? 0 : Math.min(ceil(batch, TILE), left / (TILE * row));
    return tiles == 0 ? 0 : TILE * ceil(ceil(batch, TILE), ceil(ceil(batch, TILE), (int) tiles));
  }
}
