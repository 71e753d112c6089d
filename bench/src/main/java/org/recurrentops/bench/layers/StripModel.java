package org.recurrentops.bench.layers;

import static org.recurrentops.bench.layers.PersistentModel.SHARED_BYTES_PER_CLOCK;
import static org.recurrentops.bench.layers.PersistentModel.WARPS;
import static org.recurrentops.bench.layers.PersistentModel.ceil;

/**
 * What {@link PersistentModel} expects of a step of {@code persistent} in float32: warps stage
 * their quads of a plane of the mailbox, lanes multiply them in turns, with weights in registers as
 * far as these go, and tiles of rows follow each other. The division is that of {@code StripGrid}.
 * Loops that share a launch have a part of the card each. In a stack the words of the layer before
 * are there already: a block multiplies them while those of its own loop are on their way.
 *
 * @param card the card
 * @param loops that share a launch
 * @param stack whether they are layers, which multiply their input, too
 */
record StripModel(PersistentModel card, int loops, boolean stack) {
  private static final int LANES = 32;

  /** Rows of a tile, columns of a lane, elements of a quad. */
  private static final int TILE = 4;

  /** Turns whose weights have registers: of a loop alone, of one of several, and of its input. */
  private static final int HELD = 8;

  private static final int ROLE_HELD = 7;
  private static final int INPUT_HELD = 1;

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
    int inMemory(int held) {
      return passes * turns - Math.min(held, turns);
    }
  }

  /** Of a loop that has the card for itself. */
  StripModel(PersistentModel card) {
    this(card, 1, false);
  }

  private int held() {
    return loops > 1 ? ROLE_HELD : HELD;
  }

  /** NaN where a block's part does not fit. */
  double stepMicros(LayerShape s, boolean backward) {
    int gates = s.cell().gates();
    int padded = TILE * ceil(s.hiddenSize(), TILE);
    int perUnit = backward ? 1 : gates;
    int quantum = perUnit == 1 ? TILE : 1;
    int share = quantum * ceil(padded, quantum * (card.multiprocessors() / loops));
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
    double reading =
        rounds * card.latency()
            + card.reading(loops * blocks * s.batch() * depth * Float.BYTES * (stack ? 2 : 1));
    double own = reading + micros(s, lanes, held()) + portions * FINISH;
    double input = reading + micros(s, lanes, INPUT_HELD) + portions * FINISH / 2;
    return own + (stack ? Math.max(card.published(), input) : card.published());
  }

  /** Of a product. */
  private double micros(LayerShape s, Lanes lanes, int inRegisters) {
    double tile = s.batch() == 1 ? 1 : TILE;
    double multiplying = WARPS * LANES * tile * TILE * TILE / RATE;
    double fromMemory = WARPS * LANES * TILE * TILE * Float.BYTES / SHARED_BYTES_PER_CLOCK;
    double staged = WARPS * tile * ROW_CLOCKS;
    int held = Math.min(inRegisters, lanes.turns());
    double clocks =
        ceil(s.batch(), TILE)
            * (held * Math.max(multiplying, staged)
                + lanes.inMemory(inRegisters) * Math.max(multiplying, staged + fromMemory));
    return clocks / (card.clock() * 1e3);
  }

  private Lanes lanes(int groups, int mine) {
    Lanes best = null;
    int least = Integer.MAX_VALUE;
    for (int passes = ceil(groups, LANES); passes <= Math.min(groups, LANES); passes++) {
      int across = ceil(groups, passes);
      int parts = Math.min(LANES / across, mine);
      int turns = ceil(mine, parts);
      int cost = passes + 2 * passes * turns - Math.min(held(), turns);
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
    long lists = lanes.inMemory(held()) + (stack ? lanes.inMemory(INPUT_HELD) : 0);
    long weights = lists * TILE * TILE * used;
    int kept = stack ? 3 : 2;
    long fixed = WARPS * (weights + (long) TILE * TILE * LANES) + (long) kept * batch * share;
    long row = WARPS * ((long) TILE * lanes.turns() * lanes.parts() + 2L * TILE * groups);
    long left = card.sharedBytes() / Float.BYTES - fixed;
    long tiles = left < 0 ? 0 : Math.min(ceil(batch, TILE), left / (TILE * row));
    return tiles == 0 ? 0 : TILE * ceil(ceil(batch, TILE), ceil(ceil(batch, TILE), (int) tiles));
  }
}
