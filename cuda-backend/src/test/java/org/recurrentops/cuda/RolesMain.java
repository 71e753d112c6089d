package org.recurrentops.cuda;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.recurrentops.Backends;
import org.recurrentops.BackwardArgs;
import org.recurrentops.Direction;
import org.recurrentops.ForwardArgs;
import org.recurrentops.MathMode;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;

/**
 * Compares loops of {@code persistent} that share a launch with {@code stepped}, and both
 * directions of a layer with the same kernels one after the other, and the same in several
 * launches, which give the same bits; and layers of {@code one-cluster} that share one. Counts
 * launches.
 */
final class RolesMain {
  private static final String PROPERTY = "recurrentops.gpu.roles";
  private static final int STEPS = 6;
  private static final int BATCH = 5;

  /** More rows than a block multiplies at once. */
  private static final int LARGE_BATCH = 40;

  /** Several shards on tensor cores. */
  private static final int SHARDS = 37;

  private static final String CLUSTER = "recurrentops.gpu.cluster";

  private final RecurrentOps ops;
  private final String algorithm;
  private final RnnSpec spec;
  private final int batch;
  private final MathMode mode;
  private int recompute;

  private RolesMain(RecurrentOps ops, RnnSpec spec, MathMode mode, int batch) {
    this(ops, "persistent", spec, mode, batch);
  }

  private RolesMain(RecurrentOps ops, String algorithm, RnnSpec spec, MathMode mode, int batch) {
    this.algorithm = algorithm;
    this.mode = mode;
    this.ops = ops;
    this.spec = spec;
    this.batch = batch;
  }

  public static void main(String[] args) {
    try (RecurrentOps ops = Backends.open("cuda")) {
      if (args.length > 0 && args[0].equals("clusters")) {
        clusters(ops, args[1]);
        return;
      }
      for (RnnSpec spec :
          List.of(
              RnnSpec.lstm(3, 7).layers(2).bidirectional().build(),
              RnnSpec.gru(3, 9).bidirectional().build(),
              RnnSpec.vanilla(3, 7).layers(2).bidirectional().build(),
              RnnSpec.lstm(3, 7).layers(3).build(),
              RnnSpec.gru(5, 6).layers(2).direction(Direction.REVERSE).build(),
              RnnSpec.vanilla(3, 9).layers(4).build())) {
        new RolesMain(ops, spec, MathMode.FP32, BATCH).compare();
      }
      new RolesMain(ops, RnnSpec.gru(3, 9).layers(3).build(), MathMode.BF16, BATCH).compare();
      new RolesMain(ops, RnnSpec.lstm(3, 9).layers(2).build(), MathMode.TF32, 17).compare();
      RnnSpec both = RnnSpec.vanilla(3, 33).bidirectional().build();
      new RolesMain(ops, both, MathMode.FP16, BATCH).compare();
      if (args.length > 0) {
        new RolesMain(ops, RnnSpec.gru(3, 129).layers(2).build(), MathMode.FP32, LARGE_BATCH)
            .compare();
      }
    }
  }

  /**
   * Layers in clusters of their own, in both forms.
   *
   * @param how {@code few}, {@code more} with large cases, or {@code all}, which takes long
   */
  private static void clusters(RecurrentOps ops, String how) {
    RnnSpec lstm = RnnSpec.lstm(3, 19).layers(3).build();
    RnnSpec gru = RnnSpec.gru(5, 10).layers(2).direction(Direction.REVERSE).build();
    RnnSpec vanilla = RnnSpec.vanilla(3, 9).layers(4).build();
    String barrier = "one-cluster";
    String push = "one-cluster/push";
    clusters(ops, push, gru, MathMode.FP32, "4");
    clusters(ops, barrier, vanilla, MathMode.BF16, "2");
    if (!how.equals("few")) {
      clusters(ops, barrier, lstm, MathMode.FP32, "2");
      clusters(ops, push, gru, MathMode.TF32, "2");
    }
    if (how.equals("all")) {
      clusters(ops, barrier, gru, MathMode.FP32, "16");
      clusters(ops, barrier, gru, MathMode.TF32, "16");
      clusters(ops, barrier, vanilla, MathMode.FP32, "1", "2", "8");
      clusters(ops, push, vanilla, MathMode.FP16, "1", "2", "8");
      clusters(ops, push, lstm, MathMode.FP32, "8");
      clusters(ops, barrier, lstm, MathMode.BF16, "4");
      clusters(ops, push, lstm, MathMode.BF16, "8");
      // registers do not hold the weights
      clusters(ops, push, RnnSpec.gru(5, 70).layers(2).build(), MathMode.TF32, "1");
    }
  }

  private static void clusters(
      RecurrentOps ops, String form, RnnSpec spec, MathMode mode, String... sizes) {
    for (String size : sizes) {
      System.setProperty(CLUSTER, size);
      int batch = mode == MathMode.TF32 ? SHARDS : BATCH;
      new RolesMain(ops, form, spec, mode, batch).compare();
    }
    System.clearProperty(CLUSTER);
  }

  private void compare() {
    boolean stack = spec.direction().count() == 1;
    int launches = stack ? 1 : spec.layers();
    Map<String, float[]> together = run(algorithm, launches, "together");
    run("stepped/cublas", 0, "together")
        .forEach((name, right) -> near(name, right, together.get(name), tolerance()));
    if (!stack) {
      run("persistent", spec.stateCount(), "turns")
          .forEach((name, right) -> near(name, right, together.get(name), 0));
    }
    if (algorithm.equals("persistent")) {
      same("exchange", "barrier", launches, together);
    }
    for (int most : new int[] {1, 4}) { // more launches, of which each begins where one has ended
      same("launch-steps", "" + most, launches * ((STEPS + most - 1) / most), together);
    }
    recompute = 4;
    same("launch-steps", "50000", launches, together);
    recompute = 0;
    System.out.println(
        spec.label()
            + " "
            + mode
            + (stack ? " agrees" : " has the same bits")
            + (algorithm.equals("persistent") ? "" : " as " + algorithm)
            + ", launches "
            + launches);
  }

  /** Operands may be rounded to neighbours, where sums are in another order. */
  private double tolerance() {
    switch (mode) {
      case FP32:
        return 1e-5;
      case BF16:
        return 2e-2;
      default:
        return 3e-3 * ((spec.hiddenSize() + 31) / 32); // of weights that do not shrink with H
    }
  }

  /** The same bits in another way. */
  private void same(String property, String value, int launches, Map<String, float[]> right) {
    System.setProperty("recurrentops.gpu." + property, value);
    Map<String, float[]> got = run(algorithm, launches, "together");
    got.forEach((name, values) -> near(name + " of " + value, right.get(name), values, 0));
    System.clearProperty("recurrentops.gpu." + property);
  }

  private void near(String what, float[] expected, float[] got, double tolerance) {
    double most = 1e-3;
    for (float v : expected) {
      most = Math.max(most, Math.abs(v));
    }
    for (int i = 0; i < expected.length; i++) {
      if (!(Math.abs((double) expected[i] - got[i]) <= tolerance * most)) { // NaN is not
        throw new AssertionError(
            spec + " " + what + "[" + i + "]: expected " + expected[i] + ", got " + got[i]);
      }
    }
  }

  private Map<String, float[]> run(String name, int launches, String property) {
    System.setProperty(PROPERTY, property);
    Map<String, float[]> results = new LinkedHashMap<>();
    String cell = spec.label().replaceAll("[- ].*", "");
    String where = algorithm.equals("persistent") ? "" : "_cluster";
    String kind = where + (mode == MathMode.FP32 ? "_roles" : "_tensor_roles");
    long forward = count(cell + "_forward" + kind);
    long backward = count(cell + "_backward" + kind);
    inference(name, results);
    training(name, results);
    int segments = recompute > 0 ? (STEPS + recompute - 1) / recompute : 1;
    int passes = recompute > 0 ? 1 + 2 * segments : 2;
    require(count(cell + "_forward" + kind) - forward == passes * launches, "launches forward");
    require(count(cell + "_backward" + kind) - backward == segments * launches, "backward");
    return results;
  }

  private long count(String kernel) {
    return ops.counters().launches(kernel).get();
  }

  private void inference(String name, Map<String, float[]> results) {
    PlanOptions options = PlanOptions.inference(STEPS, batch).algorithm(name).mathMode(mode);
    try (RecurrentPlan plan = ops.plan(spec, options)) {
      Tensor params = random(1, plan.parameterLayout().shape().elements());
      Tensor y = filled(STEPS, batch, spec.outputSize());
      Tensor hN = filled(spec.stateCount(), batch, spec.hiddenSize());
      plan.forward(ForwardArgs.of(params, x(), y).finalState(hN, null).lengths(lengths()));
      results.put("y of inference", y.toFloats());
      results.put("hN of inference", hN.toFloats());
    }
  }

  private void training(String name, Map<String, float[]> results) {
    PlanOptions options =
        PlanOptions.training(STEPS, batch).recompute(recompute).algorithm(name).mathMode(mode);
    try (RecurrentPlan plan = ops.plan(spec, options);
        Reserve reserve = plan.newReserve()) {
      Tensor params = random(1, plan.parameterLayout().shape().elements());
      Tensor h0 = random(4, spec.stateCount(), batch, spec.hiddenSize());
      Tensor dy = random(3, STEPS, batch, spec.outputSize());
      Tensor y = filled(STEPS, batch, spec.outputSize());
      Tensor dx = filled(STEPS, batch, spec.inputSize());
      Tensor dh0 = filled(spec.stateCount(), batch, spec.hiddenSize());
      Tensor dParams = filled(params.shape().elements());
      boolean cell = spec.cell().hasCellState();
      plan.forward(ForwardArgs.of(params, x(), y).initialState(h0, cell ? h0 : null), reserve);
      plan.backward(
          BackwardArgs.of(params, x(), dy, dx, dParams).initialStateGradient(dh0, null), reserve);
      results.put("y", y.toFloats());
      results.put("dx", dx.toFloats());
      results.put("dh0", dh0.toFloats());
      results.put("dParams", dParams.toFloats());
    }
  }

  private int[] lengths() {
    int[] some = {STEPS, 0, 1, 4, STEPS};
    return IntStream.range(0, batch).map(n -> some[n % some.length]).toArray();
  }

  private Tensor x() {
    return random(2, STEPS, batch, spec.inputSize());
  }

  private Tensor filled(long... shape) {
    Tensor t = ops.allocate(shape);
    float[] nan = new float[Math.toIntExact(t.shape().elements())];
    Arrays.fill(nan, Float.NaN);
    t.upload(nan);
    return t;
  }

  private Tensor random(int seed, long... shape) {
    Tensor t = ops.allocate(shape);
    Random random = new Random(seed);
    float[] values = new float[Math.toIntExact(t.shape().elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    t.upload(values);
    return t;
  }

  private void require(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError(spec + ": " + what + ": " + ops.counters());
    }
  }
}
