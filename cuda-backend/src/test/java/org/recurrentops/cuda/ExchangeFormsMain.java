package org.recurrentops.cuda;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
import org.recurrentops.Tensor;

/**
 * Runs {@code persistent} in both forms of its exchange, in one launch and in one per step, and
 * with weights in memory, all of which give the same bits; and what {@code stepped} gives but for
 * rounding. Sizes are such that registers do not hold all weights, and rows do not go at once.
 */
final class ExchangeFormsMain {
  private static final int STEPS = 3;
  private static final String FORM = "recurrentops.gpu.exchange";
  private static final String FLAT = "persistent";
  private static final String DIVIDED = "persistent/2d";
  private static final String STREAM = "recurrentops.gpu.stream";

  /** The bits that stand for a word that is not there yet, as somebody's number. */
  private static final float NOT_YET = Float.intBitsToFloat(-1);

  private final RecurrentOps ops;
  private final RnnSpec spec;
  private final PlanOptions options;
  private final int batch;

  /** NOT_YET in the second row's h0. */
  private final boolean poisoned;

  private ExchangeFormsMain(
      RecurrentOps ops, RnnSpec spec, MathMode mode, int batch, boolean poisoned) {
    this.ops = ops;
    this.spec = spec;
    this.batch = batch;
    this.poisoned = poisoned;
    options = PlanOptions.training(STEPS, batch).mathMode(mode);
  }

  public static void main(String[] args) {
    try (RecurrentOps ops = Backends.open("cuda")) {
      if (args[0].equals("fragments")) {
        ExchangeFormsMain chunks = // 68 of them, for 8 warps
            new ExchangeFormsMain(ops, RnnSpec.lstm(3, 272).build(), MathMode.TF32, 2, false);
        List<float[]> expected = chunks.run("stepped/cublas", "mailbox", false);
        List<float[]> onChip = chunks.run(FLAT, "mailbox", false);
        chunks.compare(expected, onChip, 2e-3);
        chunks.sameFromMemory(onChip, "50"); // five units of nine, by turns in both slots of a ring
        ExchangeFormsMain half = // tiles of columns that are not all there
            new ExchangeFormsMain(ops, RnnSpec.gru(3, 210).build(), MathMode.BF16, 2, false);
        half.sameFromMemory(half.run(FLAT, "mailbox", false), "60");
        ExchangeFormsMain pairs = // units of two chunks and two tiles
            new ExchangeFormsMain(ops, RnnSpec.vanilla(3, 290).build(), MathMode.FP16, 2, false);
        pairs.sameFromMemory(pairs.run(FLAT, "mailbox", false), "70");
        return;
      }
      if (args[0].equals("clusters")) {
        compare(ops, DIVIDED, RnnSpec.lstm(3, 272).build(), MathMode.FP32, 5, 1e-5);
        compare(ops, DIVIDED, RnnSpec.gru(3, 37).build(), MathMode.FP32, 1, 1e-5);
        RnnSpec reverse = RnnSpec.vanilla(3, 530).direction(Direction.REVERSE).build();
        compare(ops, DIVIDED, reverse, MathMode.FP16, 18, 1e-2);
      } else {
        RnnSpec reverse = RnnSpec.gru(3, 230).direction(Direction.REVERSE).build();
        compare(ops, FLAT, RnnSpec.lstm(3, 257).build(), MathMode.FP32, 25, 1e-5);
        compare(ops, FLAT, reverse, MathMode.FP32, 1, 1e-5);
        compare(ops, FLAT, RnnSpec.vanilla(3, 294).build(), MathMode.FP32, 5, 1e-5);
      }
      String algorithm = args[0].equals("clusters") ? DIVIDED : FLAT;
      for (MathMode mode : List.of(MathMode.FP32, MathMode.BF16)) {
        survive(ops, algorithm, RnnSpec.gru(3, 9).build(), mode);
      }
    }
  }

  private static void compare(
      RecurrentOps ops,
      String algorithm,
      RnnSpec spec,
      MathMode mode,
      int batch,
      double tolerance) {
    ExchangeFormsMain forms = new ExchangeFormsMain(ops, spec, mode, batch, false);
    List<float[]> mailbox = forms.run(algorithm, "mailbox", false);
    List<float[]> barrier = forms.run(algorithm, "barrier", false);
    List<float[]> perStep = forms.run(algorithm, "mailbox", true);
    List<float[]> expected = forms.run("stepped/cublas", "mailbox", false);
    for (int i = 0; i < expected.size(); i++) {
      String what = spec.label() + ": tensor " + i;
      require(Arrays.equals(mailbox.get(i), barrier.get(i)), what + " as with barriers");
      require(Arrays.equals(mailbox.get(i), perStep.get(i)), what + " as with a launch a step");
    }
    forms.compare(expected, mailbox, tolerance);
    if (algorithm.equals(FLAT)) {
      forms.sameFromMemory(mailbox, batch == 25 ? "30" : "100");
    }
  }

  /** At least so many percent of the weights in memory; registers and shared memory have others. */
  private void sameFromMemory(List<float[]> onChip, String percent) {
    System.setProperty(STREAM, percent);
    List<float[]> got = run(FLAT, "mailbox", false);
    System.clearProperty(STREAM);
    for (int i = 0; i < onChip.size(); i++) {
      String what = spec.label() + ": tensor " + i + " as on the chip";
      require(Arrays.equals(onChip.get(i), got.get(i)), what);
    }
    System.out.println(spec.label() + " streams");
  }

  private void compare(List<float[]> expected, List<float[]> got, double tolerance) {
    for (int i = 0; i < expected.size(); i++) {
      near(expected.get(i), got.get(i), tolerance, spec.label() + ": tensor " + i);
    }
    System.out.println(spec.label() + " agrees");
  }

  /** A number that looks like none is published as another NaN, and stays in its row. */
  private static void survive(RecurrentOps ops, String algorithm, RnnSpec spec, MathMode mode) {
    float[] right =
        new ExchangeFormsMain(ops, spec, mode, 3, false).run(algorithm, "", false).get(0);
    float[] got = new ExchangeFormsMain(ops, spec, mode, 3, true).run(algorithm, "", false).get(0);
    int width = spec.outputSize();
    for (int i = 0; i < got.length; i++) {
      boolean second = i / width % 3 == 1;
      boolean as = second ? Float.isNaN(got[i]) : got[i] == right[i];
      require(as, "element " + i + " like " + (second ? "NaN" : right[i]) + ", got " + got[i]);
    }
    System.out.println(spec.label() + " " + mode + " survives");
  }

  /** y, dx, dh0 and gradients of parameters; or y alone. */
  private List<float[]> run(String algorithm, String form, boolean perStep) {
    if (!form.isEmpty()) {
      System.setProperty(FORM, form);
    }
    Random random = new Random(17);
    int width = spec.outputSize();
    int states = spec.stateCount();
    try (RecurrentPlan plan = ops.plan(spec, options.algorithm(algorithm));
        Tensor params = random(random, 0.1f, plan.parameterLayout().elements());
        Tensor x = random(random, 1, STEPS, batch, spec.inputSize());
        Tensor h0 = random(random, 1, states, batch, spec.hiddenSize());
        Tensor dParams = ops.allocate(plan.parameterLayout().shape());
        Tensor dx = ops.allocate(STEPS, batch, spec.inputSize());
        Tensor dh0 = ops.allocate(states, batch, spec.hiddenSize());
        Tensor total = ops.allocate(states, STEPS, batch, spec.hiddenSize());
        Tensor y = ops.allocate(STEPS, batch, width);
        Reserve reserve = plan.newReserve()) {
      if (poisoned) {
        float[] h = h0.toFloats();
        h[spec.hiddenSize() + 1] = NOT_YET;
        h0.upload(h);
      }
      plan.forward(ForwardArgs.of(params, x, y).initialState(h0, null), reserve);
      BackwardArgs backward =
          BackwardArgs.of(params, x, y, dx, dParams).initialStateGradient(dh0, null);
      plan.backward(perStep ? backward.hiddenGradientSequence(total) : backward, reserve);
      ops.synchronize();
      require(plan.algorithm().equals(algorithm), algorithm + ", got " + plan.algorithm());
      boolean streams = System.getProperty(STREAM) != null;
      require(plan.describe().contains("read from memory") == streams, plan.describe());
      return new ArrayList<>(
          List.of(y.toFloats(), dx.toFloats(), dh0.toFloats(), dParams.toFloats()));
    }
  }

  private Tensor random(Random random, float size, long... dims) {
    Tensor tensor = ops.allocate(dims);
    float[] values = new float[Math.toIntExact(tensor.shape().elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (random.nextFloat() - 0.5f) * size;
    }
    tensor.upload(values);
    return tensor;
  }

  private static void near(float[] expected, float[] got, double tolerance, String what) {
    double most = 0;
    for (float v : expected) {
      most = Math.max(most, Math.abs(v));
    }
    for (int i = 0; i < expected.length; i++) {
      double error = Math.abs(expected[i] - got[i]) / most;
      String element = what + ", element " + i + " like " + expected[i] + ", got " + got[i];
      require(error <= tolerance, element); // NaN is not
    }
  }

  private static void require(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError("expected " + what);
    }
  }
}
