package org.recurrentops.gpu;

import java.util.List;
import java.util.Locale;
import org.recurrentops.MathMode;
import org.recurrentops.spi.PlanRequest;

/**
 * What is expected of a step that reads weights from memory, in clocks of a multiprocessor, of
 * which each reads as much from L2 as any other. Assumptions for a card of compute capability 9.0;
 * none of them was measured.
 *
 * @param element bytes of a weight
 * @param rate multiply-adds of a multiprocessor per clock at its peak
 * @param rowTile rows for which all weights are read once
 */
record StreamingModel(int element, double rate, int rowTile) {
  static final StreamingModel FP32 = new StreamingModel(4, 128, PersistentGrid.TILE);
  private static final StreamingModel TF32 = new StreamingModel(4, 1024, TensorGrid.ROW_TILE);
  private static final StreamingModel HALF = new StreamingModel(2, 2048, TensorGrid.ROW_TILE);

  /** Bytes from L2 per clock while all multiprocessors read. */
  private static final double BYTES_PER_CLOCK = 22;

  /** The same where no rows are divided by it, 5.5 TB/s of 132 multiprocessors. */
  private static final double L2_BYTES_PER_CLOCK = 22.5;

  /** The same from memory, where L2 does not hold so many bytes. */
  private static final double MEMORY_BYTES_PER_CLOCK = 19.66;

  private static final double L2_BYTES = 40e6;

  private static final double SHARED_BYTES_PER_CLOCK = 128;

  /** Clocks until a word is seen, and until words from L2 are there that are asked for at once. */
  private static final double PUBLISHED = 555;

  private static final double LATENCY = 1295;

  /** Clocks for sums, gates and the barrier of a block, per portion of rows. */
  private static final double FINISH = 500;

  /** Warps of a block; bytes of a chunk, and chunks that a warp asks for at once; in FP32 bytes. */
  private static final int WARPS = 8;

  private static final int CHUNK = 64;
  private static final int AT_ONCE = 4;
  private static final int COLUMN_TILE = 8;
  private static final int STAGED = 32 * 8 * 16;

  /** Clocks of an exchange, as the division of rows has it. */
  private static final double EXCHANGE = 1850;

  /** Clocks of a kernel of a recorded stepped loop, of which a step has two. */
  private static final double NODE = 2300;

  /** Shares of the peak: of a product of few rows, and of a loop that has its weights. */
  private static final double STEP_EFFICIENCY = 0.3;

  private static final double EFFICIENCY = 0.7;

  private static StreamingModel of(MathMode mode) {
    return mode == MathMode.FP32 ? FP32 : mode == MathMode.TF32 ? TF32 : HALF;
  }

  /** What of a plan's grids is in memory, for people, after a word about where the others are. */
  static String describe(PlanRequest request, List<PersistentGrid> grids) {
    StreamingModel model = of(request.options().mathMode());
    int batch = request.options().maxBatch();
    StringBuilder s = new StringBuilder(" but for ");
    boolean slower = false;
    for (int pass = 0; pass < grids.size(); pass++) {
      PersistentGrid grid = grids.get(pass);
      Streaming some = grid.streaming();
      s.append(pass == 0 ? "" : " (backward ")
          .append(amount(some, grid.blocks()))
          .append(pass == 0 ? "" : ")");
      slower |= model.isSlower(request, grid, pass > 0);
    }
    return s.append(", read from memory ahead of products for every ")
        .append(model.rowTile)
        .append(" rows of a step")
        .append(slower ? ", which is expected to be slower than graph" : "")
        .toString();
  }

  private static String amount(Streaming some, int blocks) {
    double all = 1e-6 * blocks * some.unit() * some.units();
    String ring =
        some.ring() > 0 ? " by way of " + some.ring() + " bytes of shared memory each" : "";
    return String.format(Locale.ROOT, "%.3g of %.3g MB%s", 1e-6 * blocks * some.bytes(), all, ring);
  }

  /**
   * Whether a step is expected to take longer than one of the recorded stepped loop, whose product
   * reads all weights, but once for all rows. By the assumptions of bench's PersistentModel, whose
   * predictions StreamingModelTest compares with what this says.
   */
  private boolean isSlower(PlanRequest request, PersistentGrid grid, boolean backward) {
    int rows = request.options().maxBatch();
    int hidden = request.spec().hiddenSize();
    double weights =
        (double) request.spec().cell().gates() * hidden * hidden; // in whole units more
    double bytes = weights * element;
    double multiplying = rows * weights / grid.blocks() / rate / STEP_EFFICIENCY;
    double product = Math.max(bytes / grid.blocks() / speed(bytes), multiplying);
    double step = isTensor() ? tensors(request, grid, backward) : strips(request, grid, backward);
    return step > product + (this == HALF ? 3 : 2) * NODE; // in 16 bits rows are converted first
  }

  private boolean isTensor() {
    return this != FP32;
  }

  /** Bytes per clock and multiprocessor of so many that are read in every step. */
  private static double speed(double bytes) {
    return bytes < L2_BYTES ? L2_BYTES_PER_CLOCK : MEMORY_BYTES_PER_CLOCK;
  }

  /** Clocks in which a block has its weights from memory. */
  private double streaming(PersistentGrid grid, int rows) {
    double bytes = grid.streaming().bytes();
    return ceil(rows, rowTile) * bytes / speed(bytes * grid.blocks());
  }

  /**
   * A step on tensor cores: for each tile of rows, and for as many tiles of columns as are
   * multiplied at a time, a block reads its words, some of a warp's after others. What registers do
   * not hold comes through shared memory's path; what is in memory at the same time as products,
   * because a thread asks ahead.
   */
  private double tensors(PlanRequest request, PersistentGrid grid, boolean backward) {
    int rows = request.options().maxBatch();
    int gates = request.spec().cell().gates();
    int across = backward ? 1 : TensorGrid.forward(gates).tiles();
    int times = ceil(grid.tiles(), across);
    int tiles = ceil(rows, rowTile);
    double row = (double) request.spec().hiddenSize() * (backward ? gates : 1) * element;
    double rounds = Math.ceil(row / (CHUNK * WARPS * AT_ONCE));
    double reading = times * (tiles * rounds * LATENCY + rows * row / L2_BYTES_PER_CLOCK);
    Streaming some = grid.streaming();
    double all = (double) tiles * rowTile * grid.tiles() * COLUMN_TILE * row / element;
    double products = 2 * all / rate / EFFICIENCY; // by mma.sync
    double loaded = tiles * (grid.bytes() - some.ring() + some.bytes()) / SHARED_BYTES_PER_CLOCK;
    double weights = streaming(grid, rows);
    return PUBLISHED + reading + Math.max(products + loaded, weights) + tiles * FINISH;
  }

  /** A step in FP32: portions of rows, weights from memory while others are multiplied. */
  private double strips(PlanRequest request, PersistentGrid grid, boolean backward) {
    int rows = request.options().maxBatch();
    int gates = request.spec().cell().gates();
    double row = (double) request.spec().hiddenSize() * (backward ? gates : 1) * element;
    int together = Math.min(rows, rowTile * grid.tiles());
    int portions = ceil(rows, together);
    double rounds = portions * Math.ceil(together * row / WARPS / STAGED);
    Streaming some = grid.streaming();
    int multiplied = rows == 1 ? 1 : rowTile * ceil(rows, rowTile);
    double loaded = (double) (some.units() - some.held()) * some.unit();
    double multiplying =
        peakClocks(some, multiplied) / EFFICIENCY
            + ceil(rows, rowTile) * loaded / SHARED_BYTES_PER_CLOCK;
    return PUBLISHED
        + rounds * LATENCY
        + rows * row / L2_BYTES_PER_CLOCK
        + Math.max(multiplying, streaming(grid, rows))
        + portions * FINISH;
  }

  /** Clocks of a step that depend on how rows and weights are divided. */
  double clocks(Streaming some, int rows, int portions) {
    double reading = ceil(rows, rowTile) * some.bytes() / BYTES_PER_CLOCK;
    return portions * EXCHANGE + Math.max(reading, peakClocks(some, rows) / EFFICIENCY);
  }

  private double peakClocks(Streaming some, int rows) {
    return (double) rows * some.units() * some.unit() / element / rate;
  }

  private static int ceil(int count, int by) {
    return (count + by - 1) / by;
  }
}
