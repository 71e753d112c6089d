package org.recurrentops.bench.layers;

import static org.recurrentops.bench.layers.PersistentModel.SHARED_BYTES_PER_CLOCK;
import static org.recurrentops.bench.layers.PersistentModel.ceil;

import org.recurrentops.MathMode;

/**
 * What {@link PersistentModel} expects of a step of {@code persistent} on tensor cores as it
 * stands: a word of the mailbox travels, every block reads a plane, the warps multiply, and the
 * fragments that have no register are read from shared memory. Written down before a card was
 * measured.
 *
 * @param card the card
 */
record TensorModel(PersistentModel card) {
  private static final int ROW_TILE = 16;
  private static final int COLUMN_TILE = 8;
  private static final int CHUNK_BYTES = 64;

  /** Chunks of a warp whose words are under way at the same time, and that have registers. */
  private static final int AT_ONCE = 4;

  private static final int HELD_CHUNKS = 8;

  /** µs for sums, gates and the barrier of a block, per tile of rows. */
  private static final double FINISH = 0.25;

  /** Multiply-adds per clock in 16 bits by mma.sync, and what is reached of them; TF32: half. */
  private static final double RATE = 1024 * 0.7;

  /** NaN where a block's part does not fit. */
  double stepMicros(LayerShape s, MathMode mode, boolean backward) {
    int gates = s.cell().gates();
    int number = mode == MathMode.TF32 ? 4 : 2;
    int padded = CHUNK_BYTES / number * ceil(s.hiddenSize(), CHUNK_BYTES / number);
    int share = 2 * ceil(padded, 2 * card.multiprocessors());
    int tiles = ceil(share * (backward ? 1 : gates), COLUMN_TILE);
    int held = backward ? 1 : gates == 1 ? 2 : gates;
    int depth = padded * (backward ? gates : 1);
    int chunks = depth * number / CHUNK_BYTES;
    int warps = Math.min(PersistentModel.WARPS, chunks);
    int mine = ceil(chunks, warps);
    double fragment = 512.0 * warps; // of a chunk and a tile, of all warps
    double inMemory =
        fragment * (mine * tiles - Math.min(HELD_CHUNKS, mine) * Math.min(held, tiles));
    double bytes =
        inMemory + 8.0 * warps * ROW_TILE * COLUMN_TILE * tiles + 8.0 * s.batch() * share;
    if (bytes > card.sharedBytes()) {
      return Double.NaN;
    }
    int rowTiles = ceil(s.batch(), ROW_TILE);
    int passes = ceil(tiles, held); // over the rows, whose words are not kept
    double plane = (double) s.batch() * depth * number;
    double blocks = ceil(padded, share);
    double reading = card.reading(blocks * plane * passes);
    double rounds = rowTiles * passes * ceil(mine, AT_ONCE) * card.latency();
    double products = (double) rowTiles * ROW_TILE * tiles * COLUMN_TILE * depth;
    double rate = mode == MathMode.TF32 ? RATE / 2 : RATE;
    double clocks = products / rate + rowTiles * inMemory / SHARED_BYTES_PER_CLOCK;
    return card.published() + rounds + reading + clocks / (card.clock() * 1e3) + rowTiles * FINISH;
  }
}
