package org.recurrentops.cuda;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.recurrentops.Backends;
import org.recurrentops.BackwardArgs;
import org.recurrentops.ForwardArgs;
import org.recurrentops.MathMode;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;

/**
 * Runs batches that several clusters share, of every size and in every mode: both forms of {@code
 * one-cluster} give the same bits, and what {@code stepped} gives but for rounding. With the
 * argument {@code 2d}, those whose rows a block of {@code persistent/2d} does not multiply all at
 * once, against {@code stepped}. With {@code refusal}, what a device says of a layer that needs
 * sixteen blocks, of one that needs one, and of {@code persistent/2d}.
 */
final class ClusterFormsMain {
  private static final int STEPS = 4;
  private static final int BATCH = 13;
  private static final int MANY = 61;
  private static final int SHARDS = 37;
  private static final double TOLERANCE = 1e-4;

  /** Of operands of 8 bits, which other orders of sums round another way. */
  private static final double REDUCED = 2e-2;

  private static final String SIZE = "recurrentops.gpu.cluster";

  private ClusterFormsMain() {}

  public static void main(String[] args) {
    try (RecurrentOps ops = Backends.open("cuda")) {
      if (args.length > 0 && args[0].equals("refusal")) {
        PlanOptions named = PlanOptions.inference(STEPS, BATCH).algorithm("one-cluster");
        System.out.println(ops.refusal(RnnSpec.lstm(5, 400).build(), named).orElse("none"));
        RnnSpec small = RnnSpec.lstm(5, 33).build();
        System.out.println(ops.plan(small, named).describe());
        PlanOptions divided = PlanOptions.training(STEPS, BATCH).algorithm("persistent/2d");
        System.out.println(ops.refusal(small, divided).orElse("persistent/2d runs"));
        return;
      }
      if (args.length > 0) {
        many(ops);
        return;
      }
      for (RnnSpec spec :
          List.of(
              RnnSpec.lstm(5, 33).bidirectional().build(),
              RnnSpec.gru(3, 40).build(),
              RnnSpec.vanilla(4, 7).build())) {
        forms(ops, spec, MathMode.FP32, BATCH, "1", "2", "16");
        forms(ops, spec, MathMode.TF32, SHARDS, "2");
        forms(ops, spec, MathMode.BF16, SHARDS, "16");
        forms(ops, spec, MathMode.FP16, SHARDS, "4");
        System.out.println(spec.label() + " agrees");
      }
      RnnSpec wide = RnnSpec.vanilla(4, 257).build(); // more than registers and threads hold
      forms(ops, wide, MathMode.BF16, BATCH, "1", "2");
      System.out.println(wide.label() + " agrees");
    }
  }

  private static void forms(
      RecurrentOps ops, RnnSpec spec, MathMode mode, int batch, String... sizes) {
    List<float[]> expected = run(ops, spec, mode, batch, "stepped/cublas");
    for (String size : sizes) {
      System.setProperty(SIZE, size);
      List<float[]> barrier = run(ops, spec, mode, batch, "one-cluster");
      List<float[]> push = run(ops, spec, mode, batch, "one-cluster/push");
      for (int i = 0; i < expected.size(); i++) {
        String what = spec.label() + " in " + mode + ", clusters of " + size + ", tensor " + i;
        require(Arrays.equals(barrier.get(i), push.get(i)), what + " of the same bits");
        near(expected.get(i), push.get(i), mode, what);
      }
    }
    System.clearProperty(SIZE);
  }

  private static void many(RecurrentOps ops) {
    for (RnnSpec spec :
        List.of(
            RnnSpec.lstm(5, 66).bidirectional().build(),
            RnnSpec.gru(3, 70).build(),
            RnnSpec.vanilla(4, 130).build())) {
      List<float[]> expected = run(ops, spec, MathMode.FP32, MANY, "stepped/cublas");
      List<float[]> got = run(ops, spec, MathMode.FP32, MANY, "persistent/2d");
      for (int i = 0; i < expected.size(); i++) {
        near(expected.get(i), got.get(i), MathMode.FP32, spec + ": tensor " + i);
      }
      System.out.println(spec.label() + " agrees");
    }
  }

  private static List<float[]> run(
      RecurrentOps ops, RnnSpec spec, MathMode mode, int batch, String algorithm) {
    Random random = new Random(17);
    int width = spec.outputSize();
    try (RecurrentPlan plan =
            ops.plan(spec, PlanOptions.training(STEPS, batch).mathMode(mode).algorithm(algorithm));
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

  private static void near(float[] expected, float[] got, MathMode mode, String what) {
    double tolerance = mode == MathMode.FP32 ? TOLERANCE : REDUCED;
    double most = 0;
    for (float v : expected) {
      most = Math.max(most, Math.abs(v));
    }
    for (int i = 0; i < expected.length; i++) {
      double error = Math.abs(expected[i] - got[i]) / most;
      require(error <= tolerance, what + ": element " + i + " like " + expected[i]); // NaN is not
    }
  }

  private static void require(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError("expected " + what);
    }
  }
}
