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
 * and what {@code stepped} gives but for rounding.
 */
final class ClusterFormsMain {
  private static final int STEPS = 5;
  private static final int BATCH = 13;
  private static final double TOLERANCE = 1e-4;

  private ClusterFormsMain() {}

  public static void main(String[] args) {
    try (RecurrentOps ops = Backends.open("cuda")) {
      for (RnnSpec spec :
          List.of(
              RnnSpec.lstm(5, 33).bidirectional().build(),
              RnnSpec.gru(3, 40).build(),
              RnnSpec.vanilla(4, 7).build())) {
        List<float[]> expected = run(ops, spec, "stepped/cublas");
        List<float[]> barrier = run(ops, spec, "one-cluster");
        List<float[]> push = run(ops, spec, "one-cluster/push");
        for (int i = 0; i < expected.size(); i++) {
          require(
              Arrays.equals(barrier.get(i), push.get(i)), spec + ": the same bits, tensor " + i);
          near(expected.get(i), push.get(i), spec + ": tensor " + i);
        }
        System.out.println(spec.label() + " agrees");
      }
    }
  }

  private static List<float[]> run(RecurrentOps ops, RnnSpec spec, String algorithm) {
    Random random = new Random(17);
    int width = spec.outputSize();
    try (RecurrentPlan plan =
            ops.plan(spec, PlanOptions.training(STEPS, BATCH).algorithm(algorithm));
        Tensor params = ops.allocate(plan.parameterLayout().shape());
        Tensor dParams = ops.allocate(plan.parameterLayout().shape());
        Tensor x = ops.allocate(STEPS, BATCH, spec.inputSize());
        Tensor dx = ops.allocate(STEPS, BATCH, spec.inputSize());
        Tensor y = ops.allocate(STEPS, BATCH, width);
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
