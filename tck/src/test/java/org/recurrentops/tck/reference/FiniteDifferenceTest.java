package org.recurrentops.tck.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.recurrentops.BiasMode;
import org.recurrentops.CellType;
import org.recurrentops.Direction;
import org.recurrentops.MaskingContract;
import org.recurrentops.MergeMode;
import org.recurrentops.ParameterLayout;
import org.recurrentops.RnnSpec;
import org.recurrentops.RnnSpecBuilder;
import org.recurrentops.tck.cases.CellVariants;

/**
 * Every gradient of the reference against central differences of its own forward pass. The loss is
 * ⟨y,dy⟩ + ⟨hN,dhN⟩ + ⟨cN,dcN⟩ + ⟨cSequence,dcSequence⟩ with random cotangents.
 */
class FiniteDifferenceTest {
  private static final int T = 4;
  private static final int N = 4;
  private static final int[] LENGTHS = {2, 4, 0, 3};
  private static final byte[] MASK = {0, 1, 0, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 0, 1};
  private static final double STEP = 1e-5;

  static List<RnnSpec> specs() {
    List<RnnSpec> specs = new ArrayList<>();
    for (CellType cell : CellType.values()) {
      for (Direction direction : Direction.values()) {
        for (MaskingContract masking : MaskingContract.values()) {
          RnnSpecBuilder b = RnnSpec.of(cell, 3, 3).direction(direction).masking(masking).layers(2);
          specs.add(b.build());
          specs.add(b.dropout(0.4).build());
          if (cell == CellType.LSTM) {
            specs.add(b.projection(2).build());
          }
        }
      }
      specs.add(RnnSpec.of(cell, 2, 3).bias(BiasMode.NONE).build());
      specs.add(RnnSpec.of(cell, 2, 3).bias(BiasMode.SINGLE).bidirectional().build());
      specs.add(RnnSpec.of(cell, 2, 1).layers(3).build());
    }
    for (Direction direction : Direction.values()) {
      for (MaskingContract masking : MaskingContract.values()) {
        RnnSpecBuilder b = RnnSpec.lstm(3, 3).direction(direction).masking(masking).layers(2);
        specs.add(b.zoneout(0.4, 0.3).build());
        specs.add(b.projection(2).peepholes().build());
      }
      specs.add(RnnSpec.gru(3, 3).direction(direction).zoneout(0.4, 0).build());
    }
    for (CellType cell : CellType.values()) {
      RnnSpecBuilder b = RnnSpec.of(cell, 3, 3).bidirectional().layers(2).dropConnect(0.4);
      specs.add(b.zoneout(0.3, 0).build());
    }
    for (MergeMode merge : MergeMode.values()) {
      for (MaskingContract masking : MaskingContract.values()) {
        RnnSpecBuilder b = RnnSpec.lstm(3, 3).bidirectional().merge(merge).layers(2);
        specs.add(b.masking(masking).build());
      }
    }
    for (Direction direction : Direction.values()) {
      for (CellVariants variant : CellVariants.all()) {
        specs.add(variant.spec(3, 3).direction(direction).layers(2).build());
      }
    }
    return specs;
  }

  /** Everything a loss depends on, and the cotangents. */
  private static final class Problem {
    final RnnSpec spec;
    final int[] lengths;
    final byte[] mask;
    final double[] params;
    final double[] x;
    final double[] h0;
    final double[] c0;
    final double[] dy;
    final double[] dhN;
    final double[] dcN;
    final double[] dcSequence;

    Problem(RnnSpec spec, int[] lengths, byte[] mask, long seed) {
      this.spec = spec;
      this.lengths = lengths;
      this.mask = mask;
      Random random = new Random(seed);
      int states = spec.stateCount() * N;
      params = uniform(random, (int) ParameterLayout.of(spec).elements());
      x = uniform(random, T * N * spec.inputSize());
      h0 = uniform(random, states * spec.stateSize());
      c0 = spec.cell().hasCellState() ? uniform(random, states * spec.hiddenSize()) : null;
      dy = uniform(random, T * N * spec.outputSize());
      dhN = uniform(random, states * spec.stateSize());
      dcN = c0 == null ? null : uniform(random, states * spec.hiddenSize());
      dcSequence = c0 == null ? null : uniform(random, T * states * spec.hiddenSize());
    }

    private static double[] uniform(Random random, int n) {
      return random.doubles(n, -1, 1).toArray();
    }

    ReferenceRun forward() {
      ReferenceCall call =
          ReferenceCall.dense(T, N, x).initialStates(h0, c0).lengths(lengths).mask(mask);
      return new ReferenceRnn(spec, params).forward(call.training(77, 5));
    }

    double loss() {
      ReferenceRun run = forward();
      double cells = dcN == null ? 0 : dot(run.cN(), dcN) + dot(run.cSequence(), dcSequence);
      return dot(run.y(), dy) + dot(run.hN(), dhN) + cells;
    }

    private static double dot(double[] a, double[] b) {
      double sum = 0;
      for (int i = 0; i < a.length; i++) {
        sum += a[i] * b[i];
      }
      return sum;
    }
  }

  @ParameterizedTest
  @MethodSource("specs")
  void gradientsOfRaggedBatch(RnnSpec spec) {
    check(smooth(spec, LENGTHS, null, 11));
  }

  @ParameterizedTest
  @MethodSource("specs")
  void gradientsOfFullBatch(RnnSpec spec) {
    check(smooth(spec, null, null, 12));
  }

  @ParameterizedTest
  @MethodSource("specs")
  void gradientsOfMaskedBatch(RnnSpec spec) {
    check(smooth(spec, null, MASK, 13));
  }

  /** Draws again where a difference would reach over a kink. */
  private static Problem smooth(RnnSpec spec, int[] lengths, byte[] mask, long seed) {
    Problem p = new Problem(spec, lengths, mask, seed);
    for (int draw = 1; p.forward().nearestKink() < 10 * STEP; draw++) {
      p = new Problem(spec, lengths, mask, seed + 1000 * draw);
    }
    return p;
  }

  private static void check(Problem p) {
    ReferenceGradients g = p.forward().backward(p.dy, p.dhN, p.dcN, p.dcSequence);
    compare("dParams", p, p.params, g.dParams());
    compare("dx", p, p.x, g.dx());
    compare("dh0", p, p.h0, g.dh0());
    if (p.c0 != null) {
      compare("dc0", p, p.c0, g.dc0());
    }
  }

  private static void compare(String what, Problem p, double[] variable, double[] gradient) {
    assertEquals(variable.length, gradient.length, what);
    for (int i = 0; i < variable.length; i++) {
      double at = variable[i];
      variable[i] = at + STEP;
      double up = p.loss();
      variable[i] = at - STEP;
      double down = p.loss();
      variable[i] = at;
      double slope = (up - down) / (2 * STEP);
      assertEquals(slope, gradient[i], 1e-7, what + "[" + i + "] of " + p.spec);
    }
  }
}
