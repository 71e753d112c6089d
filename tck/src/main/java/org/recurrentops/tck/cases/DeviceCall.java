package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.recurrentops.BackwardArgs;
import org.recurrentops.Counters;
import org.recurrentops.ForwardArgs;
import org.recurrentops.GradientMode;
import org.recurrentops.MaskingContract;
import org.recurrentops.MathMode;
import org.recurrentops.PackedWeights;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;
import org.recurrentops.tck.ConformanceContext;
import org.recurrentops.tck.ConformanceFailure;
import org.recurrentops.tck.Slices;
import org.recurrentops.tck.Tolerance;

/**
 * The device's side of one {@link Trial}: guarded tensors, the calls, and their comparison with the
 * reference. A tensor that the trial leaves out is null.
 */
final class DeviceCall implements AutoCloseable {
  final ConformanceContext context;
  final RecurrentPlan plan;
  Trial trial;
  TrialData data;
  final RnnSpec spec;
  final Reserve reserve;
  final GuardedTensor params;
  final GuardedTensor x;
  final GuardedTensor lengths;
  final GuardedTensor mask;
  final GuardedTensor h0;
  final GuardedTensor c0;
  final GuardedTensor y;
  final GuardedTensor hN;
  final GuardedTensor cN;
  final GuardedTensor dy;
  final GuardedTensor dhN;
  final GuardedTensor dcN;
  final GuardedTensor dx;
  final GuardedTensor dParams;
  final GuardedTensor dh0;
  final GuardedTensor dc0;
  final AxisOrder order;
  final StateSequences sequences;
  private final List<GuardedTensor> owned = new ArrayList<>();

  DeviceCall(ConformanceContext context, RecurrentPlan plan, Reserve reserve, Trial trial) {
    this.context = context;
    this.plan = plan;
    this.reserve = reserve;
    this.trial = trial;
    data = TrialData.of(trial, context.mathMode());
    spec = trial.spec;
    order = new AxisOrder(trial);
    boolean cell = trial.hasCellState();
    boolean backward = !trial.inference;
    params = vector("params", true);
    x = trial.indexed ? indices() : sequence("x", true, spec.inputSize());
    lengths = lengths();
    mask = trial.deviceMask ? mask() : null;
    h0 = state("h0", trial.initialState, spec.stateSize());
    c0 = state("c0", trial.initialState && cell, spec.hiddenSize());
    y = sequence("y", trial.wantsY, spec.outputSize());
    hN = trial.carriedInPlace ? h0 : state("hN", trial.finalState, spec.stateSize());
    cN = trial.carriedInPlace ? c0 : state("cN", trial.finalState && cell, spec.hiddenSize());
    dy = sequence("dy", trial.dyGiven && backward, spec.outputSize());
    dhN = state("dhN", trial.finalGradient && backward, spec.stateSize());
    dcN = state("dcN", trial.finalGradient && cell && backward, spec.hiddenSize());
    dx = sequence("dx", trial.wantsDx && backward, spec.inputSize());
    dParams = vector("dParams", trial.wantsDParams && backward);
    dh0 = state("dh0", trial.wantsInitialGradient && backward, spec.stateSize());
    dc0 = state("dc0", trial.wantsInitialGradient && cell && backward, spec.hiddenSize());
    sequences = trial.stateSequences ? new StateSequences(this) : null;
  }

  RecurrentOps ops() {
    return context.ops();
  }

  GuardedTensor own(GuardedTensor t) {
    owned.add(t);
    return t;
  }

  private GuardedTensor vector(String name, boolean present) {
    int count = (int) plan.parameterLayout().elements();
    Placement p = trial.placement;
    return present ? own(GuardedTensor.floats(name, ops(), p, count)) : null;
  }

  private GuardedTensor state(String name, boolean present, int width) {
    return present
        ? own(
            GuardedTensor.floats(
                name, ops(), trial.placement, spec.stateCount(), trial.batch, width))
        : null;
  }

  private GuardedTensor sequence(String name, boolean present, int width) {
    return present
        ? own(
            GuardedTensor.floats(
                name, ops(), trial.placement, order.first(), order.second(), width))
        : null;
  }

  private GuardedTensor indices() {
    return own(GuardedTensor.ints("x", ops(), trial.placement, order.first(), order.second()));
  }

  private GuardedTensor mask() {
    return own(GuardedTensor.bytes("mask", ops(), trial.placement, order.first(), order.second()));
  }

  private GuardedTensor lengths() {
    return trial.deviceLengths
        ? own(GuardedTensor.ints("lengths", ops(), trial.placement, trial.batch))
        : null;
  }

  /** Turns to other data of the same shapes, in the same tensors. */
  void use(Trial other) {
    trial = other;
    data = TrialData.of(other, context.mathMode());
    upload();
  }

  /** Uploads all inputs and fills all outputs with NaN. */
  void upload() {
    params.set(data.params);
    if (trial.indexed) {
      x.set(order.toLayout(data.indices));
    } else {
      x.set(order.toLayout(data.x, spec.inputSize()));
    }
    if (lengths != null) {
      lengths.set(unclampedLengths());
    }
    if (mask != null) {
      mask.set(order.toLayout(trial.mask));
    }
    set(dhN, data.dhN);
    set(dcN, data.dcN);
    if (dy != null) {
      dy.set(order.toLayout(data.dy, spec.outputSize()));
    }
    clearOutputs();
    set(h0, data.h0);
    set(c0, data.c0);
  }

  /** Fills every output with NaN; dParams with its old values where it is added to. */
  void clearOutputs() {
    for (GuardedTensor out : new GuardedTensor[] {y, hN, cN, dx, dParams, dh0, dc0}) {
      if (out != null && out != h0 && out != c0) {
        out.setNaN();
      }
    }
    if (trial.accumulate && dParams != null) {
      dParams.set(data.oldDParams);
    }
    if (sequences != null) {
      sequences.upload();
    }
  }

  private static void set(GuardedTensor t, float[] values) {
    if (t != null) {
      t.set(values);
    }
  }

  /** The kernels clamp, so full and empty rows are told by numbers outside of 0 … T. */
  private int[] unclampedLengths() {
    int[] raw = trial.lengths.clone();
    for (int n = 0; n < raw.length; n++) {
      raw[n] = raw[n] == 0 ? -n : raw[n] == trial.steps ? trial.steps + n : raw[n];
    }
    return raw;
  }

  static Tensor view(GuardedTensor t) {
    return t == null ? null : t.view();
  }

  ForwardArgs forwardArgs() {
    return complete(ForwardArgs.of(params.view(), x.view(), view(y)));
  }

  ForwardArgs forwardArgs(PackedWeights weights) {
    return complete(ForwardArgs.of(weights, x.view(), view(y)));
  }

  private ForwardArgs complete(ForwardArgs args) {
    args.initialState(view(h0), view(c0)).finalState(view(hN), view(cN));
    if (sequences != null) {
      sequences.addTo(args);
    }
    if (lengths != null) {
      args.lengths(lengths.view());
    } else {
      args.lengths(trial.lengths);
    }
    if (mask != null) {
      args.mask(mask.view());
    } else if (trial.mask != null) {
      args.mask(order.toLayout(trial.mask));
    }
    return args.seed(trial.dropoutSeed).stepOffset(trial.stepOffset);
  }

  BackwardArgs backwardArgs() {
    BackwardArgs args = BackwardArgs.of(params.view(), x.view(), view(dy), view(dx), view(dParams));
    if (sequences != null) {
      sequences.addTo(args);
    }
    return args.finalStateGradient(view(dhN), view(dcN))
        .initialStateGradient(view(dh0), view(dc0))
        .mode(trial.accumulate ? GradientMode.ACCUMULATE : GradientMode.OVERWRITE);
  }

  void forward() {
    counted("forward", this::forwardOnce);
  }

  private void forwardOnce() {
    if (trial.packed) {
      try (PackedWeights weights = plan.pack(params.view())) {
        plan.forward(forwardArgs(weights), reserve);
      }
    } else {
      plan.forward(forwardArgs(), reserve);
    }
  }

  void backward() {
    counted("backward", () -> plan.backward(backwardArgs(), reserve));
  }

  /**
   * Runs a call; checks by the counters that the plan's algorithm did it, once, and that nothing
   * was allocated for it.
   */
  void counted(String what, Runnable call) {
    Counters.Snapshot before = ops().counters().snapshot();
    call.run();
    ops().synchronize();
    Counters.Snapshot after = ops().counters().snapshot();
    if (trial.countersShared) {
      return;
    }
    String counter = plan.algorithm() + "." + what;
    long runs = after.launchesOf(counter) - before.launchesOf(counter);
    boolean empty = trial.steps == 0 || trial.batch == 0;
    Expect.that(
        runs == 1 || empty && runs == 0,
        "counter '" + counter + "': expected 1 more run, got " + runs + "; " + where());
    Expect.that(
        empty
            || context.mathMode() == MathMode.FP32
            || productsOfMode(after) > productsOfMode(before),
        what + ": expected products counted as " + context.mathMode() + ", got none; " + where());
    Expect.that(
        trial.packed || after.allocations() == before.allocations(),
        what + ": expected no allocation in a call; " + where());
  }

  /** Where rounding changes no operand, results are compared as those of FP32. */
  private MathMode compared() {
    return trial.exactOperands ? MathMode.FP32 : context.mathMode();
  }

  /** Products that ran in the mode under test, by the name that the SPI asks for. */
  private long productsOfMode(Counters.Snapshot s) {
    String suffix = "_" + context.mathMode().name().toLowerCase(Locale.ROOT);
    return s.launches().entrySet().stream()
        .filter(e -> e.getKey().endsWith(suffix))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  String where() {
    return trial.where(context);
  }

  /** Compares y, hN and cN with the reference. */
  void checkForward() {
    Tolerance tolerance = Tolerance.forward(spec, trial.steps, compared());
    if (y != null) {
      float[] got = yValues();
      Slices slices = Slices.alongFirstAxis(trial.steps, trial.batch, spec.outputSize());
      tolerance.check("y", got, data.forward.y(), slices, where());
      if (spec.masking() != MaskingContract.CARRY) {
        checkPadding("y", got, spec.outputSize(), spec.fillValue());
      }
    }
    checkState("hN", hN, data.forward.hN(), spec.stateSize(), tolerance);
    checkState("cN", cN, data.forward.cN(), spec.hiddenSize(), tolerance);
    if (sequences != null) {
      sequences.checkForward(tolerance);
    }
  }

  /** y, time-major. */
  float[] yValues() {
    return order.toTimeMajor(y.get(), spec.outputSize());
  }

  /** dx, time-major. */
  float[] dxValues() {
    return order.toTimeMajor(dx.get(), spec.inputSize());
  }

  /** Compares dx, dParams, dh0 and dc0 with the reference. */
  void checkBackward() {
    Tolerance tolerance = Tolerance.backward(spec, trial.steps, compared());
    if (dx != null) {
      float[] got = dxValues();
      Slices slices = Slices.alongFirstAxis(trial.steps, trial.batch, spec.inputSize());
      tolerance.check("dx", got, data.gradients().dx(), slices, where());
      checkPadding("dx", got, spec.inputSize(), 0);
    }
    if (dParams != null) {
      Tolerance.parameterGradient(spec, trial.steps, trial.batch, compared())
          .check(
              "dParams",
              dParams.get(),
              data.expectedDParams(trial.accumulate),
              Slices.ofParameters(plan.parameterLayout()),
              where());
    }
    checkState("dh0", dh0, data.gradients().dh0(), spec.stateSize(), tolerance);
    checkState("dc0", dc0, data.gradients().dc0(), spec.hiddenSize(), tolerance);
    if (sequences != null) {
      sequences.checkBackward(tolerance);
    }
  }

  private void checkState(
      String name, GuardedTensor t, double[] expected, int width, Tolerance tolerance) {
    if (t != null) {
      Slices slices = Slices.alongFirstAxis(spec.stateCount(), trial.batch, width);
      tolerance.check(name, t.get(), expected, slices, where());
    }
  }

  /** Padding is stated to the bit, so no tolerance applies; −0 passes for 0. */
  void checkPadding(String name, float[] timeMajor, int width, float expected) {
    for (int i = 0; i < timeMajor.length; i++) {
      int t = i / width / trial.batch % trial.steps;
      int n = i / width % trial.batch;
      boolean same = timeMajor[i] == expected || Float.isNaN(timeMajor[i]) && Float.isNaN(expected);
      if (!trial.isValid(t, n) && !same) {
        throw new ConformanceFailure(
            name
                + "["
                + t
                + ", "
                + n
                + ", "
                + i % width
                + "]: expected exactly "
                + expected
                + " in the padding, got "
                + timeMajor[i]
                + "; "
                + where());
      }
    }
  }

  private GuardedTensor[] inputs() {
    GuardedTensor dcSequence = sequences == null ? null : sequences.dcSequence;
    return new GuardedTensor[] {params, x, lengths, mask, h0, c0, dy, dhN, dcN, dcSequence};
  }

  /** Checks that no input was written to. */
  void checkInputs() {
    for (GuardedTensor in : inputs()) {
      if (in != null && !(trial.carriedInPlace && (in == h0 || in == c0))) {
        in.checkUnchanged();
      }
    }
  }

  @Override
  public void close() {
    owned.forEach(GuardedTensor::close);
  }
}
