package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.recurrentops.BackwardArgs;
import org.recurrentops.DType;
import org.recurrentops.ForwardArgs;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;
import org.recurrentops.tck.ConformanceFailure;
import org.recurrentops.tck.reference.ReferenceCall;
import org.recurrentops.tck.reference.ReferenceGradients;
import org.recurrentops.tck.reference.ReferenceRnn;
import org.recurrentops.tck.reference.ReferenceRun;

/** One forward and backward call in float64, everything given and asked for. */
final class Float64Run implements AutoCloseable {
  /** Of the largest magnitude; float32 would be wrong by 1e-7 of it. */
  private static final double TOLERANCE = 1e-12;

  private static final double STEP = 1e-5;
  private static final double SLOPE_TOLERANCE = 1e-7;
  private static final int SLOPES = 12;

  private final RecurrentPlan plan;
  private final RnnSpec spec;
  private final int steps;
  private final int batch;
  private final Float64Situation situation;
  private final long seed;
  private final Random random;
  private final Reserve reserve;
  private final List<Tensor> owned = new ArrayList<>();
  private final double[] params;
  private final double[] x;
  private final int[] indices;
  private final double[] h0;
  private final double[] c0;
  private final double[] dy;
  private final double[] dhN;
  private final double[] dcN;
  private final double[] dcSequence;

  Float64Run(RecurrentPlan plan, int steps, int batch, Float64Situation situation, long seed) {
    this.plan = plan;
    this.spec = plan.spec();
    this.steps = steps;
    this.batch = batch;
    this.situation = situation;
    this.seed = seed;
    random = new Random(seed);
    reserve = plan.newReserve();
    int states = spec.stateCount() * batch;
    boolean cell = spec.cell().hasCellState();
    double scale = 1 / Math.sqrt(spec.hiddenSize());
    params = uniform((int) plan.parameterLayout().elements(), scale);
    x = poisoned(uniform(steps * batch * spec.inputSize(), 1), spec.inputSize());
    h0 = uniform(states * spec.stateSize(), 1);
    c0 = cell ? uniform(states * spec.hiddenSize(), 1) : null;
    dy = poisoned(uniform(steps * batch * spec.outputSize(), 1), spec.outputSize());
    dhN = uniform(states * spec.stateSize(), 1);
    dcN = cell ? uniform(states * spec.hiddenSize(), 1) : null;
    indices = random.ints(steps * batch, 0, spec.inputSize()).toArray();
    boolean given = situation.sequences() && cell;
    dcSequence = given ? uniform(steps * states * spec.hiddenSize(), 1) : null;
  }

  private double[] uniform(int count, double scale) {
    return random.doubles(count, -scale, scale).toArray();
  }

  private double[] poisoned(double[] values, int width) {
    for (int i = 0; i < values.length; i++) {
      if (!isValid(i / width)) {
        values[i] = Double.NaN;
      }
    }
    return values;
  }

  private boolean isValid(int site) {
    return situation.isValid(site, batch);
  }

  private RecurrentOps ops() {
    return plan.ops();
  }

  private Tensor tensor(double[] values, long... dims) {
    if (values == null) {
      return null;
    }
    Tensor t = ops().allocate(DType.F64, dims);
    owned.add(t);
    t.upload(values);
    return t;
  }

  private Tensor output(boolean wanted, long... dims) {
    if (!wanted) {
      return null;
    }
    Tensor t = ops().allocate(DType.F64, dims);
    owned.add(t);
    double[] garbage = new double[(int) t.shape().elements()];
    java.util.Arrays.fill(garbage, Double.NaN);
    t.upload(garbage);
    return t;
  }

  private Tensor state(double[] values, int width) {
    return tensor(values, spec.stateCount(), batch, width);
  }

  private Tensor stateOutput(boolean wanted, int width) {
    return output(wanted, spec.stateCount(), batch, width);
  }

  /** x as the call takes it: numbers or indices. */
  private Tensor input() {
    if (!situation.indexed()) {
      return tensor(x, steps, batch, spec.inputSize());
    }
    Tensor t = ops().allocate(DType.I32, steps, batch);
    owned.add(t);
    t.upload(indices);
    return t;
  }

  private Tensor sequence(boolean wanted, int width) {
    return output(wanted, spec.stateCount(), steps, batch, width);
  }

  /** With its seed, and what says which steps are valid. */
  private ForwardArgs forward(Tensor p, Tensor in, Tensor y) {
    ForwardArgs args = ForwardArgs.of(p, in, y).seed(seed);
    if (situation.mask() == null) {
      return args.lengths(situation.lengths());
    }
    if (!situation.onDevice()) {
      return args.mask(situation.mask());
    }
    Tensor mask = ops().allocate(DType.U8, steps, batch);
    owned.add(mask);
    mask.upload(situation.mask());
    return args.mask(mask);
  }

  /** Compares every output with the reference. */
  void checkAll() {
    boolean cell = spec.cell().hasCellState();
    boolean sequences = situation.sequences();
    Tensor p = tensor(params, params.length);
    Tensor in = input();
    Tensor y = output(true, steps, batch, spec.outputSize());
    Tensor hN = stateOutput(true, spec.stateSize());
    Tensor cN = stateOutput(cell, spec.hiddenSize());
    Tensor cells = sequence(sequences && cell, spec.hiddenSize());
    ForwardArgs forward =
        forward(p, in, y)
            .initialState(state(h0, spec.stateSize()), state(c0, spec.hiddenSize()))
            .finalState(hN, cN)
            .cellSequence(cells);
    plan.forward(forward, reserve);
    Tensor dx = output(!situation.indexed(), steps, batch, spec.inputSize());
    Tensor dParams = output(true, params.length);
    Tensor dh0 = stateOutput(true, spec.stateSize());
    Tensor dc0 = stateOutput(cell, spec.hiddenSize());
    Tensor dh = sequence(sequences, spec.stateSize());
    Tensor cotangent = tensor(dy, steps, batch, spec.outputSize());
    plan.backward(
        BackwardArgs.of(p, in, cotangent, dx, dParams)
            .finalStateGradient(state(dhN, spec.stateSize()), state(dcN, spec.hiddenSize()))
            .initialStateGradient(dh0, dc0)
            .cellSequenceGradient(
                tensor(dcSequence, spec.stateCount(), steps, batch, spec.hiddenSize()))
            .hiddenGradientSequence(dh),
        reserve);
    ReferenceRun run = reference();
    ReferenceGradients g = run.backward(dy, dhN, dcN, dcSequence);
    check("y", y, run.y());
    check("hN", hN, run.hN());
    check("cN", cN, run.cN());
    check("cSequence", cells, run.cSequence());
    check("dx", dx, g.dx());
    check("dParams", dParams, g.dParams());
    check("dh0", dh0, g.dh0());
    check("dc0", dc0, g.dc0());
    check("dhSequence", dh, g.dhSequence());
  }

  private ReferenceRun reference() {
    ReferenceCall call =
        situation.indexed()
            ? ReferenceCall.indexed(steps, batch, indices)
            : ReferenceCall.dense(steps, batch, x);
    call.initialStates(h0, c0).lengths(situation.lengths()).mask(situation.mask());
    return new ReferenceRnn(spec, params).forward(call.training(seed, 0));
  }

  private void check(String name, Tensor got, double[] expected) {
    if (got == null) {
      return;
    }
    double[] values = got.toDoubles();
    double scale = 0;
    for (double e : expected) {
      scale = Math.max(scale, Math.abs(e));
    }
    for (int i = 0; i < values.length; i++) {
      if (!(Math.abs(values[i] - expected[i]) <= TOLERANCE * scale)) {
        throw new ConformanceFailure(
            name
                + "["
                + i
                + "]: expected "
                + expected[i]
                + " within "
                + TOLERANCE
                + " of "
                + scale
                + ", got "
                + values[i]
                + "; float64 "
                + spec
                + " seed="
                + seed);
      }
    }
  }

  /** Compares some of dParams with differences of the device's own forward. */
  void checkSlopes() {
    Tensor p = tensor(params, params.length);
    Tensor in = tensor(x, steps, batch, spec.inputSize());
    Tensor y = output(true, steps, batch, spec.outputSize());
    Tensor dParams = output(true, params.length);
    loss(p, in, y);
    Tensor cotangent = tensor(dy, steps, batch, spec.outputSize());
    plan.backward(BackwardArgs.of(p, in, cotangent, null, dParams), reserve);
    double[] gradient = dParams.toDoubles();
    for (int k = 0; k < SLOPES; k++) {
      int i = random.nextInt(params.length);
      double at = params[i];
      params[i] = at + STEP;
      p.upload(params);
      double up = loss(p, in, y);
      params[i] = at - STEP;
      p.upload(params);
      double down = loss(p, in, y);
      params[i] = at;
      double slope = (up - down) / (2 * STEP);
      Expect.that(
          Math.abs(slope - gradient[i]) <= SLOPE_TOLERANCE * Math.max(1, Math.abs(slope)),
          "dParams["
              + i
              + "]: expected the slope "
              + slope
              + ", got "
              + gradient[i]
              + "; float64 "
              + spec
              + " seed="
              + seed);
    }
  }

  /** ⟨y, dy⟩ over valid steps. */
  private double loss(Tensor p, Tensor in, Tensor y) {
    plan.forward(forward(p, in, y), reserve);
    double[] values = y.toDoubles();
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      sum += isValid(i / spec.outputSize()) ? values[i] * dy[i] : 0;
    }
    return sum;
  }

  @Override
  public void close() {
    owned.forEach(Tensor::close);
    reserve.close();
  }
}
