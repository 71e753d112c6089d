package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.DeviceException;
import org.recurrentops.GradientMode;
import org.recurrentops.tck.ConformanceCase;
import org.recurrentops.tck.ConformanceContext;
import org.recurrentops.tck.Tolerance;
import org.recurrentops.tck.reference.ReferenceMath;

/** Linear output and embedding, forward and backward. */
final class LinearCases {
  private static final String GROUP = "math-linear";

  /** T, N, K, M. */
  private static final int[][] SIZES = {
    {1, 1, 1, 1}, {4, 3, 7, 5}, {1, 5, 33, 65}, {17, 4, 64, 1}, {2, 2, 257, 31}, {9, 7, 1, 33}
  };

  private LinearCases() {}

  static List<ConformanceCase> all() {
    List<ConformanceCase> cases = new ArrayList<>();
    for (int[] s : SIZES) {
      String size = " t" + s[0] + "n" + s[1] + "k" + s[2] + "m" + s[3];
      for (Placement p : Placement.values()) {
        add(cases, "linear" + size + " " + p, c -> forward(c, s, p, GradientMode.OVERWRITE));
        add(cases, "linear gradients" + size + " " + p, c -> backward(c, s, p, 7, false));
      }
      add(
          cases,
          "linear accumulate" + size,
          c -> forward(c, s, Placement.STRIDED, GradientMode.ACCUMULATE));
      add(
          cases,
          "linear gradients accumulate" + size,
          c -> backward(c, s, Placement.DENSE, 7, true));
      add(cases, "embedding" + size, c -> embedding(c, s, Placement.STRIDED, false));
      add(cases, "embedding accumulate" + size, c -> embedding(c, s, Placement.DENSE, true));
    }
    for (int wanted = 0; wanted < 7; wanted++) {
      int w = wanted;
      add(
          cases,
          "linear gradients, mask " + w,
          c -> backward(c, SIZES[1], Placement.OFFSET, w, false));
    }
    add(cases, "linear without bias", LinearCases::withoutBias);
    add(cases, "embedding out of range", LinearCases::outOfRange);
    add(cases, "wrong arguments", LinearCases::wrongArguments);
    return cases;
  }

  private static void add(List<ConformanceCase> cases, String name, ConformanceCase.Body body) {
    cases.add(ConformanceCase.ofDevice(GROUP, name, body));
  }

  private static double[] sum(float[] a, double[] b) {
    double[] s = b.clone();
    for (int i = 0; i < s.length; i++) {
      s[i] += a[i];
    }
    return s;
  }

  private static void forward(
      ConformanceContext context, int[] s, Placement placement, GradientMode mode) {
    int k = s[2];
    int m = s[3];
    try (MathTensors t = new MathTensors(context, placement)) {
      float[] x = t.uniform(s[0], s[1], k);
      float[] w = t.uniform(m, k);
      float[] b = t.uniform(m);
      float[] old = t.uniform(s[0], s[1], m);
      boolean adds = mode == GradientMode.ACCUMULATE;
      GuardedTensor y = adds ? t.updated("y", old, s[0], s[1], m) : t.out("y", s[0], s[1], m);
      t.ops()
          .math()
          .linear(
              t.in("x", x, s[0], s[1], k).view(),
              t.in("weight", w, m, k).view(),
              t.in("bias", b, m).view(),
              y.view(),
              mode);
      double[] expected =
          ReferenceMath.linear(
              TrialData.doubles(x), TrialData.doubles(w), TrialData.doubles(b), k, m);
      t.check("y", y, adds ? sum(old, expected) : expected, Tolerance.ofDepth(k + 2L, false));
      t.checkInputs();
    }
  }

  private static void withoutBias(ConformanceContext context) {
    try (MathTensors t = new MathTensors(context, Placement.DENSE)) {
      float[] x = t.uniform(6, 5);
      float[] w = t.uniform(9, 5);
      GuardedTensor y = t.out("y", 6, 9);
      GuardedTensor in = t.in("x", x, 6, 5);
      GuardedTensor weight = t.in("weight", w, 9, 5);
      t.ops().math().linear(in.view(), weight.view(), null, y.view(), GradientMode.OVERWRITE);
      double[] expected =
          ReferenceMath.linear(TrialData.doubles(x), TrialData.doubles(w), null, 5, 9);
      t.check("y", y, expected, Tolerance.ofDepth(5, false));
    }
  }

  /** Bits of {@code wanted}: 1 dx, 2 dWeight, 4 dBias. */
  private static void backward(
      ConformanceContext context, int[] s, Placement placement, int wanted, boolean adds) {
    int k = s[2];
    int m = s[3];
    try (MathTensors t = new MathTensors(context, placement)) {
      float[] x = t.uniform(s[0], s[1], k);
      float[] w = t.uniform(m, k);
      float[] dy = t.uniform(s[0], s[1], m);
      float[] oldW = t.uniform(m, k);
      float[] oldB = t.uniform(m);
      GuardedTensor dx = t.out("dx", s[0], s[1], k);
      GuardedTensor dw = adds ? t.updated("dWeight", oldW, m, k) : t.out("dWeight", m, k);
      GuardedTensor db = adds ? t.updated("dBias", oldB, m) : t.out("dBias", m);
      GuardedTensor xIn = t.in("x", x, s[0], s[1], k);
      GuardedTensor wIn = t.in("weight", w, m, k);
      t.ops()
          .math()
          .linearBackward(
              (wanted & 2) > 0 ? xIn.view() : null,
              (wanted & 1) > 0 ? wIn.view() : null,
              t.in("dy", dy, s[0], s[1], m).view(),
              (wanted & 1) > 0 ? dx.view() : null,
              (wanted & 2) > 0 ? dw.view() : null,
              (wanted & 4) > 0 ? db.view() : null,
              adds ? GradientMode.ACCUMULATE : GradientMode.OVERWRITE);
      double[] dyd = TrialData.doubles(dy);
      double[] dxd = ReferenceMath.linearInputGradient(dyd, TrialData.doubles(w), k, m);
      double[] dwd = ReferenceMath.linearWeightGradient(dyd, TrialData.doubles(x), k, m);
      double[] dbd = ReferenceMath.sumOfRows(dyd, m);
      int rows = s[0] * s[1];
      checkWanted(t, "dx", dx, (wanted & 1) > 0, dxd, m);
      checkWanted(t, "dWeight", dw, (wanted & 2) > 0, adds ? sum(oldW, dwd) : dwd, rows + 1);
      checkWanted(t, "dBias", db, (wanted & 4) > 0, adds ? sum(oldB, dbd) : dbd, rows + 1);
      t.checkInputs();
    }
  }

  private static void checkWanted(
      MathTensors t, String name, GuardedTensor got, boolean wanted, double[] expected, int depth) {
    if (wanted) {
      t.check(name, got, expected, Tolerance.ofDepth(depth, true));
    } else {
      Expect.allNaN(name + ", not asked for", got.get());
    }
  }

  /** K stands for V, the rows of the table. */
  private static void embedding(
      ConformanceContext context, int[] s, Placement placement, boolean adds) {
    int rows = s[0] * s[1];
    int v = s[2];
    int e = s[3];
    try (MathTensors t = new MathTensors(context, placement)) {
      int[] indices = t.indices(rows, v);
      float[] table = t.uniform(v, e);
      float[] dy = t.uniform(rows, e);
      float[] old = t.uniform(v, e);
      GuardedTensor index = t.in("indices", indices, s[0], s[1]);
      GuardedTensor y = t.out("y", s[0], s[1], e);
      t.ops().math().embedding(index.view(), t.in("table", table, v, e).view(), y.view());
      float[] expected = new float[rows * e];
      for (int i = 0; i < expected.length; i++) {
        expected[i] = table[indices[i / e] * e + i % e];
      }
      Expect.sameBits("embedding copies rows", expected, y.get(), t.where());
      GuardedTensor d = adds ? t.updated("dTable", old, v, e) : t.out("dTable", v, e);
      GuardedTensor dyIn = t.in("dy", dy, s[0], s[1], e);
      GradientMode mode = adds ? GradientMode.ACCUMULATE : GradientMode.OVERWRITE;
      t.ops().math().embeddingBackward(index.view(), dyIn.view(), d.view(), mode);
      double[] gradient = ReferenceMath.embeddingGradient(indices, TrialData.doubles(dy), v, e);
      t.check(
          "dTable", d, adds ? sum(old, gradient) : gradient, Tolerance.ofDepth(rows + 1L, true));
      float[] first = d.get();
      d.set(adds ? old : first);
      t.ops().math().embeddingBackward(index.view(), dyIn.view(), d.view(), mode);
      Expect.sameBits("embedding gradient again", first, d.get(), t.where());
      t.checkInputs();
    }
  }

  private static void outOfRange(ConformanceContext context) {
    for (int wrong : new int[] {-1, 5, Integer.MIN_VALUE}) {
      try (MathTensors t = new MathTensors(context, Placement.DENSE)) {
        GuardedTensor index = t.in("indices", new int[] {0, 4, wrong, 1}, 2, 2);
        GuardedTensor table = t.in("table", t.uniform(5, 3), 5, 3);
        GuardedTensor y = t.out("y", 2, 2, 3);
        Expect.refusal(
            "embedding index " + wrong,
            DeviceException.class,
            () -> {
              t.ops().math().embedding(index.view(), table.view(), y.view());
              t.ops().synchronize();
            },
            "expected",
            "got");
        y.get();
      }
    }
  }

  private static void wrongArguments(ConformanceContext context) {
    try (MathTensors t = new MathTensors(context, Placement.DENSE)) {
      GuardedTensor x = t.in("x", t.uniform(4, 5), 4, 5);
      GuardedTensor w = t.in("weight", t.uniform(3, 5), 3, 5);
      GuardedTensor y = t.out("y", 4, 3);
      var math = t.ops().math();
      Class<IllegalArgumentException> iae = IllegalArgumentException.class;
      GradientMode over = GradientMode.OVERWRITE;
      Expect.refusal(
          "weight of another shape",
          iae,
          () -> math.linear(x.view(), w.view().slice(1, 0, 4), null, y.view(), over),
          "linear",
          "weight",
          "expected",
          "got");
      Expect.refusal(
          "fewer rows in y",
          iae,
          () -> math.linear(x.view(), w.view(), null, y.view().slice(0, 0, 3), over),
          "y",
          "expected",
          "got");
      Expect.refusal(
          "x null", iae, () -> math.linear(null, w.view(), null, y.view(), over), "x", "got null");
      Expect.refusal(
          "y is x",
          iae,
          () -> math.linear(y.view(), w.view().slice(1, 0, 3), null, y.view(), over),
          "y",
          "overlaps");
      Expect.refusal(
          "dx without weight",
          iae,
          () -> math.linearBackward(x.view(), null, y.view(), x.view(), null, null, over),
          "weight");
      Expect.allNaN("y", y.get());
      t.checkInputs();
    }
  }
}
