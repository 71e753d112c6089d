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
  double stepMicros(LayerShape s, MathMode mode, int size, boolean backward, int layers) {
    boolean stacked = layers > 1;
    int gates = s.cell().gates();
    int number = mode == MathMode.TF32 ? 4 : 2;
    int slices = backward ? gates : 1;
    int share = 2 * ceil(s.hiddenSize(), 2 * size);
    int columns = share * (backward ? 1 : gates);
    int chunks = slices * ceil(s.hiddenSize() * number, CHUNK_BYTES);
    int tilesHeld = stacked && backward ? HELD_TILES - 1 : HELD_TILES;
    int groups = Math.min(ceil(columns, COLUMN_TILE * tilesHeld), WARPS);
    int parts = Math.min(WARPS / groups, chunks);
    int mine = ceil(chunks, parts);
    int tiles = ceil(columns, COLUMN_TILE * groups);
    int width = COLUMN_TILE * groups * tiles;
    int chunksHeld = stacked ? HELD_CHUNKS / 2 : HELD_CHUNKS;
    int held = Math.min(chunksHeld, mine) * Math.min(tilesHeld, tiles);
    double inMemory = (stacked ? 2 : 1) * 512.0 * groups * parts * (mine * tiles - held);
    double sums = 4.0 * parts * ROW_TILE * width;
    double row = (stacked && backward ? 12.0 : 8.0) * share + 2.0 * CHUNK_BYTES * (chunks | 1);
    double left = of.sharedBytes() - inMemory - 2 * sums;
    int clusters = OneClusterModel.clusters(size) / layers;
    if (clusters == 0) {
      return Double.NaN;
    }
    int rowTiles = (int) Math.min(ceil(s.batch(), ROW_TILE * clusters), left / row / ROW_TILE);
    if (left < row * Math.min(s.batch(), ROW_TILE)) {
      return Double.NaN;
    }
    rowTiles = Math.max(1, rowTiles);
    double inTurn = ceil(ceil(s.batch(), ROW_TILE * rowTiles), clusters);
    if (stacked && inTurn > 1) {
      return Double.NaN;
    }
    double reading =
        (double) ROW_TILE * chunks * CHUNK_BYTES * groups + inMemory / (stacked ? 2 : 1) + 2 * sums;
    double depth = (double) chunks * CHUNK_BYTES / number;
    double rate = mode == MathMode.TF32 ? RATE / 2 : RATE;
    Pace pace = of.card().pace();
    double products =
        pace.products(mode) * Math.max(ROW_TILE * width * depth / rate, 2 * PRODUCT * mine);
    int rows = Math.min(s.batch(), ROW_TILE * rowTiles);
    double sending =
        size == 1 ? 0 : pace.peers() * size * rows * share * slices * number / OneClusterModel.SENT;
    double shared = pace.shared() * reading / SHARED_BYTES_PER_CLOCK;
    double clocks = rowTiles * (products + shared) * (stacked ? 2 : 1) + sending;
    return inTurn * (of.meeting(size, stacked) + clocks / (of.clock() * 1e3));
  }
}
