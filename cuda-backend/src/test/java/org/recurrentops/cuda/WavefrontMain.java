package org.recurrentops.cuda;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
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
import org.recurrentops.RnnSpecBuilder;
import org.recurrentops.Tensor;

/** Compares stacks run as a wavefront with the same run layer after layer. */
final class WavefrontMain {
  private static final int STEPS = 13;
  private static final int BATCH = 3;

  private final Map<String, float[]> results = new LinkedHashMap<>();
  private final RnnSpec spec;
  private final String algorithm;
  private final MathMode mode;
  private String description;

  private WavefrontMain(RnnSpec spec, String algorithm, MathMode mode) {
    this.spec = spec;
    this.algorithm = algorithm;
    this.mode = mode;
  }

  /** More layers than a wave has, so that memory of one wave's layers is used by the next. */
  public static void main(String[] args) {
    RnnSpecBuilder lstm = RnnSpec.lstm(5, 7);
    compare(lstm.layers(10).dropout(0.3).build(), "graph/cublas", MathMode.FP32);
    compare(lstm.layers(6).build(), "stepped/cublas", MathMode.BF16);
    RnnSpecBuilder gru = RnnSpec.gru(4, 6).layers(5).direction(Direction.REVERSE);
    compare(gru.build(), "stepped/cublas", MathMode.FP32);
    compare(RnnSpec.lstm(5, 7).projection(3).layers(2).build(), "graph/cublas", MathMode.FP32);
    describe(RnnSpec.lstm(5, 7).layers(3), "fused", 200);
    describe(RnnSpec.lstm(5, 7).layers(3).bidirectional(), "stepped/cublas", 200);
    describe(RnnSpec.lstm(5, 7).layers(3), "stepped/cublas", 4);
    describe(RnnSpec.lstm(5, 7).layers(3), "graph/cublas", 200);
  }

  private static void describe(RnnSpecBuilder spec, String algorithm, int steps) {
    System.clearProperty(CudaDevice.WAVEFRONT);
    try (RecurrentOps ops = Backends.open("cuda");
        RecurrentPlan plan =
            ops.plan(spec.build(), PlanOptions.training(steps, 2).algorithm(algorithm))) {
      System.out.println(plan.describe());
    }
  }

  private static void compare(RnnSpec spec, String algorithm, MathMode mode) {
    Map<String, float[]> inTurn = new WavefrontMain(spec, algorithm, mode).run("off");
    for (String chunk : new String[] {"1", "5"}) {
      WavefrontMain wave = new WavefrontMain(spec, algorithm, mode);
      wave.run(chunk);
      if (!wave.description.contains("wavefront of")) {
        throw new AssertionError("no wavefront: " + wave.description);
      }
      inTurn.forEach((name, right) -> equal(spec + " " + name, right, wave.results.get(name)));
    }
    System.out.println(algorithm + " " + mode + " " + spec.layers() + " layers agree");
  }

  /** The same operations on the same numbers, so the same bits. */
  private static void equal(String what, float[] right, float[] got) {
    for (int i = 0; i < right.length; i++) {
      if (Float.isNaN(right[i]) || right[i] != got[i]) {
        throw new AssertionError(
            what + "[" + i + "]: expected " + right[i] + " as without a wavefront, got " + got[i]);
      }
    }
  }

  private Map<String, float[]> run(String wavefront) {
    System.setProperty(CudaDevice.WAVEFRONT, wavefront);
    try (RecurrentOps ops = Backends.open("cuda")) {
      inference(ops);
      training(ops);
    }
    return results;
  }

  private void inference(RecurrentOps ops) {
    PlanOptions options = PlanOptions.inference(STEPS, BATCH).algorithm(algorithm).mathMode(mode);
    try (RecurrentPlan plan = ops.plan(spec, options)) {
      Tensor params = random(ops, 1, plan.parameterLayout().shape().elements());
      Tensor x = random(ops, 2, STEPS, BATCH, spec.inputSize());
      Tensor y = filled(ops, STEPS, BATCH, spec.outputSize());
      Tensor hN = filled(ops, spec.stateCount(), BATCH, spec.stateSize());
      for (int run = 0; run < 3; run++) { // as they come, recorded and replayed
        plan.forward(ForwardArgs.of(params, x, y).finalState(hN, null));
        keep("y of inference " + run, y);
        keep("hN of inference " + run, hN);
      }
    }
  }

  private void training(RecurrentOps ops) {
    PlanOptions options = PlanOptions.training(STEPS, BATCH).algorithm(algorithm).mathMode(mode);
    try (RecurrentPlan plan = ops.plan(spec, options);
        Reserve reserve = plan.newReserve()) {
      description = plan.describe();
      Tensor params = random(ops, 1, plan.parameterLayout().shape().elements());
      Tensor x = random(ops, 2, STEPS, BATCH, spec.inputSize());
      Tensor dy = random(ops, 3, STEPS, BATCH, spec.outputSize());
      Tensor y = filled(ops, STEPS, BATCH, spec.outputSize());
      Tensor dx = filled(ops, STEPS, BATCH, spec.inputSize());
      Tensor dh0 = filled(ops, spec.stateCount(), BATCH, spec.stateSize());
      Tensor dParams = filled(ops, params.shape().elements());
      for (int run = 0; run < 3; run++) {
        plan.forward(ForwardArgs.of(params, x, y).lengths(STEPS, 4, 9).seed(77), reserve);
        plan.backward(
            BackwardArgs.of(params, x, dy, dx, dParams).initialStateGradient(dh0, null), reserve);
        keep("y " + run, y);
        keep("dx " + run, dx);
        keep("dh0 " + run, dh0);
        keep("dParams " + run, dParams);
      }
    }
  }

  private void keep(String name, Tensor tensor) {
    results.put(name, tensor.toFloats());
    fill(tensor);
  }

  private static Tensor filled(RecurrentOps ops, long... shape) {
    Tensor t = ops.allocate(shape);
    fill(t);
    return t;
  }

  private static void fill(Tensor t) {
    float[] nan = new float[Math.toIntExact(t.shape().elements())];
    Arrays.fill(nan, Float.NaN);
    t.upload(nan);
  }

  private static Tensor random(RecurrentOps ops, int seed, long... shape) {
    Tensor t = ops.allocate(shape);
    Random random = new Random(seed);
    float[] values = new float[Math.toIntExact(t.shape().elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    t.upload(values);
    return t;
  }
}
