package org.recurrentops.bench.run;

import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.recurrentops.MathMode;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.bench.layers.LayerSetup;
import org.recurrentops.bench.layers.LayerShape;
import org.recurrentops.bench.layers.NamedDevice;

/** One opened device and a shape; what it computes is checked before and after the timing. */
@State(Scope.Benchmark)
public abstract class DeviceState {
  /** Seed of the weights; the input has the next one. */
  static final long SEED = 42;

  /** What {@link org.recurrentops.Backends#open(String)} takes. */
  @Param("cpu")
  public String backend;

  /** What {@link PlanOptions#algorithm(String)} takes. */
  @Param(PlanOptions.AUTO)
  public String algorithm;

  /** Arithmetic of the products, a {@link MathMode}. */
  @Param("FP32")
  public String mode;

  /** Text of the shape. */
  @Param("lstm-t50n64c128h128")
  public String shape;

  LayerShape layer;
  RecurrentOps ops;

  /** Opens the device and checks what is going to be timed. */
  @Setup(Level.Trial)
  public void open() {
    layer = LayerShape.parse(shape);
    ops = NamedDevice.open(backend);
    try {
      prepare();
      check();
    } catch (RuntimeException | Error e) {
      ops.close();
      throw e;
    }
  }

  /** Checks once more, so that nothing was timed that went wrong on the way. */
  @TearDown(Level.Trial)
  public void checkAgainAndClose() {
    try (RecurrentOps closing = ops) {
      check();
    }
  }

  /** Allocates and binds; the device is closed afterwards with all that was made on it. */
  abstract void prepare();

  /**
   * Compares with an independent result.
   *
   * @throws IllegalStateException if they differ
   */
  abstract void check();

  /** The caller's part of the options. */
  PlanOptions asked(PlanOptions options) {
    return options.algorithm(algorithm).mathMode(MathMode.valueOf(mode));
  }

  float[] input() {
    long count = (long) layer.steps() * layer.batch() * layer.inputSize();
    return LayerSetup.uniform(count, 1, SEED + 1);
  }

  float[] weights(long count) {
    return LayerSetup.uniform(count, 1 / Math.sqrt(layer.hiddenSize()), SEED);
  }
}
