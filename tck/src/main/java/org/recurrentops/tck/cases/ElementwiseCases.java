package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.recurrentops.tck.ConformanceCase;
import org.recurrentops.tck.ConformanceContext;
import org.recurrentops.tck.Tolerance;

/** Fill, copy and scaled addition on tensors of any rank and stride. */
final class ElementwiseCases {
  private static final int[][] SHAPES = {{1}, {33}, {4, 7}, {3, 5, 2}, {2, 0, 3}, {257}};

  private ElementwiseCases() {}

  static List<ConformanceCase> all() {
    List<ConformanceCase> cases = new ArrayList<>();
    for (int[] shape : SHAPES) {
      for (Placement p : Placement.values()) {
        String name = " " + Arrays.toString(shape) + " " + p;
        add(cases, "fill" + name, c -> fill(c, shape, p));
        add(cases, "copy" + name, c -> copy(c, shape, p));
        add(cases, "addScaled" + name, c -> addScaled(c, shape, p));
      }
    }
    add(cases, "copy of int32", ElementwiseCases::copyInts);
    add(cases, "wrong arguments", ElementwiseCases::wrongArguments);
    return cases;
  }

  private static void add(List<ConformanceCase> cases, String name, ConformanceCase.Body body) {
    cases.add(ConformanceCase.ofDevice("math-elementwise", name, body));
  }

  private static void fill(ConformanceContext context, int[] shape, Placement placement) {
    try (MathTensors t = new MathTensors(context, placement)) {
      GuardedTensor x = t.out("t", shape);
      t.ops().math().fill(x.view(), 2.5f);
      float[] expected = t.uniform(shape);
      Arrays.fill(expected, 2.5f);
      Expect.sameBits("fill", expected, x.get(), t.where());
    }
  }

  private static void copy(ConformanceContext context, int[] shape, Placement placement) {
    try (MathTensors t = new MathTensors(context, placement)) {
      float[] values = t.uniform(shape);
      if (values.length > 0) {
        values[values.length / 2] = Float.NaN;
      }
      GuardedTensor dst = t.out("dst", shape);
      t.ops().math().copy(t.in("src", values, shape).view(), dst.view());
      Expect.sameBits("copy", values, dst.get(), t.where());
      t.checkInputs();
    }
  }

  private static void copyInts(ConformanceContext context) {
    try (MathTensors t = new MathTensors(context, Placement.STRIDED)) {
      int[] values = t.indices(15, 1 << 30);
      GuardedTensor dst = t.in("dst", new int[15], 3, 5);
      t.ops().math().copy(t.in("src", values, 3, 5).view(), dst.view());
      float[] got = dst.get();
      for (int i = 0; i < 15; i++) {
        Expect.equal("element " + i, values[i], Float.floatToRawIntBits(got[i]));
      }
    }
  }

  private static void addScaled(ConformanceContext context, int[] shape, Placement placement) {
    try (MathTensors t = new MathTensors(context, placement)) {
      float[] src = t.uniform(shape);
      float[] dst = t.uniform(shape);
      double[] expected = TrialData.doubles(dst);
      for (int i = 0; i < src.length; i++) {
        expected[i] += -0.75 * src[i];
      }
      GuardedTensor out = t.updated("dst", dst, shape);
      t.ops().math().addScaled(t.in("src", src, shape).view(), -0.75f, out.view());
      t.check("dst", out, expected, Tolerance.ofDepth(2, false));
      t.checkInputs();
    }
  }

  private static void wrongArguments(ConformanceContext context) {
    try (MathTensors t = new MathTensors(context, Placement.DENSE)) {
      GuardedTensor a = t.out("a", 4, 3);
      GuardedTensor b = t.out("b", 3, 4);
      GuardedTensor ints = t.in("ints", new int[12], 4, 3);
      Class<IllegalArgumentException> iae = IllegalArgumentException.class;
      var math = t.ops().math();
      Expect.refusal("shapes", iae, () -> math.copy(a.view(), b.view()), "dst", "expected", "got");
      Expect.refusal("types", iae, () -> math.copy(ints.view(), a.view()), "dst", "I32");
      Expect.refusal("fill ints", iae, () -> math.fill(ints.view(), 1), "F32", "got");
      Expect.refusal(
          "overlap",
          iae,
          () -> math.addScaled(a.view().slice(0, 0, 3), 1, a.view().slice(0, 1, 4)),
          "dst",
          "overlaps");
      Expect.allNaN("a", a.get());
    }
  }
}
