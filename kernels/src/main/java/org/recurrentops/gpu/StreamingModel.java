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

  /** Clocks of an exchange. */
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
    return s.append(", read from memory for every ")
        .append(model.rowTile)
        .append(" rows of a step")
        .append(slower ? ", which is expected to be slower than graph" : "")
        .toString();
  }

  private static String amount(Streaming some, int blocks) {
    double all = 1e-6 * blocks * some.unit() * some.units();
    return String.format(Locale.ROOT, "%.3g of %.3g MB", 1e-6 * blocks * some.bytes(), all);
  }

  /**
   * Whether a step is expected to take longer than one of the recorded stepped loop, whose product
   * reads all weights, but once for all rows. A block of this one reads a whole plane of the
   * mailbox, too, on tensor cores once for as many tiles of columns as it multiplies at a time, and
   * nothing is taken to happen at the same time.
   */
  private boolean isSlower(PlanRequest request, PersistentGrid grid, boolean backward) {
    int rows = request.options().maxBatch();
    int gates = request.spec().cell().gates();
    int across = backward ? 1 : TensorGrid.forward(gates).tiles();
    int times = this == FP32 ? 1 : ceil(grid.tiles(), across);
    int portions = ceil(rows, this == FP32 ? PersistentGrid.TILE * grid.tiles() : rowTile);
    double plane = (double) rows * request.spec().hiddenSize() * (backward ? gates : 1) * element;
    Streaming some = grid.streaming();
    double all = (double) some.units() * some.unit();
    double product = Math.max(all / BYTES_PER_CLOCK, peakClocks(some, rows) / STEP_EFFICIENCY);
    double reading = ceil(rows, rowTile) * some.bytes() + times * plane;
    double multiplying = peakClocks(some, rows) / EFFICIENCY;
    double step = times * portions * EXCHANGE + reading / BYTES_PER_CLOCK + multiplying;
    return step > product + 2 * NODE;
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
