package org.recurrentops.cuda;

import static org.recurrentops.cuda.BadInputMain.expect;
import static org.recurrentops.cuda.BadInputMain.require;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.recurrentops.Backward;
import org.recurrentops.BackwardArgs;
import org.recurrentops.CallAbandonedException;
import org.recurrentops.Forward;
import org.recurrentops.ForwardArgs;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;
import org.recurrentops.UnsupportedSpecException;

/**
 * Grids that give up on a device whose kernels have a planted fault: the calls fail once, and what
 * is run again on the same plan is to the bit what a plan of {@code stepped} computes.
 */
final class AbandonedMain {
  private static final int T = 6;
  private static final int N = 4;
  private static final float BEFORE = 7.25f;
  private static final RnnSpec SPEC = RnnSpec.lstm(5, 40).build();
  private static final PlanOptions TRAINING = PlanOptions.training(T, N);

  private AbandonedMain() {}

  /** A block leaves the others waiting. */
  static void absent(RecurrentOps ops) {
    long before = ops.counters().snapshot().liveBytes();
    inference(ops, "persistent", false);
    try (RecurrentPlan plan = ops.plan(SPEC, TRAINING.algorithm("persistent"));
        RecurrentPlan stepped = ops.plan(SPEC, TRAINING.algorithm("stepped/cublas"))) {
      float[] got = gradients(ops, plan, true);
      require(Arrays.equals(gradients(ops, stepped, false), got), "the right gradients");
    }
    require(ops.counters().snapshot().liveBytes() == before, "nothing is left allocated");
    BadInputMain.work(ops);
    refused(ops, 900);
  }

  /** Three of eight multiprocessors are gone once the first plan has counted. */
  static void held(RecurrentOps ops) {
    inference(ops, "persistent", true);
    try (RecurrentPlan plan = ops.plan(SPEC, TRAINING.algorithm("persistent"));
        RecurrentPlan stepped = ops.plan(SPEC, TRAINING.algorithm("stepped/cublas"))) {
      float[] expected = gradients(ops, stepped, false);
      float[] got = gradients(ops, plan, false);
      for (int i = 0; i < got.length; i++) {
        require(Math.abs(got[i] - expected[i]) <= 1e-5, "gradient " + i + ", got " + got[i]);
      }
      require(plan.algorithm().equals("persistent"), "a grid of those that are left");
      require(plan.describe().contains(", 5 work-groups with"), plan.describe());
    }
    refused(ops, 300); // on eight it would fit
  }

  /** A block of a cluster comes when the others have given up; they are still there for it. */
  static void late(RecurrentOps ops) {
    System.setProperty("recurrentops.gpu.cluster", "4");
    inference(ops, "one-cluster/push", false);
    BadInputMain.work(ops);
  }

  private static void refused(RecurrentOps ops, int hidden) {
    PlanOptions persistent = PlanOptions.inference(T, N).algorithm("persistent");
    RnnSpec large = RnnSpec.lstm(5, hidden).build();
    expect(UnsupportedSpecException.class, () -> ops.plan(large, persistent));
  }

  /**
   * A call that gives up, and another one after it.
   *
   * @param untouched whether both must leave y as it was
   */
  static void inference(RecurrentOps ops, String algorithm, boolean untouched) {
    PlanOptions options = PlanOptions.inference(T, N);
    try (RecurrentPlan plan = ops.plan(SPEC, options.algorithm(algorithm));
        RecurrentPlan stepped = ops.plan(SPEC, options.algorithm("stepped/cublas"));
        Tensor params = filled(ops, 1, plan.parameterLayout().elements());
        Tensor x = filled(ops, 2, T, N, 5);
        Tensor y = ops.allocate(T, N, 40);
        Tensor expected = ops.allocate(T, N, 40)) {
      y.upload(sevens(T * N * 40));
      ForwardArgs args = ForwardArgs.of(params, x, y);
      Forward bound = plan.bindForward(args, null);
      bound.run();
      bound.run(); // its launches leave at once, too
      CallAbandonedException e = expect(CallAbandonedException.class, ops::synchronize);
      require(!e.sticky(), "an error that leaves the device usable");
      if (untouched) {
        require(Arrays.equals(sevens(T * N * 40), y.toFloats()), "y as it was");
      }
      require(plan.algorithm().equals("stepped/cublas"), "another algorithm");
      require(
          plan.describe().contains("instead of " + algorithm + ", which gave up: "), "a reason");
      stepped.forward(ForwardArgs.of(params, x, expected));
      bound.run();
      require(Arrays.equals(expected.toFloats(), y.toFloats()), "the right y");
      y.upload(sevens(T * N * 40));
      plan.forward(args);
      require(Arrays.equals(expected.toFloats(), y.toFloats()), "the right y when bound anew");
      bound.close();
    }
  }

  /** Of a call that fails at first, or does not. */
  private static float[] gradients(RecurrentOps ops, RecurrentPlan plan, boolean fails) {
    try (Reserve reserve = plan.newReserve();
        Tensor params = filled(ops, 3, plan.parameterLayout().elements());
        Tensor x = filled(ops, 4, T, N, 5);
        Tensor dy = filled(ops, 5, T, N, 40);
        Tensor y = ops.allocate(T, N, 40);
        Tensor dParams = ops.allocate(plan.parameterLayout().shape())) {
      ForwardArgs forward = ForwardArgs.of(params, x, y);
      BackwardArgs backward = BackwardArgs.of(params, x, dy, null, dParams);
      plan.forward(forward, reserve);
      try (Forward first = plan.bindForward(forward, reserve);
          Backward second = plan.bindBackward(backward, reserve)) {
        second.run();
        if (fails) {
          expect(CallAbandonedException.class, dParams::toFloats);
          first.run();
          second.run();
        }
        return dParams.toFloats();
      }
    }
  }

  private static Tensor filled(RecurrentOps ops, long seed, long... dims) {
    SplittableRandom random = new SplittableRandom(seed);
    Tensor tensor = ops.allocate(dims);
    float[] values = new float[(int) tensor.shape().elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextDouble() - 0.5);
    }
    tensor.upload(values);
    return tensor;
  }

  private static float[] sevens(int count) {
    float[] values = new float[count];
    Arrays.fill(values, BEFORE);
    return values;
  }
}
