package org.recurrentops.bench.layers;

import static org.recurrentops.bench.layers.PersistentModel.SHARED_BYTES_PER_CLOCK;
import static org.recurrentops.bench.layers.PersistentModel.WARPS;
import static org.recurrentops.bench.layers.PersistentModel.ceil;

import org.recurrentops.bench.layers.PersistentModel.Step;

/**
 * What {@link PersistentModel} expects of a step of {@code persistent} in float32: warps stage
 * their quads of a plane of the mailbox, lanes multiply them in turns, with weights in registers as
 * far as these go, and tiles of rows follow each other. The division is that of {@code StripGrid}.
 * Loops that share a launch have a part of the card each. In a stack the words of the layer before
 * are there already: a block multiplies them while those of its own loop are on their way. Weights
 * of a loop alone that do not fit are read from memory for each tile of rows, while others are
 * multiplied: registers of one turn are then for those that a thread asks for ahead.
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

  /** Of the first, if any weights are in memory: those that are asked for ahead. */
  private static final int AHEAD = 1;

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

  /** Of the plan that divides rows: bytes per clock from L2, clocks of an exchange, efficiency. */
  private static final double PLANNED_BYTES = 22;

  private static final double PLANNED_EXCHANGE = 1850;
  private static final double PLANNED_RATE = 128 * 0.7;

  /** How a warp's lanes are divided. */
  private record Lanes(int across, int parts, int turns, int passes) {
    int units() {
      return passes * turns;
    }

    /** Bytes of a unit, which is a turn of all warps. */
    double unit() {
      return (double) Float.BYTES * WARPS * TILE * TILE * across * parts;
    }

    int held(int most, int streamed) {
      int ahead = streamed > 0 ? AHEAD : 0;
      return Math.min(Math.min(most - ahead, turns), units() - streamed);
    }

    int shared(int most, int streamed) {
      return units() - held(most, streamed) - streamed;
    }
  }

  /** Tiles of rows at once, and units of weights in memory. */
  private record Room(int tiles, int streamed) {}

  /** Of a loop that has the card for itself. */
  StripModel(PersistentModel card) {
    this(card, 1, false);
  }

  private int held() {
    return loops > 1 ? ROLE_HELD : HELD;
  }

  /** Refused where a block's part does not fit. */
  Step step(LayerShape s, boolean backward) {
    int gates = s.cell().gates();
    int padded = TILE * ceil(s.hiddenSize(), TILE);
    int perUnit = backward ? 1 : gates;
    int quantum = perUnit == 1 ? TILE : 1;
    int share = quantum * ceil(padded, quantum * (card.multiprocessors() / loops));
    int depth = padded * (backward ? gates : 1);
    int mine = ceil(depth / TILE, Math.min(WARPS, depth / TILE));
    int groups = ceil(perUnit * share, TILE);
    Lanes lanes = lanes(groups, mine);
    Room room = room(s.batch(), share, groups, lanes);
    if (room == null) {
      return Step.REFUSED;
    }
    int rows = TILE * room.tiles();
    int portions = ceil(s.batch(), rows);
    int rounds = portions * ceil(Math.min(rows, s.batch()) * mine, LANES * FLIGHT);
    double blocks = ceil(padded, share);
    double reading =
        rounds * card.latency()
            + card.reading(loops * blocks * s.batch() * depth * Float.BYTES * (stack ? 2 : 1));
    double streaming =
        card.streaming(blocks * room.streamed() * lanes.unit(), ceil(s.batch(), TILE));
    double finish = portions * FINISH * card.card().pace().finish();
    double multiplying = micros(s, lanes, held(), room.streamed());
    double own = reading + Math.max(multiplying, streaming) + finish;
    double input = reading + micros(s, lanes, INPUT_HELD, 0) + finish / 2;
    double waits = stack ? Math.max(card.published(), input) : card.published();
    return new Step(own + waits, (double) room.streamed() / lanes.units());
  }

  /** Of a product. */
  private double micros(LayerShape s, Lanes lanes, int inRegisters, int streamed) {
    double tile = s.batch() == 1 ? 1 : TILE;
    Pace pace = card.card().pace();
    double multiplying = pace.float32() * WARPS * LANES * tile * TILE * TILE / RATE;
    double fromShared =
        pace.shared() * WARPS * LANES * TILE * TILE * Float.BYTES / SHARED_BYTES_PER_CLOCK;
    double staged = pace.shared() * WARPS * tile * ROW_CLOCKS;
    int loaded = lanes.shared(inRegisters, streamed) + streamed; // the same way into registers
    double clocks =
        ceil(s.batch(), TILE)
            * ((lanes.units() - loaded) * Math.max(multiplying, staged)
                + loaded * Math.max(multiplying, staged + fromShared));
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

  /**
   * As many rows at once as fit beside the weights, none much fewer than others; with some weights
   * in memory so many as the plan takes. Null where nothing fits.
   */
  private Room room(int batch, int share, int groups, Lanes lanes) {
    int wanted = ceil(batch, TILE);
    int least = loops > 1 ? 0 : card.leastStreamed(lanes.units());
    int most = loops > 1 ? 0 : card.mostStreamed(lanes.units(), AHEAD);
    int fit = Math.min(wanted, tiles(batch, share, groups, lanes, least));
    if (fit > 0) {
      return new Room(ceil(wanted, ceil(wanted, fit)), least);
    }
    Room best = null;
    double shortest = Double.MAX_VALUE;
    for (int tiles = 1; tiles <= wanted; tiles++) {
      int streamed = least;
      while (streamed < most && tiles(batch, share, groups, lanes, streamed) < tiles) {
        streamed++;
      }
      double planned =
          ceil(wanted, tiles) * PLANNED_EXCHANGE
              + Math.max(
                  wanted * streamed * lanes.unit() / PLANNED_BYTES,
                  batch * lanes.units() * lanes.unit() / Float.BYTES / PLANNED_RATE);
      if (tiles(batch, share, groups, lanes, streamed) >= tiles && planned < shortest) {
        shortest = planned;
        best = new Room(tiles, streamed);
      }
    }
    return best;
  }

  /** Tiles of rows that fit with so many units in memory. */
  private int tiles(int batch, int share, int groups, Lanes lanes, int streamed) {
    int lists = lanes.shared(held(), streamed) + (stack ? lanes.shared(INPUT_HELD, 0) : 0);
    int kept = stack ? 3 : 2;
    double fixed =
        lists * lanes.unit() / Float.BYTES
            + (double) WARPS * TILE * TILE * LANES
            + (double) kept * batch * share;
    double row = WARPS * ((double) TILE * lanes.turns() * lanes.parts() + 2.0 * TILE * groups);
    double left = (double) card.sharedBytes() / Float.BYTES - fixed;
    return left < 0 ? 0 : (int) (left / (TILE * row));
  }
}
