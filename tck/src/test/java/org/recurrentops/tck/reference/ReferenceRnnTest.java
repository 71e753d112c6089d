package org.recurrentops.tck.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.recurrentops.BiasMode;
import org.recurrentops.CellType;
import org.recurrentops.Direction;
import org.recurrentops.MaskingContract;
import org.recurrentops.ParameterLayout;
import org.recurrentops.RnnSpec;
import org.recurrentops.RnnSpecBuilder;

/** Forward values worked out by hand, and the masking contracts' sentences one by one. */
class ReferenceRnnTest {
  private static final double EXACT = 1e-15;

  private static double sigmoid(double a) {
    return 1 / (1 + Math.exp(-a));
  }

  /** C = H = 1, W = 0.5, R = −0.25, b = 0.1 in all gates, x = 1 then −2. */
  private static double[] twoSteps(CellType cell) {
    RnnSpec spec = RnnSpec.of(cell, 1, 1).bias(BiasMode.SINGLE).build();
    double[] params = new double[(int) ParameterLayout.of(spec).elements()];
    int g = cell.gates();
    Arrays.fill(params, 0, g, 0.5);
    Arrays.fill(params, g, 2 * g, -0.25);
    Arrays.fill(params, 2 * g, 3 * g, 0.1);
    return new ReferenceRnn(spec, params)
        .forward(ReferenceCall.dense(2, 1, new double[] {1, -2}))
        .y();
  }

  @Test
  void vanillaByHand() {
    double h1 = Math.tanh(0.6);
    assertArrayEquals(
        new double[] {h1, Math.tanh(-0.9 - 0.25 * h1)}, twoSteps(CellType.VANILLA_TANH), EXACT);
    assertArrayEquals(new double[] {0.6, 0}, twoSteps(CellType.VANILLA_RELU), EXACT);
  }

  @Test
  void lstmByHand() {
    double c1 = sigmoid(0.6) * Math.tanh(0.6);
    double h1 = sigmoid(0.6) * Math.tanh(c1);
    double a = -0.9 - 0.25 * h1;
    double c2 = sigmoid(a) * c1 + sigmoid(a) * Math.tanh(a);
    assertArrayEquals(
        new double[] {h1, sigmoid(a) * Math.tanh(c2)}, twoSteps(CellType.LSTM), EXACT);
  }

  @Test
  void gruByHand() {
    double h1 = (1 - sigmoid(0.6)) * Math.tanh(0.6);
    double gate = sigmoid(-0.9 - 0.25 * h1);
    double after = Math.tanh(-0.9 + gate * -0.25 * h1);
    double h2 = (1 - gate) * after + gate * h1;
    assertArrayEquals(new double[] {h1, h2}, twoSteps(CellType.GRU), EXACT);
    // With b_Rn = 0 the product order makes no difference for one unit.
    assertArrayEquals(new double[] {h1, h2}, twoSteps(CellType.GRU_RESET_BEFORE), EXACT);
  }

  @Test
  void gruFormsDifferByTheRecurrentBiasAndBySize() {
    double[] after = random(RnnSpec.gru(3, 4).build(), null).y();
    double[] before = random(RnnSpec.gru(3, 4).resetBefore().build(), null).y();
    assertFalse(Arrays.equals(after, before));
    RnnSpec one = RnnSpec.gru(1, 1).build();
    double[] params = {0, 0, 0, 0, 0, 0, 0, 0, 0.1, 0, 0, 0.2}; // only b_Wn and b_Rn
    double[] y = new ReferenceRnn(one, params).forward(ReferenceCall.dense(1, 1, ones(1))).y();
    assertEquals(0.5 * Math.tanh(0.1 + 0.5 * 0.2), y[0], EXACT);
    RnnSpec reset = RnnSpec.gru(1, 1).resetBefore().build();
    y = new ReferenceRnn(reset, params).forward(ReferenceCall.dense(1, 1, ones(1))).y();
    assertEquals(0.5 * Math.tanh(0.1 + 0.2), y[0], EXACT);
  }

  private static double[] ones(int n) {
    double[] v = new double[n];
    Arrays.fill(v, 1);
    return v;
  }

  private static final int T = 5;
  private static final int N = 4;
  private static final int[] LENGTHS = {2, 0, 5, 3};

  private static double[] uniform(Random random, int n) {
    return random.doubles(n, -1, 1).toArray();
  }

  /** A seeded network over seeded data; padded x is NaN. */
  private static ReferenceRun random(RnnSpec spec, int[] lengths) {
    Random random = new Random(3);
    double[] params = uniform(random, (int) ParameterLayout.of(spec).elements());
    double[] x = uniform(random, T * N * spec.inputSize());
    double[] h0 = uniform(random, spec.stateCount() * N * spec.stateSize());
    for (int t = 0; t < T; t++) {
      for (int n = 0; n < N; n++) {
        if (lengths != null && t >= lengths[n]) {
          int at = (t * N + n) * spec.inputSize();
          Arrays.fill(x, at, at + spec.inputSize(), Double.NaN);
        }
      }
    }
    ReferenceCall call = ReferenceCall.dense(T, N, x).initialStates(h0, null).lengths(lengths);
    return new ReferenceRnn(spec, params).forward(call);
  }

  private static double at(double[] tensor, int t, int n) {
    return tensor[t * N + n];
  }

  @ParameterizedTest
  @EnumSource(MaskingContract.class)
  void forwardPadding(MaskingContract masking) {
    RnnSpecBuilder b = RnnSpec.vanilla(2, 1).masking(masking);
    RnnSpec spec = (masking == MaskingContract.FREEZE_FILL ? b.fillValue(9) : b).build();
    double[] h0 = new double[N];
    ReferenceRun run = random(spec, LENGTHS);
    System.arraycopy(uniformStates(spec), 0, h0, 0, N);
    double[] y = run.y();
    for (int n = 0; n < N; n++) {
      int length = LENGTHS[n];
      double last = length == 0 ? h0[n] : at(y, length - 1, n);
      boolean wiped = masking == MaskingContract.ZERO_STATE && length < T;
      assertEquals(wiped ? 0 : last, run.hN()[n], "hN of row " + n);
      for (int t = length; t < T; t++) {
        double expected =
            masking == MaskingContract.FREEZE_FILL
                ? 9
                : masking == MaskingContract.CARRY && length > 0 ? last : 0;
        assertEquals(expected, at(y, t, n), "y of row " + n + " at step " + t);
      }
    }
  }

  /** h0 as {@link #random} draws it. */
  private static double[] uniformStates(RnnSpec spec) {
    Random random = new Random(3);
    uniform(random, (int) ParameterLayout.of(spec).elements());
    uniform(random, T * N * spec.inputSize());
    return uniform(random, spec.stateCount() * N * spec.stateSize());
  }

  @ParameterizedTest
  @EnumSource(MaskingContract.class)
  void reverseStartsAtTheLastValidStep(MaskingContract masking) {
    RnnSpec spec = RnnSpec.vanilla(2, 1).direction(Direction.REVERSE).masking(masking).build();
    ReferenceRun run = random(spec, LENGTHS);
    double[] y = run.y();
    double[] h0 = uniformStates(spec);
    for (int n = 0; n < N; n++) {
      for (int t = LENGTHS[n]; t < T; t++) {
        assertEquals(0, at(y, t, n), "no valid step has been processed before padded " + t);
      }
      if (LENGTHS[n] > 0) {
        assertEquals(at(y, 0, n), run.hN()[n], "a reverse run ends at step 0");
      } else {
        assertEquals(masking == MaskingContract.ZERO_STATE ? 0 : h0[n], run.hN()[n]);
      }
    }
    // Row 0 alone, cut to its two steps, is the same run; ZERO_STATE forgets h0 in the padding.
    double first = masking == MaskingContract.ZERO_STATE ? 0 : h0[0];
    double[] cut = cutRow0(spec, first);
    assertEquals(cut[0], at(y, 0, 0), EXACT);
    assertEquals(cut[1], at(y, 1, 0), EXACT);
  }

  private static double[] cutRow0(RnnSpec spec, double h0) {
    Random random = new Random(3);
    double[] params = uniform(random, (int) ParameterLayout.of(spec).elements());
    double[] x = uniform(random, T * N * 2);
    double[] row = {x[0], x[1], x[N * 2], x[N * 2 + 1]};
    ReferenceCall call = ReferenceCall.dense(2, 1, row);
    return new ReferenceRnn(spec, params).forward(call.initialStates(new double[] {h0}, null)).y();
  }

  @ParameterizedTest
  @EnumSource(CellType.class)
  void paddingNeverReachesAnyResult(CellType cell) {
    RnnSpec spec = RnnSpec.of(cell, 2, 3).layers(2).bidirectional().build();
    ReferenceRun run = random(spec, LENGTHS);
    double[] dy = new double[T * N * spec.outputSize()];
    for (int t = 0; t < T; t++) {
      for (int n = 0; n < N; n++) {
        int at = (t * N + n) * spec.outputSize();
        Arrays.fill(dy, at, at + spec.outputSize(), t < LENGTHS[n] ? 1 : Double.POSITIVE_INFINITY);
      }
    }
    ReferenceGradients g = run.backward(dy, null, null);
    for (double[] values : new double[][] {run.y(), run.hN(), g.dx(), g.dParams(), g.dh0()}) {
      for (double v : values) {
        assertFalse(Double.isNaN(v) || Double.isInfinite(v));
      }
    }
    for (int n = 0; n < N; n++) {
      for (int t = LENGTHS[n]; t < T; t++) {
        assertEquals(0, g.dx()[(t * N + n) * 2], 0);
      }
    }
  }

  @Test
  void indexInputIsOneHot() {
    RnnSpec spec = RnnSpec.lstm(5, 3).build();
    int[] indices = {4, 0, 2, 2, 1, 3};
    double[] oneHot = new double[6 * 5];
    for (int i = 0; i < 6; i++) {
      oneHot[i * 5 + indices[i]] = 1;
    }
    double[] params = uniform(new Random(8), (int) ParameterLayout.of(spec).elements());
    ReferenceRnn rnn = new ReferenceRnn(spec, params);
    ReferenceRun indexed = rnn.forward(ReferenceCall.indexed(3, 2, indices));
    ReferenceRun dense = rnn.forward(ReferenceCall.dense(3, 2, oneHot));
    assertArrayEquals(dense.y(), indexed.y());
    double[] dy = uniform(new Random(9), 18);
    assertArrayEquals(
        dense.backward(dy, null, null).dParams(), indexed.backward(dy, null, null).dParams());
  }

  @Test
  void fullDropoutCutsTheStack() {
    RnnSpec spec = RnnSpec.gru(2, 3).layers(2).dropout(1).build();
    double[] params = uniform(new Random(8), (int) ParameterLayout.of(spec).elements());
    ReferenceRnn rnn = new ReferenceRnn(spec, params);
    double[] a = uniform(new Random(1), 8);
    double[] b = uniform(new Random(2), 8);
    assertArrayEquals(
        rnn.forward(ReferenceCall.dense(2, 2, a).training(1, 0)).y(),
        rnn.forward(ReferenceCall.dense(2, 2, b).training(1, 0)).y());
    assertFalse(
        Arrays.equals(
            rnn.forward(ReferenceCall.dense(2, 2, a)).y(),
            rnn.forward(ReferenceCall.dense(2, 2, b)).y()),
        "without training there is no dropout");
  }
}
