package org.recurrentops.tck.cases;

import java.util.Arrays;
import org.recurrentops.MathMode;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.SequenceLayout;
import org.recurrentops.tck.ConformanceContext;

/**
 * One configuration of spec, sizes, data and tensors, and the standard way through it: make data,
 * run device and reference, compare everything. By default every optional tensor is given and asked
 * for.
 */
final class Trial {
  /** A non-finite number planted in valid data. */
  enum Poison {
    NONE,
    /** The first weight is NaN. */
    NAN_WEIGHT,
    /** One feature of the middle row is NaN at step 1. */
    NAN_INPUT,
    /** One feature of the middle row is infinite at step 1. */
    INFINITE_INPUT
  }

  final RnnSpec spec;
  final int steps;
  final int batch;
  long seed = 1;
  int[] lengths;
  boolean deviceLengths;
  byte[] mask;
  boolean deviceMask;
  boolean stateSequences;
  boolean indexed;
  boolean initialState = true;
  boolean finalState = true;
  boolean wantsY = true;
  boolean dyGiven = true;
  boolean finalGradient = true;
  boolean wantsDx = true;
  boolean wantsDParams = true;
  boolean wantsInitialGradient = true;
  boolean accumulate;
  boolean packed;
  boolean exactOperands;
  boolean inference;
  boolean batchMajor;
  boolean carriedInPlace;
  boolean countersShared;
  float amplitude = 1;
  Poison poison = Poison.NONE;
  long dropoutSeed = 99;
  long stepOffset;
  Placement placement = Placement.DENSE;
  final GuardedScratch scratch = new GuardedScratch(this);

  private Trial(RnnSpec spec, int steps, int batch) {
    this.spec = spec;
    this.steps = steps;
    this.batch = batch;
  }

  static Trial of(RnnSpec spec, int steps, int batch) {
    return new Trial(spec, steps, batch);
  }

  Trial seed(long value) {
    seed = value;
    return this;
  }

  Trial lengths(int... perRow) {
    lengths = perRow;
    return this;
  }

  /** Hands the lengths over in device memory. */
  Trial deviceLengths() {
    deviceLengths = true;
    return this;
  }

  /** Which steps are valid, [T,N]. */
  Trial mask(int... valid) {
    mask = new byte[steps * batch];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = (byte) valid[i];
    }
    return this;
  }

  /** Hands the mask over in device memory. */
  Trial deviceMask() {
    deviceMask = true;
    return this;
  }

  /** Gives and asks for what there is beside the usual: all c, their gradients, those of all h. */
  Trial stateSequences() {
    stateSequences = true;
    return this;
  }

  Trial indexed() {
    indexed = true;
    wantsDx = false;
    return this;
  }

  /** Leaves h0 and c0 out. */
  Trial withoutInitialState() {
    initialState = false;
    return this;
  }

  /** Leaves hN and cN out. */
  Trial withoutFinalState() {
    finalState = false;
    return this;
  }

  Trial withoutY() {
    wantsY = false;
    return this;
  }

  Trial withoutDy() {
    dyGiven = false;
    return this;
  }

  /** Leaves dhN and dcN out. */
  Trial withoutFinalGradient() {
    finalGradient = false;
    return this;
  }

  Trial withoutDx() {
    wantsDx = false;
    return this;
  }

  Trial withoutDParams() {
    wantsDParams = false;
    return this;
  }

  /** Leaves dh0 and dc0 out. */
  Trial withoutInitialGradient() {
    wantsInitialGradient = false;
    return this;
  }

  /** Adds to dParams instead of overwriting it. */
  Trial accumulate() {
    accumulate = true;
    return this;
  }

  Trial packed() {
    packed = true;
    return this;
  }

  /** Weights, x and h0 are numbers that no mode rounds; biases are not. */
  Trial exactOperands() {
    exactOperands = true;
    return this;
  }

  Trial inference() {
    inference = true;
    return this;
  }

  Trial batchMajor() {
    batchMajor = true;
    return this;
  }

  /** hN is h0's memory and cN is c0's. */
  Trial carriedInPlace() {
    carriedInPlace = true;
    return this;
  }

  /**
   * Largest magnitude in x; above 1 the magnitudes are spread evenly over the scales in between.
   */
  Trial amplitude(float largest) {
    amplitude = largest;
    return this;
  }

  /** Plants a non-finite number in valid data. */
  Trial poison(Poison what) {
    poison = what;
    return this;
  }

  /**
   * Another thread uses the device at the same time, so its counters say nothing about this one.
   */
  Trial countersShared() {
    countersShared = true;
    return this;
  }

  Trial dropout(long key, long firstStep) {
    dropoutSeed = key;
    stepOffset = firstStep;
    return this;
  }

  Trial placement(Placement where) {
    placement = where;
    return this;
  }

  boolean isValid(int t, int row) {
    return mask != null ? mask[t * batch + row] != 0 : lengths == null || t < lengths[row];
  }

  /** Whether a direction has processed a valid step of the row when it comes to t. */
  boolean hasSeenValid(boolean reverse, int t, int row) {
    for (int s = reverse ? steps - 1 : 0; s != t; s += reverse ? -1 : 1) {
      if (isValid(s, row)) {
        return true;
      }
    }
    return false;
  }

  boolean hasCellState() {
    return spec.cell().hasCellState();
  }

  /** Options of a plan that just fits. */
  PlanOptions options() {
    return options(steps, batch);
  }

  PlanOptions options(int maxSteps, int maxBatch) {
    PlanOptions o =
        inference
            ? PlanOptions.inference(maxSteps, maxBatch)
            : PlanOptions.training(maxSteps, maxBatch);
    o = o.allocator(scratch);
    return batchMajor ? o.layout(SequenceLayout.BATCH_MAJOR) : o;
  }

  /** Everything that the data and the reference depend on. */
  String key() {
    return spec
        + " T="
        + steps
        + " N="
        + batch
        + " seed="
        + seed
        + " lengths="
        + (lengths == null ? "full" : Arrays.toString(lengths))
        + (mask == null ? "" : " mask=" + Arrays.toString(mask))
        + (stateSequences ? " state sequences" : "")
        + (indexed ? " indexed" : "")
        + (initialState ? "" : " no-h0")
        + (dyGiven ? "" : " no-dy")
        + (finalGradient ? "" : " no-dhN")
        + (inference ? " inference" : "")
        + (exactOperands ? " exact operands" : "")
        + (poison == Poison.NONE ? "" : " " + poison)
        + (amplitude == 1 ? "" : " amplitude=" + amplitude)
        + " key="
        + dropoutSeed
        + " stepOffset="
        + stepOffset;
  }

  /** For messages: enough to repeat it. */
  String where(ConformanceContext context) {
    return key()
        + (batchMajor ? " batch-major" : "")
        + (accumulate ? " accumulate" : "")
        + (packed ? " packed" : "")
        + " "
        + placement
        + " on "
        + context.ops().device().id()
        + " "
        + context.algorithm()
        + " "
        + context.mathMode();
  }

  /** The standard way: a plan of its own, forward, backward, everything compared. */
  void run(ConformanceContext context) {
    try (RecurrentPlan plan = context.plan(spec, options())) {
      runOn(context, plan);
    }
  }

  /** The same on a plan that may be larger. */
  void runOn(ConformanceContext context, RecurrentPlan plan) {
    try (Reserve reserve = inference ? null : plan.newReserve()) {
      runOn(context, plan, reserve);
    }
  }

  /**
   * Whether an argument may fall on the other side of a kink, which no tolerance can judge:
   * hardware cuts the operands of TF32 off where the reference rounds them. Forward is still
   * compared.
   */
  private static boolean kinksMayDiffer(DeviceCall call) {
    return call.context.mathMode() == MathMode.TF32
        && call.data.forward.nearestKink() < Double.POSITIVE_INFINITY;
  }

  /** The same with a reserve that may have been used before. */
  void runOn(ConformanceContext context, RecurrentPlan plan, Reserve reserve) {
    try (DeviceCall call = new DeviceCall(context, plan, reserve, this)) {
      call.upload();
      call.forward();
      call.checkForward();
      if (!inference) {
        call.backward();
        if (!kinksMayDiffer(call)) {
          call.checkBackward();
        }
      }
      call.checkInputs();
    }
  }
}
