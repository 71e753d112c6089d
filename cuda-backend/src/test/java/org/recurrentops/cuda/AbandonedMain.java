package org.recurrentops.cuda;

import static org.recurrentops.cuda.BadInputMain.expect;
import static org.recurrentops.cuda.BadInputMain.require;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.recurrentops.Backward;
import org.recurrentops.BackwardArgs;
import org.recurrentops.CallAbandonedException;
import org.recurrentops.Forward;
import org.recurrentops.ForwardArgs;
import org.recurrentops.MathMode;
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
  private static final String STEPPED = "stepped/cublas";
  private static final String FLAT = "persistent";
  private static final String DIVIDED = "persistent/2d";
  private static final String CLUSTER = "one-cluster";
  private static final String PUSHING = "one-cluster/push";
  private static final String ROLES = "recurrentops.gpu.roles";
  private static final String STREAM = "recurrentops.gpu.stream";

  private final RecurrentOps ops;
  private final RnnSpec spec;
  private final MathMode mode;
  private final String algorithm;
  private final int width;

  private AbandonedMain(RecurrentOps ops, RnnSpec spec, MathMode mode, String algorithm) {
    this.ops = ops;
    this.spec = spec;
    this.mode = mode;
    this.algorithm = algorithm;
    width = spec.outputSize();
  }

  /** A block leaves the others waiting. */
  static void absent(RecurrentOps ops) {
    long before = ops.counters().snapshot().liveBytes();
    AbandonedMain flat = new AbandonedMain(ops, SPEC, MathMode.FP32, FLAT);
    flat.inference(T, false);
    flat.training(T);
    require(ops.counters().snapshot().liveBytes() == before, "nothing is left allocated");
    BadInputMain.work(ops);
    refused(ops, 900);
  }

  /**
   * A block that does not publish one step, forward of odd numbers of steps, backward of even ones,
   * so that a call that gives up backward has come through forward; in grids of clusters, with
   * several loops in one, and with weights in memory.
   */
  static void silent(RecurrentOps ops) {
    RnnSpec gru = RnnSpec.gru(5, 40).build();
    RnnSpec vanilla = RnnSpec.vanilla(5, 40).build();
    for (RnnSpec spec : List.of(SPEC, gru, vanilla)) {
      silent(ops, spec, MathMode.FP32, DIVIDED);
    }
    silent(ops, SPEC, MathMode.TF32, DIVIDED);
    silent(ops, gru, MathMode.BF16, DIVIDED);
    silent(ops, vanilla, MathMode.FP16, DIVIDED);
    System.setProperty(ROLES, "together");
    silent(ops, RnnSpec.lstm(5, 40).layers(2).build(), MathMode.FP32, FLAT);
    silent(ops, RnnSpec.gru(5, 40).layers(2).build(), MathMode.BF16, FLAT);
    System.clearProperty(ROLES);
    System.setProperty(STREAM, "100");
    silent(ops, gru, MathMode.TF32, FLAT);
    System.clearProperty(STREAM);
  }

  private static void silent(RecurrentOps ops, RnnSpec spec, MathMode mode, String algorithm) {
    both(ops, spec, mode, algorithm, T + 1, T);
  }

  /** Calls that give up forward of so many steps, backward of others. */
  private static void both(
      RecurrentOps ops, RnnSpec spec, MathMode mode, String algorithm, int forward, int backward) {
    long before = ops.counters().snapshot().liveBytes();
    AbandonedMain trial = new AbandonedMain(ops, spec, mode, algorithm);
    trial.inference(forward, false);
    trial.training(backward);
    require(ops.counters().snapshot().liveBytes() == before, "nothing is left allocated");
    BadInputMain.work(ops);
    System.out.println(spec.label() + " " + mode + " survives");
  }

  /** Three of eight multiprocessors are gone once the first plan has counted. */
  static void held(RecurrentOps ops) {
    AbandonedMain flat = new AbandonedMain(ops, SPEC, MathMode.FP32, FLAT);
    flat.inference(T, true);
    try (RecurrentPlan plan = flat.trained(FLAT, T);
        RecurrentPlan stepped = flat.trained(STEPPED, T)) {
      float[] expected = flat.gradients(stepped, T, false);
      float[] got = flat.gradients(plan, T, false);
      for (int i = 0; i < got.length; i++) {
        require(Math.abs(got[i] - expected[i]) <= 1e-5, "gradient " + i + ", got " + got[i]);
      }
      require(plan.algorithm().equals(FLAT), "a grid of those that are left");
      require(plan.describe().contains(", 5 work-groups with"), plan.describe());
    }
    refused(ops, 300); // on eight it would fit
  }

  /**
   * A block of a cluster comes when the others have given up, who are still there for it, forward
   * of nine steps and backward of six; and one does not publish a step to the clusters of the next
   * layer, forward of five steps and backward of four.
   */
  static void clusters(RecurrentOps ops) {
    System.setProperty("recurrentops.gpu.cluster", "4");
    both(ops, SPEC, MathMode.FP32, PUSHING, 9, 6);
    both(ops, RnnSpec.gru(5, 40).build(), MathMode.BF16, PUSHING, 9, 6);
    System.setProperty(ROLES, "together");
    RnnSpec lstm = RnnSpec.lstm(5, 40).layers(2).build();
    RnnSpec gru = RnnSpec.gru(5, 40).layers(2).build();
    both(ops, lstm, MathMode.FP32, PUSHING, 9, 6);
    both(ops, gru, MathMode.TF32, PUSHING, 9, 6);
    both(ops, lstm, MathMode.FP32, CLUSTER, 5, 4);
    both(ops, gru, MathMode.BF16, PUSHING, 5, 4);
    System.clearProperty(ROLES);
  }

  /** Launches after one that found no complete grid; of clusters, too. */
  static void heldOnce(RecurrentOps ops, boolean divided) {
    new AbandonedMain(ops, SPEC, MathMode.FP32, divided ? DIVIDED : FLAT).inference(T, true);
  }

  private static void refused(RecurrentOps ops, int hidden) {
    PlanOptions persistent = PlanOptions.inference(T, N).algorithm(FLAT);
    RnnSpec large = RnnSpec.lstm(5, hidden).build();
    expect(UnsupportedSpecException.class, () -> ops.plan(large, persistent));
  }

  /**
   * A call that gives up, and another one after it.
   *
   * @param untouched whether both must leave y as it was
   */
  private void inference(int steps, boolean untouched) {
    PlanOptions options = PlanOptions.inference(steps, N).mathMode(mode);
    float[] sevens = new float[steps * N * width];
    Arrays.fill(sevens, BEFORE);
    try (RecurrentPlan plan = ops.plan(spec, options.algorithm(algorithm));
        RecurrentPlan stepped = ops.plan(spec, options.algorithm(STEPPED));
        Tensor params = filled(1, plan.parameterLayout().elements());
        Tensor x = filled(2, steps, N, 5);
        Tensor y = ops.allocate(steps, N, width);
        Tensor expected = ops.allocate(steps, N, width)) {
      y.upload(sevens);
      ForwardArgs args = ForwardArgs.of(params, x, y);
      Forward bound = plan.bindForward(args, null);
      bound.run();
      bound.run(); // its launches leave at once, too
      CallAbandonedException e = expect(CallAbandonedException.class, ops::synchronize);
      require(!e.sticky(), "an error that leaves the device usable");
      if (untouched) {
        require(Arrays.equals(sevens, y.toFloats()), "y as it was");
      }
      requireFallback(plan);
      stepped.forward(ForwardArgs.of(params, x, expected));
      bound.run();
      require(Arrays.equals(expected.toFloats(), y.toFloats()), "the right y");
      y.upload(sevens);
      plan.forward(args);
      require(Arrays.equals(expected.toFloats(), y.toFloats()), "the right y when bound anew");
      bound.close();
    }
  }

  private void requireFallback(RecurrentPlan plan) {
    require(plan.algorithm().equals(STEPPED), "another algorithm");
    String reason = "instead of " + algorithm + ", which gave up: ";
    require(plan.describe().contains(reason), "a reason");
  }

  /** A call with gradients that gives up. */
  private void training(int steps) {
    try (RecurrentPlan plan = trained(algorithm, steps);
        RecurrentPlan stepped = trained(STEPPED, steps)) {
      float[] got = gradients(plan, steps, true);
      requireFallback(plan);
      require(Arrays.equals(gradients(stepped, steps, false), got), "the right gradients");
    }
  }

  private RecurrentPlan trained(String by, int steps) {
    return ops.plan(spec, PlanOptions.training(steps, N).mathMode(mode).algorithm(by));
  }

  /** Of a call that fails at first, or does not. */
  private float[] gradients(RecurrentPlan plan, int steps, boolean fails) {
    try (Reserve reserve = plan.newReserve();
        Tensor params = filled(3, plan.parameterLayout().elements());
        Tensor x = filled(4, steps, N, 5);
        Tensor dy = filled(5, steps, N, width);
        Tensor y = ops.allocate(steps, N, width);
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

  private Tensor filled(long seed, long... dims) {
    SplittableRandom random = new SplittableRandom(seed);
    Tensor tensor = ops.allocate(dims);
    float[] values = new float[(int) tensor.shape().elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextDouble() - 0.5);
    }
    tensor.upload(values);
    return tensor;
  }
}
