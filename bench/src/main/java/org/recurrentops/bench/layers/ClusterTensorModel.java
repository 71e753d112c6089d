package org.recurrentops.bench.layers;

import static org.recurrentops.bench.layers.PersistentModel.SHARED_BYTES_PER_CLOCK;
import static org.recurrentops.bench.layers.PersistentModel.ceil;

import org.recurrentops.MathMode;

/**
 * What {@link OneClusterModel} expects of a step on tensor cores: the cluster meets, its warps read
 * the rows and multiply, a tile of columns waiting for itself from chunk to chunk, sums of parts of
 * the depth go through shared memory, and what the own units give is written to all blocks. Written
 * down before a card was measured.
 *
 * @param of the card
 */
record ClusterTensorModel(OneClusterModel of) {
  private static final int ROW_TILE = 16;
  private static final int COLUMN_TILE = 8;
  private static final int CHUNK_BYTES = 64;
  private static final int WARPS = 8;

  /** Chunks and tiles of columns of a warp that have registers. */
  private static final int HELD_CHUNKS = 8;

  private static final int HELD_TILES = 4;

  /** Multiply-adds per clock in 16 bits by mma.sync, and what is reached of them; TF32: half. */
  private static final double RATE = 1024 * 0.7;

  /** Clocks from a product of tensor cores to the next that adds to it; two to a chunk. */
  private static final double PRODUCT = 33;

  /** NaN where a block's part does not fit. */
  double stepMicros(LayerShape s, MathMode mode, int size, boolean backward) {
    int gates = s.cell().gates();
    int number = mode == MathMode.TF32 ? 4 : 2;
    int slices = backward ? gates : 1;
    int share = 2 * ceil(s.hiddenSize(), 2 * size);
    int columns = share * (backward ? 1 : gates);
    int chunks = slices * ceil(s.hiddenSize() * number, CHUNK_BYTES);
    int groups = Math.min(ceil(columns, COLUMN_TILE * HELD_TILES), WARPS);
    int parts = Math.min(WARPS / groups, chunks);
    int mine = ceil(chunks, parts);
    int tiles = ceil(columns, COLUMN_TILE * groups);
    int width = COLUMN_TILE * groups * tiles;
    int held = Math.min(HELD_CHUNKS, mine) * Math.min(HELD_TILES, tiles);
    double inMemory = 512.0 * groups * parts * (mine * tiles - held);
    double sums = 4.0 * parts * ROW_TILE * width;
    double row = 8.0 * share + 2.0 * CHUNK_BYTES * (chunks | 1);
    double left = of.sharedBytes() - inMemory - 2 * sums;
    int clusters = OneClusterModel.clusters(size);
    int rowTiles = (int) Math.min(ceil(s.batch(), ROW_TILE * clusters), left / row / ROW_TILE);
    if (left < row * Math.min(s.batch(), ROW_TILE)) {
      return Double.NaN;
    }
    rowTiles = Math.max(1, rowTiles);
    double inTurn = ceil(ceil(s.batch(), ROW_TILE * rowTiles), clusters);
    double reading = (double) ROW_TILE * chunks * CHUNK_BYTES * groups + inMemory + 2 * sums;
    double depth = (double) chunks * CHUNK_BYTES / number;
    double rate = mode == MathMode.TF32 ? RATE / 2 : RATE;
    Pace pace = of.card().pace();
    double products =
        pace.products(mode) * Math.max(ROW_TILE * width * depth / rate, 2 * PRODUCT * mine);
    int rows = Math.min(s.batch(), ROW_TILE * rowTiles);
    double sending =
        size == 1 ? 0 : pace.peers() * size * rows * share * slices * number / OneClusterModel.SENT;
    double shared = pace.shared() * reading / SHARED_BYTES_PER_CLOCK;
    double clocks = rowTiles * (products + shared) + sending;
    return inTurn * (of.meeting(size) + clocks / (of.clock() * 1e3));
  }
}
