package org.recurrentops.bench.run;

import java.util.Locale;
import org.recurrentops.ParameterLayout;
import org.recurrentops.bench.layers.GateBenchmark;
import org.recurrentops.bench.layers.LayerBenchmark;
import org.recurrentops.bench.layers.LayerShape;
import org.recurrentops.bench.layers.PhaseBenchmark;
import org.recurrentops.bench.layers.StressBenchmark;

/** What is timed. */
public enum What {
  /** A forward pass for inference, weights packed. */
  FORWARD(LayerBenchmark.class, "forward"),
  /** Forward and backward with dx and dParams. */
  TRAINING(LayerBenchmark.class, "trainingStep"),
  /** One step of a session; T is the number of steps that are checked. */
  STREAM(PartBenchmark.class, "stream"),
  /** Making and closing a plan for inference. */
  PLAN(PartBenchmark.class, "plan"),
  /** x to the device. */
  UPLOAD(PartBenchmark.class, "upload"),
  /** x from the device. */
  DOWNLOAD(PartBenchmark.class, "download"),
  /** The input product alone. */
  GEMM(PartBenchmark.class, "gemm"),
  /** What is left of a forward pass without its products: biases and gates of all steps. */
  GATES(GateBenchmark.class, "forward"),
  /** What is left of a training step without its products. */
  GATES_TRAINING(GateBenchmark.class, "trainingStep"),
  /** A forward pass whose states decay through the subnormal range, again and again. */
  DECAY(StressBenchmark.class, "forward"),
  /** A training step whose states and gradients decay through the subnormal range. */
  DECAY_TRAINING(StressBenchmark.class, "trainingStep"),
  /** A forward pass whose gates saturate. */
  SATURATION(StressBenchmark.class, "forward"),
  /** A training step whose gates saturate. */
  SATURATION_TRAINING(StressBenchmark.class, "trainingStep"),
  /** A forward pass, built up from separate products to a plan: a {@link Rung} in each. */
  ABLATION(AblationBenchmark.class, "forward"),
  /** The phases of {@link #FORWARD}, on a backend that times them. */
  PHASES(PhaseBenchmark.class, "forward"),
  /** The phases of {@link #TRAINING}. */
  PHASES_TRAINING(PhaseBenchmark.class, "trainingStep"),
  /** Multiply-adds in registers, all processors. */
  FMA(MachineBenchmark.class, "fma"),
  /** Reading from second-level caches, all processors. */
  READ_L2(MachineBenchmark.class, "readNear"),
  /** Reading from the third-level cache, all processors. */
  READ_L3(MachineBenchmark.class, "readFar"),
  /** A triad over memory, all processors. */
  TRIAD(MachineBenchmark.class, "triad");

  private final Class<?> benchmark;
  private final String method;

  What(Class<?> benchmark, String method) {
    this.benchmark = benchmark;
    this.method = method;
  }

  /** The regular expression by which JMH finds it. */
  String include() {
    return "^" + benchmark.getName().replace(".", "\\.") + "\\." + method + "$";
  }

  /**
   * Whether it measures the CPU itself.
   *
   * @return true if it has no device and no shape
   */
  public boolean ofMachine() {
    return this == FMA || this == TRIAD || this == READ_L2 || this == READ_L3;
  }

  /**
   * The same call with ordinary values.
   *
   * @return this, if its values are ordinary
   */
  public What ordinary() {
    return switch (this) {
      case DECAY, SATURATION -> FORWARD;
      case DECAY_TRAINING, SATURATION_TRAINING -> TRAINING;
      default -> this;
    };
  }

  /** The parameter of {@link StressBenchmark}; empty if the values are ordinary. */
  String stress() {
    return ordinary() == this ? "" : toString().replace("_training", "");
  }

  /**
   * Floating-point operations of one call in matrix products, a multiply-add counted as two.
   *
   * @param shape null for the machine's own
   * @return 0 where there are none
   */
  public long flops(LayerShape shape) {
    return switch (ordinary()) {
      case FORWARD, PHASES, ABLATION -> shape.forwardFlops();
      case TRAINING, PHASES_TRAINING -> 3 * shape.forwardFlops();
      case STREAM -> shape.forwardFlops() / shape.steps();
      case GEMM -> shape.inputFlops();
      case FMA -> MachineBenchmark.FMA_FLOPS * Runtime.getRuntime().availableProcessors();
      default -> 0;
    };
  }

  /**
   * Bytes that one call has to read or write at least: every weight, input and result once.
   *
   * @param shape null for the machine's own
   * @return 0 where that is not known
   */
  public long bytes(LayerShape shape) {
    if (this == TRIAD) {
      return MachineBenchmark.TRIAD_BYTES * Runtime.getRuntime().availableProcessors();
    }
    if (this == READ_L2 || this == READ_L3) {
      return MachineBenchmark.READ_BYTES * Runtime.getRuntime().availableProcessors();
    }
    if (shape == null) {
      return 0;
    }
    long rows = (long) shape.steps() * shape.batch();
    long x = rows * shape.inputSize();
    long y = rows * shape.hiddenSize();
    long params = ParameterLayout.of(shape.spec()).elements();
    long gates = (long) shape.cell().gates() * shape.hiddenSize();
    return Float.BYTES
        * switch (ordinary()) {
          case FORWARD, PHASES, ABLATION -> params + x + y;
          // Forward; then dy, x and weights are read, dx and dParams written.
          case TRAINING, PHASES_TRAINING -> 3 * params + 3 * x + 2 * y;
          case STREAM -> params + (x + y) / shape.steps();
          case UPLOAD, DOWNLOAD -> x;
          case GEMM -> gates * shape.inputSize() + x + rows * gates;
          // Arguments are written with the biases and read by the gates, which write h.
          case GATES -> 2 * rows * gates + y;
          // Forward; the gates are kept and read, dy is read, gradients written, read and summed.
          case GATES_TRAINING -> 6 * rows * gates + 2 * y;
          default -> 0;
        };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
