package org.recurrentops.bench.layers;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.recurrentops.MathMode;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Tensor;

/** One layer on one device: opened, checked against float64, and checked again after the timing. */
@State(Scope.Benchmark)
public abstract class LayerSetup {
  private static final long SEED = 42;

  /** What {@link org.recurrentops.Backends#open(String)} takes. */
  @Param({"cpu", "opencl"})
  public String backend;

  /** What {@link PlanOptions#algorithm(String)} takes. */
  @Param(PlanOptions.AUTO)
  public String algorithm;

  /** Text of the shape, such as {@code lstm-t50n32c512h512}. */
  @Param({"lstm-t50n32c512h512", "lstm-t25n64c512h512", "lstm-t50n64c128h128"})
  public String shape;

  /** Arithmetic of the products, a {@link MathMode}. */
  @Param("FP32")
  public String mode;

  /** What training keeps, see {@link Recompute}. */
  @Param("0")
  public String recompute;

  LayerShape layer;
  RecurrentOps ops;
  RecurrentPlan plan;
  Tensor params;
  Tensor x;
  Tensor y;
  private float[] first;

  /** Opens the device, makes the plan, binds the calls and checks their results. */
  @Setup(Level.Trial)
  public void open() {
    layer = LayerShape.parse(shape);
    ops = NamedDevice.open(backend);
    try {
      MathMode math = MathMode.valueOf(mode);
      plan = ops.plan(layer.spec(), options(layer).algorithm(algorithm()).mathMode(math));
      long seed = SEED;
      float[] weights = weights(seed++);
      float[] input = input(seed++);
      params = ops.allocate(plan.parameterLayout().shape());
      params.upload(weights);
      x = ops.allocate(layer.steps(), layer.batch(), layer.inputSize());
      x.upload(input);
      y = ops.allocate(layer.steps(), layer.batch(), layer.hiddenSize());
      y.upload(nan(y));
      bindAndCheck(check(weights, input, TableCell.unitRoundoff(math)), seed);
      first = results();
      RunNote.of(ops.device(), plan).write();
    } catch (RuntimeException | Error e) {
      ops.close();
      throw e;
    }
  }

  /** Checks that the last timed call computed what the checked one did, to the bit. */
  @TearDown(Level.Trial)
  public void checkAgainAndClose() {
    try (RecurrentOps closing = ops) {
      if (!Arrays.equals(first, results())) {
        throw new IllegalStateException(
            plan.label() + " on " + closing.device().id() + ": the timed calls changed the result");
      }
    }
  }

  /** Size and purpose of the plan. */
  abstract PlanOptions options(LayerShape size);

  /** What the plan is asked for. */
  String algorithm() {
    return algorithm;
  }

  /** Parameters in the canonical layout. */
  float[] weights(long seed) {
    return uniform(plan.parameterLayout().elements(), 1 / Math.sqrt(layer.hiddenSize()), seed);
  }

  /** x [T,N,C]. */
  float[] input(long seed) {
    return uniform((long) layer.steps() * layer.batch() * layer.inputSize(), 1, seed);
  }

  /** What results are compared with. */
  LayerCheck check(float[] weights, float[] input, double unitRoundoff) {
    return new LayerCheck(layer, weights, input, unitRoundoff);
  }

  /** Binds the calls, runs them once and compares; afterwards all is as the timed calls find it. */
  abstract void bindAndCheck(LayerCheck check, long seed);

  /** What the timed call computes, as it now is on the device. */
  abstract float[] results();

  /**
   * Values that no result may keep.
   *
   * @param t tensor to fill
   * @return as many NaN as it has elements
   */
  public static float[] nan(Tensor t) {
    float[] values = new float[Math.toIntExact(t.shape().elements())];
    Arrays.fill(values, Float.NaN);
    return values;
  }

  /**
   * Repeatable values.
   *
   * @param elements how many
   * @param bound their largest magnitude
   * @param seed of the generator
   * @return uniform in ±bound
   */
  public static float[] uniform(long elements, double bound, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[Math.toIntExact(elements)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) ((2 * random.nextDouble() - 1) * bound);
    }
    return values;
  }
}
