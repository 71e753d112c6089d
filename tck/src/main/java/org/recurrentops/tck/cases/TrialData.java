package org.recurrentops.tck.cases;

import java.lang.ref.SoftReference;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.recurrentops.MaskingContract;
import org.recurrentops.MathMode;
import org.recurrentops.MergeMode;
import org.recurrentops.ParameterLayout;
import org.recurrentops.ParameterSlice;
import org.recurrentops.RnnSpec;
import org.recurrentops.tck.reference.ReferenceCall;
import org.recurrentops.tck.reference.ReferenceGradients;
import org.recurrentops.tck.reference.ReferenceRnn;
import org.recurrentops.tck.reference.ReferenceRun;

/**
 * Data of a {@link Trial}, time-major, and what the reference makes of it. Weights are uniform in
 * ±1/√H, everything else in ±1; all padding holds NaN or an infinity, padded indices are out of
 * range.
 */
final class TrialData {
  /** Equal trials recur for every algorithm, and the reference is the dear part. */
  private static final Map<String, SoftReference<TrialData>> CACHE = new ConcurrentHashMap<>();

  private static final double KINK = 2e-5;
  private static final float EXACT_STEP = 0x1p-7f;
  private static final float[] POISON = {
    Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY
  };

  private final Trial trial;
  private final RnnSpec spec;
  final float[] params;
  final float[] x;
  final int[] indices;
  final float[] h0;
  final float[] c0;
  final float[] dy;
  final float[] dhN;
  final float[] dcN;
  final float[] oldDParams;
  final float[] dcSequence;
  final ReferenceRun forward;
  private ReferenceGradients gradients;

  private TrialData(Trial trial, MathMode mode, long seed) {
    this.trial = trial;
    spec = trial.spec;
    Random random = new Random(seed);
    int states = spec.stateCount() * trial.batch;
    int sites = trial.steps * trial.batch;
    params = uniform(random, (int) ParameterLayout.of(spec).elements());
    for (int i = 0; i < params.length; i++) {
      params[i] /= (float) Math.sqrt(spec.hiddenSize());
    }
    if (trial.exactOperands) {
      roundWeights();
    }
    x = trial.indexed ? null : poisoned(rounded(input(random, sites)), spec.inputSize());
    indices = trial.indexed ? indices(random, sites) : null;
    h0 = trial.initialState ? rounded(uniform(random, states * spec.stateSize())) : null;
    c0 = trial.initialState && trial.hasCellState() ? uniform(random, cells(states)) : null;
    dy = trial.dyGiven ? cotangent(random, sites) : null;
    dhN = trial.finalGradient ? uniform(random, states * spec.stateSize()) : null;
    dcN = trial.finalGradient && trial.hasCellState() ? uniform(random, cells(states)) : null;
    plant();
    oldDParams = uniform(random, params.length);
    dcSequence =
        trial.stateSequences && trial.hasCellState()
            ? poisoned(uniform(random, cells(states) * trial.steps), spec.hiddenSize())
            : null;
    forward = new ReferenceRnn(spec, doubles(params), mode).forward(call());
  }

  static TrialData of(Trial trial, MathMode mode) {
    String key = trial.key() + " " + mode;
    SoftReference<TrialData> cached = CACHE.get(key);
    TrialData data = cached == null ? null : cached.get();
    if (data == null) {
      data = make(trial, mode);
      CACHE.put(key, new SoftReference<>(data));
    }
    return data;
  }

  /** Draws again where a relu comes so near to its kink that float32 may fall on the other side. */
  private static TrialData make(Trial trial, MathMode mode) {
    for (long draw = 0; ; draw++) {
      TrialData data = new TrialData(trial, mode, trial.seed + draw * 1_000_003);
      if (data.forward.nearestKink() > KINK || draw == 20) {
        return data;
      }
    }
  }

  /** Multiples of 2⁻⁷ below 1, if the trial wants numbers that bfloat16 and binary16 hold. */
  private float[] rounded(float[] values) {
    for (int i = 0; trial.exactOperands && i < values.length; i++) {
      values[i] = (float) Math.rint(values[i] / EXACT_STEP) * EXACT_STEP;
    }
    return values;
  }

  /** The same for weights, in a power of two near 1/√H; biases stay as they are. */
  private void roundWeights() {
    float scale = Math.scalb(1f, Math.getExponent((float) (1 / Math.sqrt(spec.hiddenSize()))));
    for (ParameterSlice s : ParameterLayout.of(spec).slices()) {
      for (int i = 0; s.shape().rank() == 2 && i < s.elements(); i++) {
        int at = (int) s.offset() + i;
        float step = EXACT_STEP * scale;
        params[at] = (float) Math.rint(params[at] / step) * step;
      }
    }
  }

  private int cells(int states) {
    return states * spec.hiddenSize();
  }

  private float[] input(Random random, int sites) {
    float[] values = uniform(random, sites * spec.inputSize());
    for (int i = 0; trial.amplitude > 1 && i < values.length; i++) {
      values[i] *= (float) Math.pow(trial.amplitude, random.nextDouble());
    }
    return values;
  }

  private int[] indices(Random random, int sites) {
    int[] values = new int[sites];
    for (int i = 0; i < sites; i++) {
      values[i] = random.nextInt(spec.inputSize());
      if (isPadding(i)) {
        values[i] = i % 2 == 0 ? -1 - i : spec.inputSize() + i;
      }
    }
    return values;
  }

  /** Under CARRY padded dy counts where an output is repeated, so there it must be a number. */
  private float[] cotangent(Random random, int sites) {
    int width = spec.outputSize();
    float[] values = uniform(random, sites * width);
    float[] poisoned = poisoned(values.clone(), width);
    for (int i = 0; spec.masking() == MaskingContract.CARRY && i < values.length; i++) {
      int t = i / width / trial.batch;
      int n = i / width % trial.batch;
      for (int d = 0; d < spec.direction().count(); d++) {
        boolean concerns = spec.merge() != MergeMode.CONCAT || d == i % width / spec.stateSize();
        if (concerns && trial.hasSeenValid(spec.direction().isReverse(d), t, n)) {
          poisoned[i] = values[i];
        }
      }
    }
    return poisoned;
  }

  private boolean isPadding(int site) {
    return !trial.isValid(site / trial.batch, site % trial.batch);
  }

  private float[] poisoned(float[] values, int width) {
    for (int i = 0; i < values.length; i++) {
      if (isPadding(i / width % (trial.steps * trial.batch))) {
        values[i] = POISON[i % POISON.length];
      }
    }
    return values;
  }

  private void plant() {
    int feature = (trial.batch + trial.batch / 2) * spec.inputSize();
    switch (trial.poison) {
      case NAN_WEIGHT:
        params[0] = Float.NaN;
        break;
      case NAN_INPUT:
        x[feature] = Float.NaN;
        break;
      case INFINITE_INPUT:
        x[feature] = Float.POSITIVE_INFINITY;
        break;
      default:
        break;
    }
  }

  private static float[] uniform(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = 2 * random.nextFloat() - 1;
    }
    return values;
  }

  static double[] doubles(float[] values) {
    if (values == null) {
      return null;
    }
    double[] d = new double[values.length];
    for (int i = 0; i < d.length; i++) {
      d[i] = values[i];
    }
    return d;
  }

  private ReferenceCall call() {
    ReferenceCall call =
        trial.indexed
            ? ReferenceCall.indexed(trial.steps, trial.batch, indices)
            : ReferenceCall.dense(trial.steps, trial.batch, doubles(x));
    call.initialStates(doubles(h0), doubles(c0)).lengths(trial.lengths).mask(trial.mask);
    return trial.inference ? call : call.training(trial.dropoutSeed, trial.stepOffset);
  }

  synchronized ReferenceGradients gradients() {
    if (gradients == null) {
      gradients = forward.backward(doubles(dy), doubles(dhN), doubles(dcN), doubles(dcSequence));
    }
    return gradients;
  }

  /** Expected dParams, given how it is written. */
  double[] expectedDParams(boolean accumulate) {
    double[] expected = gradients().dParams().clone();
    for (int i = 0; accumulate && i < expected.length; i++) {
      expected[i] += oldDParams[i];
    }
    return expected;
  }
}
