package org.recurrentops.cuda;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.recurrentops.Backends;
import org.recurrentops.BackwardArgs;
import org.recurrentops.Direction;
import org.recurrentops.ForwardArgs;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;

/**
 * Compares loops of {@code persistent} that share a launch with {@code stepped}, and both
 * directions of a layer with the same kernels one after the other, and the same in several
 * launches, which give the same bits. Counts launches.
 */
final class RolesMain {
  private static final String PROPERTY = "recurrentops.gpu.roles";
  private static final String LAUNCH_STEPS = "recurrentops.gpu.launch-steps";
  private static final int STEPS = 6;
  private static final int BATCH = 5;
  private static final double TOLERANCE = 1e-5;

  private final RecurrentOps ops;
  private final RnnSpec spec;

  private RolesMain(RecurrentOps ops, RnnSpec spec) {
    this.ops = ops;
    this.spec = spec;
  }

  public static void main(String[] args) {
    try (RecurrentOps ops = Backends.open("cuda")) {
      for (RnnSpec spec :
          List.of(
              RnnSpec.lstm(3, 7).layers(2).bidirectional().build(),
              RnnSpec.gru(3, 9).bidirectional().build(),
              RnnSpec.vanilla(3, 7).layers(2).bidirectional().build(),
              RnnSpec.lstm(3, 7).layers(3).build(),
              RnnSpec.gru(5, 6).layers(2).direction(Direction.REVERSE).build(),
              RnnSpec.vanilla(3, 9).layers(4).build())) {
        new RolesMain(ops, spec).compare();
      }
    }
  }

  private void compare() {
    boolean stack = spec.direction().count() == 1;
    int launches = stack ? 1 : spec.layers();
    Map<String, float[]> together = run("persistent", launches, "together");
    run("stepped/cublas", 0, "together")
        .forEach((name, right) -> near(name, right, together.get(name), TOLERANCE));
    if (!stack) {
      run("persistent", spec.stateCount(), "turns")
          .forEach((name, right) -> near(name, right, together.get(name), 0));
    }
    for (int most : new int[] {1, 4}) { // more launches, of which each begins where one has ended
      System.setProperty(LAUNCH_STEPS, Integer.toString(most));
      run("persistent", launches * ((STEPS + most - 1) / most), "together")
          .forEach((name, right) -> near(name, right, together.get(name), 0));
      System.clearProperty(LAUNCH_STEPS);
    }
    System.out.println(
        spec.label() + (stack ? " agrees" : " has the same bits") + ", launches " + launches);
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

  private Map<String, float[]> run(String algorithm, int launches, String property) {
    System.setProperty(PROPERTY, property);
    Map<String, float[]> results = new LinkedHashMap<>();
    String cell = spec.label().replaceAll("[- ].*", "");
    long forward = count(cell + "_forward_roles");
    long backward = count(cell + "_backward_roles");
    inference(algorithm, results);
    training(algorithm, results);
    require(count(cell + "_forward_roles") - forward == 2L * launches, "launches forward");
    require(count(cell + "_backward_roles") - backward == launches, "launches backward");
    return results;
  }

  private long count(String kernel) {
    return ops.counters().launches(kernel).get();
  }

  private void inference(String algorithm, Map<String, float[]> results) {
    PlanOptions options = PlanOptions.inference(STEPS, BATCH).algorithm(algorithm);
    try (RecurrentPlan plan = ops.plan(spec, options)) {
      Tensor params = random(1, plan.parameterLayout().shape().elements());
      Tensor y = filled(STEPS, BATCH, spec.outputSize());
      Tensor hN = filled(spec.stateCount(), BATCH, spec.hiddenSize());
      plan.forward(ForwardArgs.of(params, x(), y).finalState(hN, null).lengths(6, 0, 1, 4, 6));
      results.put("y of inference", y.toFloats());
      results.put("hN of inference", hN.toFloats());
    }
  }

  private void training(String algorithm, Map<String, float[]> results) {
    PlanOptions options = PlanOptions.training(STEPS, BATCH).algorithm(algorithm);
    try (RecurrentPlan plan = ops.plan(spec, options);
        Reserve reserve = plan.newReserve()) {
      Tensor params = random(1, plan.parameterLayout().shape().elements());
      Tensor h0 = random(4, spec.stateCount(), BATCH, spec.hiddenSize());
      Tensor dy = random(3, STEPS, BATCH, spec.outputSize());
      Tensor y = filled(STEPS, BATCH, spec.outputSize());
      Tensor dx = filled(STEPS, BATCH, spec.inputSize());
      Tensor dh0 = filled(spec.stateCount(), BATCH, spec.hiddenSize());
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

  private Tensor x() {
    return random(2, STEPS, BATCH, spec.inputSize());
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
