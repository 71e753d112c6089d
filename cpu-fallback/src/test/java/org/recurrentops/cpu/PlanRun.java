package org.recurrentops.cpu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.recurrentops.Backends;
import org.recurrentops.BackwardArgs;
import org.recurrentops.ForwardArgs;
import org.recurrentops.GradientMode;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;

/** One forward and backward call with random data, in arrays or in direct buffers. */
final class PlanRun {
  private final RnnSpec spec;
  private final int steps;
  private final int batch;
  private final boolean direct;
  private boolean ragged = true;
  private final Random random = new Random(7);
  private final Map<String, Tensor> outputs = new LinkedHashMap<>();

  PlanRun(RnnSpec spec, int steps, int batch, boolean direct) {
    this.spec = spec;
    this.steps = steps;
    this.batch = batch;
    this.direct = direct;
  }

  /** The same without rows that end before the others. */
  PlanRun withoutLengths() {
    ragged = false;
    return this;
  }

  /** Opens the device with a number of threads. */
  static RecurrentOps open(int threads) {
    String before = System.getProperty(Workforce.THREADS);
    System.setProperty(Workforce.THREADS, Integer.toString(threads));
    try {
      return Backends.open("cpu");
    } finally {
      if (before == null) {
        System.clearProperty(Workforce.THREADS);
      } else {
        System.setProperty(Workforce.THREADS, before);
      }
    }
  }

  private Tensor tensor(RecurrentOps ops, long... dims) {
    long count = 1;
    for (long d : dims) {
      count *= d;
    }
    if (!direct) {
      return ops.allocate(dims);
    }
    FloatBuffer memory =
        ByteBuffer.allocateDirect((int) (4 * count)).order(ByteOrder.nativeOrder()).asFloatBuffer();
    return ops.wrap(memory, dims);
  }

  private Tensor input(RecurrentOps ops, float scale, long... dims) {
    Tensor t = tensor(ops, dims);
    float[] values = new float[(int) t.shape().elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = scale * (2 * random.nextFloat() - 1);
    }
    t.upload(values);
    return t;
  }

  private Tensor output(String name, RecurrentOps ops, long... dims) {
    Tensor t = tensor(ops, dims);
    float[] garbage = new float[(int) t.shape().elements()];
    java.util.Arrays.fill(garbage, Float.NaN);
    t.upload(garbage);
    outputs.put(name, t);
    return t;
  }

  /** Arguments of both calls, over new tensors. */
  void bind(RecurrentOps ops, RecurrentPlan plan, List<Object> calls) {
    long states = spec.stateCount();
    boolean cell = spec.cell().hasCellState();
    Tensor params = input(ops, 0.3f, plan.parameterLayout().elements());
    Tensor x = input(ops, 1, steps, batch, spec.inputSize());
    Tensor h0 = input(ops, 1, states, batch, spec.stateSize());
    Tensor c0 = cell ? input(ops, 1, states, batch, spec.hiddenSize()) : null;
    Tensor dy = input(ops, 1, steps, batch, spec.outputSize());
    Tensor dhN = input(ops, 1, states, batch, spec.stateSize());
    Tensor dcN = cell ? input(ops, 1, states, batch, spec.hiddenSize()) : null;
    int[] lengths = new int[batch];
    for (int n = 0; n < batch; n++) {
      lengths[n] = n % 3 == 1 ? random.nextInt(steps + 1) : steps;
    }
    calls.add(
        ForwardArgs.of(params, x, output("y", ops, steps, batch, spec.outputSize()))
            .initialState(h0, c0)
            .finalState(
                output("hN", ops, states, batch, spec.stateSize()),
                cell ? output("cN", ops, states, batch, spec.hiddenSize()) : null)
            .lengths(ragged ? lengths : null)
            .seed(11));
    calls.add(
        BackwardArgs.of(
                params,
                x,
                dy,
                output("dx", ops, steps, batch, spec.inputSize()),
                output("dParams", ops, plan.parameterLayout().elements()))
            .finalStateGradient(dhN, dcN)
            .initialStateGradient(
                output("dh0", ops, states, batch, spec.stateSize()),
                cell ? output("dc0", ops, states, batch, spec.hiddenSize()) : null));
  }

  /** Runs both calls and returns every output by name; once more, gradients are added to. */
  Map<String, float[]> on(RecurrentOps ops) {
    return on(ops, PlanOptions.AUTO);
  }

  /** The same by an algorithm. */
  Map<String, float[]> on(RecurrentOps ops, String algorithm) {
    return on(ops, PlanOptions.training(steps, batch).algorithm(algorithm));
  }

  /** The same by a plan with other options. */
  Map<String, float[]> on(RecurrentOps ops, PlanOptions options) {
    Map<String, float[]> values = new LinkedHashMap<>();
    try (RecurrentPlan plan = ops.plan(spec, options);
        Reserve reserve = plan.newReserve()) {
      List<Object> calls = new ArrayList<>();
      bind(ops, plan, calls);
      plan.forward((ForwardArgs) calls.get(0), reserve);
      plan.backward((BackwardArgs) calls.get(1), reserve);
      outputs.forEach((name, t) -> values.put(name, t.toFloats()));
      BackwardArgs again = (BackwardArgs) calls.get(1);
      plan.backward(again.mode(GradientMode.ACCUMULATE), reserve);
      values.put("dParams, added to", outputs.get("dParams").toFloats());
    }
    return values;
  }
}
