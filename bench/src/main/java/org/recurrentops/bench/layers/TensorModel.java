package org.recurrentops.bench.layers;

import static org.recurrentops.bench.layers.PersistentModel.SHARED_BYTES_PER_CLOCK;
import static org.recurrentops.bench.layers.PersistentModel.ceil;

import org.recurrentops.MathMode;
import org.recurrentops.bench.layers.PersistentModel.Step;

/**
 * What {@link PersistentModel} expects of a step of {@code persistent} on tensor cores as it
 * stands: a word of the mailbox travels, every block reads a plane, the warps multiply, and the
 * fragments that have no register are read from shared memory; those that do not fit there, of a
 * loop alone, from memory for each tile of rows. A thread asks for these before it needs them: they
 * come into registers, but for an LSTM's forward, which has none left, into a ring in shared
 * memory. Loops that share a launch have a part of the card each; in a stack a block multiplies the
 * words of the layer before while those of its own loop are on their way, see {@link StripModel}.
 * Written down before a card was measured.
 *
 * @param card the card
 * @param loops that share a launch
 * @param stack whether they are layers, which multiply their input, too
 */
record TensorModel(PersistentModel card, int loops, boolean stack) {
  private static final int ROW_TILE = 16;
  private static final int COLUMN_TILE = 8;
  private static final int CHUNK_BYTES = 64;

  /** Chunks of a warp whose words are under way at the same time, and that have registers. */
  private static final int AT_ONCE = 4;

  private static final int HELD_CHUNKS = 8;

  /** The same forward of a loop that shares a launch, and tiles of columns that it has at most. */
  private static final int ROLE_CHUNKS = 4;

  private static final int ROLE_TILES = 3;

  /** Fragments of a unit that is in memory, about, and tiles from which on a ring has them. */
  private static final int AHEAD = 4;

  /** Units of the ring. */
  private static final int RING = 2;

  /** Bytes of a fragment of a warp. */
  private static final double FRAGMENT = 512;

  /** Numbers of a loop's own table entry. */
  private static final int ROLE_WORDS = 64;

  /** µs for sums, gates and the barrier of a block, per tile of rows. */
  private static final double FINISH = 0.25;

  /** Multiply-adds per clock in 16 bits by mma.sync, and what is reached of them; TF32: half. */
  private static final double RATE = 1024 * 0.7;

  /** Of a loop that has the card for itself. */
  TensorModel(PersistentModel card) {
    this(card, 1, false);
  }

  /**
   * The fragments of a warp and where they are.
   *
   * @param mine chunks
   * @param tiles of columns
   * @param across of them at once
   * @param most chunks that registers have
   */
  private record Fragments(int mine, int tiles, int across, int most) {
    int ahead() {
      return across > 2 ? 1 : AHEAD / across;
    }

    int ring() {
      return across < AHEAD ? 0 : RING;
    }

    int held(int streamed) {
      int held = Math.min(most, AT_ONCE * ceil(mine, AT_ONCE));
      while (held > 0 && unheld(held) < streamed) {
        held -= AT_ONCE;
      }
      return held;
    }

    int unheld(int held) {
      int first = ceil(Math.max(0, mine - held), ahead());
      return first + (ceil(tiles, across) - 1) * ceil(mine, ahead());
    }

    /** In shared memory, with so many units in memory, spread evenly. */
    long shared(int streamed) {
      int held = held(streamed);
      int units = unheld(held);
      long count = streamed > 0 ? ring() * ahead() * across : 0;
      int unit = 0;
      for (int base = 0; base < tiles; base += across) {
        for (int k = base == 0 ? held : 0; k < mine; k += ahead(), unit++) {
          boolean there =
              (unit + 1L) * streamed / Math.max(1, units)
                  == (long) unit * streamed / Math.max(1, units);
          int all = Math.min(across, tiles - base) * Math.min(ahead(), mine - k);
          count += there ? all : 0;
        }
      }
      return count;
    }
  }

  /** Refused where a block's part does not fit. */
  Step step(LayerShape s, MathMode mode, boolean backward) {
    int gates = s.cell().gates();
    int number = mode == MathMode.TF32 ? 4 : 2;
    int padded = CHUNK_BYTES / number * ceil(s.hiddenSize(), CHUNK_BYTES / number);
    int share = 2 * ceil(padded, 2 * (card.multiprocessors() / loops));
    int tiles = ceil(share * (backward ? 1 : gates), COLUMN_TILE);
    int depth = padded * (backward ? gates : 1);
    int chunks = depth * number / CHUNK_BYTES;
    int warps = Math.min(PersistentModel.WARPS, chunks);
    Fragments f = fragments(ceil(chunks, warps), tiles, gates, backward);
    double sums = 8.0 * warps * ROW_TILE * COLUMN_TILE * tiles;
    double kept = (stack && backward ? 12.0 : 8.0) * s.batch() * share;
    double others = sums + kept + (loops > 1 ? 4 * ROLE_WORDS : 0);
    int copies = stack ? 2 : 1;
    int units = f.unheld(0);
    int streamed = loops > 1 ? 0 : card.leastStreamed(units);
    int most = loops > 1 ? 0 : card.mostStreamed(units, f.ring());
    while (streamed < most && bytes(f, warps, streamed) + others > card.sharedBytes()) {
      streamed++;
    }
    double shared = bytes(f, warps, streamed);
    if (copies * shared + others > card.sharedBytes()) {
      return Step.REFUSED;
    }
    int rowTiles = ceil(s.batch(), ROW_TILE);
    int passes = ceil(tiles, f.across()); // over the rows, whose words are not kept
    double plane = (double) s.batch() * depth * number;
    double blocks = ceil(padded, share);
    double reading =
        rowTiles * passes * ceil(f.mine(), AT_ONCE) * card.latency()
            + card.reading(loops * blocks * plane * passes * copies);
    double products = (double) rowTiles * ROW_TILE * tiles * COLUMN_TILE * depth;
    double rate = mode == MathMode.TF32 ? RATE / 2 : RATE;
    double unit = FRAGMENT * warps * f.ahead() * f.across();
    double ring = streamed > 0 ? f.ring() * unit : 0; // no place of weights that stay
    double loaded = shared - ring + streamed * unit; // the same way into registers
    Pace pace = card.card().pace();
    double clocks =
        pace.products(mode) * products / rate
            + pace.shared() * rowTiles * loaded / SHARED_BYTES_PER_CLOCK;
    double multiplying = clocks / (card.clock() * 1e3);
    double streaming = card.streaming(blocks * streamed * unit, rowTiles);
    double finish = rowTiles * FINISH * pace.finish();
    double own = reading + Math.max(multiplying, streaming) + finish;
    double input = reading + multiplying + finish / 2;
    double waits = stack ? Math.max(card.published(), input) : card.published();
    return new Step(own + waits, (double) streamed / units);
  }

  private Fragments fragments(int mine, int tiles, int gates, boolean backward) {
    int across = backward ? 1 : gates == 1 ? 2 : gates;
    boolean fewer = loops > 1 && !backward;
    return new Fragments(
        mine,
        tiles,
        fewer ? Math.min(ROLE_TILES, across) : across,
        fewer ? ROLE_CHUNKS : HELD_CHUNKS);
  }

  private static double bytes(Fragments f, int warps, int streamed) {
    return FRAGMENT * warps * f.shared(streamed);
  }
}
