package org.recurrentops.bench.layers;

import java.util.OptionalDouble;
import org.recurrentops.CellType;
import org.recurrentops.MathMode;

/**
 * What {@link GpuModel} expects of the algorithm {@code persistent} as it stands, through its
 * mailbox: in float32 {@link StripModel}, on tensor cores {@link TensorModel}. Weights that do not
 * fit on the chip, at most half of them, are read from memory in every step. Written down before a
 * card was measured.
 *
 * @param card the card without its multiprocessors
 * @param multiprocessors their number
 * @param clock GHz
 * @param sharedBytes shared memory of a block
 * @param published µs from a store to the poll that finds it, beside the latency of that
 * @param latency µs until words from L2 are there
 * @param streamed percent of the weights that are in memory at least, or {@link #NEVER}
 */
record PersistentModel(
    GpuModel card,
    int multiprocessors,
    double clock,
    int sharedBytes,
    double published,
    double latency,
    int streamed) {
  /** Data sheet; what is published and latency are assumptions. */
  static final PersistentModel H200 =
      new PersistentModel(GpuModel.H200, 132, 1.85, 227 << 10, 0.3, 0.7, 0);

  /** No weights in memory: a loop that does not fit on the chip is refused. */
  static final int NEVER = -1;

  /** Percent that may be in memory unless more is asked for, and the most units to choose from. */
  private static final int MOST_PERCENT = 50;

  private static final int MOST_UNITS = 64;

  /** Warps of a block. */
  static final int WARPS = 8;

  /** Bytes that the shared memory of a multiprocessor gives per clock. */
  static final double SHARED_BYTES_PER_CLOCK = 128;

  /** What it takes for granted, in two lines. */
  String assumptions() {
    return "persistent: "
        + published
        + " µs until a word is seen, "
        + latency
        + " µs for words that are asked for at the same time and\n"
        + "L2's time for what all blocks read, 70 % of the rates of FP32 and of mma.sync, 128 bytes"
        + " of weights per clock from\n"
        + "shared memory, those from memory at L2's speed or, beyond 80 % of it, memory's, beside"
        + " the products: a thread\n"
        + "asks for them ahead, for a step's first ones before it waits for its words";
  }

  /**
   * What is expected of a step.
   *
   * @param micros µs; NaN where a block's part does not fit
   * @param streamed share of the weights that is read from memory
   */
  record Step(double micros, double streamed) {
    static final Step REFUSED = new Step(Double.NaN, 0);
  }

  /** The same card with so many percent of the weights in memory at least. */
  PersistentModel streaming(int percent) {
    return new PersistentModel(
        card, multiprocessors, clock, sharedBytes, published, latency, percent);
  }

  /**
   * Predicted time of a call.
   *
   * @return milliseconds; empty where the algorithm refuses the shape
   */
  OptionalDouble millis(LayerShape s, Pass pass, MathMode mode) {
    if (s.cell() == CellType.GRU_RESET_BEFORE) {
      return OptionalDouble.empty();
    }
    double forward = step(s, mode, false).micros();
    double step = pass == Pass.FORWARD ? forward : forward + step(s, mode, true).micros();
    return Double.isNaN(step)
        ? OptionalDouble.empty()
        : OptionalDouble.of(card.aroundChain(s, pass, mode) + s.steps() * step * 1e-3);
  }

  /** Of a loop that has the card for itself. */
  Step step(LayerShape s, MathMode mode, boolean backward) {
    return mode == MathMode.FP32
        ? new StripModel(this).step(s, backward)
        : new TensorModel(this).step(s, mode, backward);
  }

  /** Of so many units of weights, how many are in memory at least. */
  int leastStreamed(int units) {
    return units > MOST_UNITS ? 0 : ceil(units * Math.max(0, streamed), 100);
  }

  /**
   * How many may be.
   *
   * @param ahead beside them, because they are on the chip again when a step begins
   */
  int mostStreamed(int units, int ahead) {
    boolean none = streamed == NEVER || units > MOST_UNITS;
    int most = Math.max(leastStreamed(units), units * MOST_PERCENT / 100);
    return none || most == 0 ? 0 : Math.min(units, most + ahead);
  }

  /**
   * µs in which all blocks have their weights from memory.
   *
   * @param bytes of all blocks, each of which is read by one of them
   * @param times of a step
   */
  double streaming(double bytes, int times) {
    return times * bytes / (card.speed(bytes) * 1e6);
  }

  /** µs in which L2 gives so many bytes to all blocks together. */
  double reading(double bytes) {
    return bytes / (card.cache() * 1e6);
  }

  static int ceil(int count, int by) {
    return (count + by - 1) / by;
  }
}
