package org.recurrentops.cuda;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.recurrentops.Backends;
import org.recurrentops.BackwardArgs;
import org.recurrentops.ForwardArgs;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;

/**
 * Runs batches that several clusters share: both forms of {@code one-cluster} give the same bits,
 * and what {@code stepped} gives but for rounding. With the argument {@code 2d}, those whose rows a
 * block of {@code persistent/2d} does not multiply all at once, against {@code stepped}.
 */
final class ClusterFormsMain {
  private static final int STEPS = 4;
  private static final int BATCH = 13;
  private static final int MANY = 61;
  private static final double TOLERANCE = 1e-4;

  private ClusterFormsMain() {}

  public static void main(String[] args) {
    try (RecurrentOps ops = Backends.open("cuda")) {
      if (args.length > 0) {
        many(ops);
        return;
      }
      for (RnnSpec spec :
          List.of(
              RnnSpec.lstm(5, 33).bidirectional().build(),
              RnnSpec.gru(3, 40).build(),
              RnnSpec.vanilla(4, 7).build())) {
        List<float[]> expected = run(ops, spec, BATCH, "stepped/cublas");
        List<float[]> barrier = run(ops, spec, BATCH, "one-cluster");
        List<float[]> push = run(ops, spec, BATCH, "one-cluster/push");
        for (int i = 0; i < expected.size(); i++) {
          require(
              Arrays.equals(barrier.get(i), push.get(i)), spec + ": the same bits, tensor " + i);
          near(expected.get(i), push.get(i), spec + ": tensor " + i);
        }
        System.out.println(spec.label() + " agrees");
      }
    }
  }

  private static void many(RecurrentOps ops) {
    for (RnnSpec spec :
        List.of(
            RnnSpec.lstm(5, 66).bidirectional().build(),
            RnnSpec.gru(3, 70).build(),
            RnnSpec.vanilla(4, 130).build())) {
      List<float[]> expected = run(ops, spec, MANY, "stepped/cublas");
      List<float[]> got = run(ops, spec, MANY, "persistent/2d");
      for (int i = 0; i < expected.size(); i++) {
        near(expected.get(i), got.get(i), spec + ": tensor " + i);
      }
      System.out.println(spec.label() + " agrees");
    }
  }

  private static List<float[]> run(RecurrentOps ops, RnnSpec spec, int batch, String algorithm) {
    Random random = new Random(17);
    int width = spec.outputSize();
    try (RecurrentPlan plan =
            ops.plan(spec, PlanOptions.training(STEPS, batch).algorithm(algorithm));
        Tensor params = ops.allocate(plan.parameterLayout().shape());
        Tensor dParams = ops.allocate(plan.parameterLayout().shape());
        Tensor x = ops.allocate(STEPS, batch, spec.inputSize());
        Tensor dx = ops.allocate(STEPS, batch, spec.inputSize());
        Tensor y = ops.allocate(STEPS, batch, width);
        Reserve reserve = plan.newReserve()) {
      for (Tensor t : List.of(params, x)) {
        float[] values = new float[Math.toIntExact(t.shape().elements())];
        for (int i = 0; i < values.length; i++) {
          values[i] = (random.nextFloat() - 0.5f) * 0.4f;
        }
        t.upload(values);
      }
      plan.forward(ForwardArgs.of(params, x, y), reserve);
      plan.backward(BackwardArgs.of(params, x, y, dx, dParams), reserve);
      ops.synchronize();
      return new ArrayList<>(List.of(y.toFloats(), dx.toFloats(), dParams.toFloats()));
    }
  }

  private static void near(float[] expected, float[] got, String what) {
    double most = 0;
    for (float v : expected) {
      most = Math.max(most, Math.abs(v));
    }
    for (int i = 0; i < expected.length; i++) {
      double error = Math.abs(expected[i] - got[i]) / most;
      require(error <= TOLERANCE, what + ": element " + i + " like " + expected[i]); // NaN is not
    }
  }

  private static void require(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError("expected " + what);
    }
  }
}
