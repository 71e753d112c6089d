package org.recurrentops.bench.layers;

import java.util.OptionalDouble;
import org.recurrentops.CellType;
import org.recurrentops.MathMode;

/**
 * What {@link GpuModel} expects of the algorithm {@code persistent} as it stands, through its
 * mailbox: in float32 {@link StripModel}, on tensor cores {@link TensorModel}. Written down before
 * a card was measured.
 *
 * @param card the card without its multiprocessors
 * @param multiprocessors their number
 * @param clock GHz
 * @param sharedBytes shared memory of a block
 * @param published µs from a store to the poll that finds it, beside the latency of that
 * @param latency µs until words from L2 are there
 */
record PersistentModel(
    GpuModel card,
    int multiprocessors,
    double clock,
    int sharedBytes,
    double published,
    double latency) {
  /** Data sheet; what is published and latency are assumptions. */
  static final PersistentModel H200 =
      new PersistentModel(GpuModel.H200, 132, 1.85, 227 << 10, 0.3, 0.7);

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
        + " µs for words that are asked for at the same time and\nL2's time for what all blocks"
        + " read, 70 % of the rates of FP32 and of mma.sync, 128 bytes of weights per clock from\n"
        + "shared memory";
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
    double forward = stepMicros(s, mode, false);
    double step = pass == Pass.FORWARD ? forward : forward + stepMicros(s, mode, true);
    return Double.isNaN(step)
        ? OptionalDouble.empty()
        : OptionalDouble.of(card.aroundChain(s, pass, mode) + s.steps() * step * 1e-3);
  }

  private double stepMicros(LayerShape s, MathMode mode, boolean backward) {
    return mode == MathMode.FP32
        ? new StripModel(this).stepMicros(s, backward)
        : new TensorModel(this).stepMicros(s, mode, backward);
  }

  /** µs in which L2 gives so many bytes to all blocks together. */
  double reading(double bytes) {
    return bytes / (card.cache() * 1e6);
  }

  static int ceil(int count, int by) {
    return (count + by - 1) / by;
  }
}
