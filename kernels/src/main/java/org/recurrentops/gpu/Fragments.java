package org.recurrentops.gpu;

/**
 * Where the fragments of a thread of a {@link TensorGrid} are: those of the first chunks and tiles
 * in registers, the others in shared memory or, by units of {@link #ahead} chunks and as many tiles
 * as a product takes, in memory. In the order of {@code load_fragments} in {@code tensor_pieces.h}.
 * Those in memory come into registers ahead of their product; where a thread has none left for
 * them, by way of a ring in shared memory.
 *
 * @param room what registers hold
 * @param chunks of a warp
 * @param tiles of columns
 */
record Fragments(TensorGrid.Held room, int chunks, int tiles) {
  private static final int QUAD_BYTES = 16;

  /** AT_ONCE in tensor_pieces.h: chunks are held by so many. */
  private static final int AT_ONCE = 4;

  /** Units in shared memory that are on their way there, where they come that way. */
  private static final int RING = Streaming.MOST_AHEAD;

  /** Chunks of a unit: AHEAD in tensor_pieces.h. */
  private int ahead() {
    return room.tiles() > 2 ? 1 : 4 / room.tiles();
  }

  /** Units of the ring: RING in tensor_pieces.h, where ASKS_AHEAD is false. */
  private int ring() {
    return room.tiles() < 4 ? 0 : RING;
  }

  /** Chunks that have registers where so many units are in memory. */
  private int held(int streamed) {
    int held = Math.min(room.chunks(), AT_ONCE * ceil(chunks, AT_ONCE));
    while (held > 0 && unheld(held) < streamed) {
      held -= AT_ONCE;
    }
    return held;
  }

  /** Units without a register. */
  private int unheld(int held) {
    int first = ceil(Math.max(0, chunks - held), ahead());
    return first + (ceil(tiles, room.tiles()) - 1) * ceil(chunks, ahead());
  }

  private int units() {
    return unheld(0);
  }

  private boolean streams() {
    return units() <= Streaming.MOST_UNITS;
  }

  /** Units that memory has to have. */
  int least() {
    return streams() ? Streaming.least(units()) : 0;
  }

  /** Units that memory may have. */
  int most() {
    return streams() ? Streaming.most(units(), ring()) : 0;
  }

  /** Fragments of a thread in shared memory. */
  long inMemory(int streamed) {
    int held = held(streamed);
    long plan = Streaming.spread(unheld(held), streamed);
    long count = streamed > 0 ? (long) ring() * ahead() * room.tiles() : 0;
    int unit = 0;
    for (int base = 0; base < tiles; base += room.tiles()) {
      int width = Math.min(room.tiles(), tiles - base);
      for (int k = base == 0 ? held : 0; k < chunks; k += ahead()) {
        boolean inMemory = unit < Streaming.MOST_UNITS && (plan >> unit & 1) != 0;
        count += inMemory ? 0 : (long) width * Math.min(ahead(), chunks - k);
        unit++;
      }
    }
    return count;
  }

  /** What a kernel is told. */
  Streaming streaming(int streamed, int threads) {
    int held = held(streamed);
    long unit = (long) QUAD_BYTES * ahead() * room.tiles() * threads;
    long plan = Streaming.spread(unheld(held), streamed);
    return new Streaming(held, plan, unit, units(), plan == 0 ? 0 : ring() * unit);
  }

  private static int ceil(int count, int by) {
    return (count + by - 1) / by;
  }
}
