package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.recurrentops.RecurrentOps;
import org.recurrentops.tck.ConformanceContext;
import org.recurrentops.tck.Slices;
import org.recurrentops.tck.Tolerance;

/** Guarded tensors of one operation beside the recurrence: inputs, NaN-filled outputs, checks. */
final class MathTensors implements AutoCloseable {
  private final ConformanceContext context;
  private final Placement placement;
  private final String where;
  private final List<GuardedTensor> inputs = new ArrayList<>();
  private final List<GuardedTensor> all = new ArrayList<>();
  private final Map<GuardedTensor, int[]> shapes = new LinkedHashMap<>();
  final Random random;

  MathTensors(ConformanceContext context, Placement placement) {
    this.context = context;
    this.placement = placement;
    random = new Random(context.seed());
    where = "seed=" + context.seed() + " " + placement + " on " + context.ops().device().id();
  }

  RecurrentOps ops() {
    return context.ops();
  }

  /** Uniform in ±1. */
  float[] uniform(int... dims) {
    int count = 1;
    for (int d : dims) {
      count *= d;
    }
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = 2 * random.nextFloat() - 1;
    }
    return values;
  }

  int[] indices(int count, int bound) {
    return random.ints(count, 0, bound).toArray();
  }

  private GuardedTensor floats(String name, int... dims) {
    GuardedTensor t = GuardedTensor.floats(name, ops(), placement, dims);
    all.add(t);
    shapes.put(t, dims);
    return t;
  }

  /** A tensor the operation only reads. */
  GuardedTensor in(String name, float[] values, int... dims) {
    GuardedTensor t = floats(name, dims).set(values);
    inputs.add(t);
    return t;
  }

  /** An int32 tensor the operation only reads. */
  GuardedTensor in(String name, int[] values, int... dims) {
    GuardedTensor t = GuardedTensor.ints(name, ops(), placement, dims).set(values);
    all.add(t);
    inputs.add(t);
    return t;
  }

  /** A tensor the operation updates. */
  GuardedTensor updated(String name, float[] values, int... dims) {
    return floats(name, dims).set(values);
  }

  /** An output, full of NaN. */
  GuardedTensor out(String name, int... dims) {
    return floats(name, dims).setNaN();
  }

  /** An int32 output. */
  GuardedTensor intOut(String name, int... dims) {
    GuardedTensor t = GuardedTensor.ints(name, ops(), placement, dims).set(new int[] {-77});
    all.add(t);
    return t;
  }

  /** Compares an output with the reference, scaled along its first axis. */
  void check(String name, GuardedTensor got, double[] expected, Tolerance tolerance) {
    tolerance.check(name, got.get(), expected, Slices.alongFirstAxis(shapes.get(got)), where);
  }

  /** Checks that inputs are as they were. */
  void checkInputs() {
    inputs.forEach(GuardedTensor::checkUnchanged);
  }

  String where() {
    return where;
  }

  @Override
  public void close() {
    all.forEach(GuardedTensor::close);
  }
}
