package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.DeviceException;
import org.recurrentops.LossOptions;
import org.recurrentops.Tensor;
import org.recurrentops.tck.ConformanceCase;
import org.recurrentops.tck.ConformanceContext;
import org.recurrentops.tck.Tolerance;
import org.recurrentops.tck.reference.ReferenceLoss;
import org.recurrentops.tck.reference.ReferenceMath;

/** Softmax and the three losses with their gradients. */
final class LossCases {
  /** T, N, V. */
  private static final int[][] SIZES = {{1, 1, 1}, {4, 3, 7}, {1, 5, 257}, {33, 3, 2}, {5, 4, 65}};

  private LossCases() {}

  /** The three losses. */
  private enum Loss {
    SOFTMAX,
    SIGMOID,
    SQUARED
  }

  /**
   * What varies.
   *
   * @param weighted whether rows have weights, some of them 0 with NaN in the row
   * @param mean mean or sum
   * @param inPlace whether the gradient replaces the prediction
   * @param scale of the gradient
   */
  private record Variant(
      Placement placement, boolean weighted, boolean mean, boolean inPlace, float scale) {}

  private static final List<Variant> VARIANTS =
      List.of(
          new Variant(Placement.DENSE, false, false, false, 1),
          new Variant(Placement.STRIDED, true, true, false, 1),
          new Variant(Placement.OFFSET, false, true, true, 1024),
          new Variant(Placement.DENSE, true, false, true, 0.5f));

  static List<ConformanceCase> all() {
    List<ConformanceCase> cases = new ArrayList<>();
    for (int[] s : SIZES) {
      String size = " t" + s[0] + "n" + s[1] + "v" + s[2];
      for (Placement p : Placement.values()) {
        add(cases, "softmax" + size + " " + p, c -> softmax(c, s, p, false));
      }
      add(cases, "softmax in place" + size, c -> softmax(c, s, Placement.STRIDED, true));
      for (Loss loss : Loss.values()) {
        for (Variant v : VARIANTS) {
          add(cases, loss + size + " " + v, c -> loss(c, loss, s, v, 4));
        }
      }
    }
    for (Loss loss : Loss.values()) {
      add(cases, loss + " of large values", c -> loss(c, loss, SIZES[1], VARIANTS.get(0), 90));
      add(cases, loss + " of no row that counts", c -> nothingCounts(c, loss));
      add(cases, loss + " without loss or gradient", c -> partial(c, loss));
    }
    add(cases, "softmax class out of range", LossCases::classOutOfRange);
    add(cases, "wrong arguments", LossCases::wrongArguments);
    return cases;
  }

  private static void add(List<ConformanceCase> cases, String name, ConformanceCase.Body body) {
    cases.add(ConformanceCase.ofDevice("math-loss", name, body));
  }

  private static float[] scaled(float[] values, float by) {
    for (int i = 0; i < values.length; i++) {
      values[i] *= by;
    }
    return values;
  }

  private static void softmax(
      ConformanceContext context, int[] s, Placement placement, boolean inPlace) {
    try (MathTensors t = new MathTensors(context, placement)) {
      float[] a = scaled(t.uniform(s), 20);
      GuardedTensor logits = inPlace ? t.updated("logits", a, s) : t.in("logits", a, s);
      GuardedTensor p = inPlace ? logits : t.out("probabilities", s);
      t.ops().math().softmax(logits.view(), p.view());
      // exp turns the absolute error of an argument of up to 40 into a relative one
      double[] expected = ReferenceMath.softmax(TrialData.doubles(a), s[2]);
      t.check("probabilities", p, expected, Tolerance.ofDepth(s[2] + 40L, false));
      t.checkInputs();
    }
  }

  private static void call(
      MathTensors t,
      Loss loss,
      Tensor prediction,
      Tensor target,
      LossOptions options,
      Tensor value,
      Tensor gradient) {
    switch (loss) {
      case SOFTMAX:
        t.ops().math().softmaxCrossEntropy(prediction, target, options, value, gradient);
        break;
      case SIGMOID:
        t.ops().math().sigmoidCrossEntropy(prediction, target, options, value, gradient);
        break;
      default:
        t.ops().math().squaredError(prediction, target, options, value, gradient);
        break;
    }
  }

  /** Targets of one loss, as host data and as a tensor. */
  private record Target(int[] classes, float[] values, GuardedTensor tensor) {
    static Target of(MathTensors t, Loss loss, int[] s) {
      int rows = s[0] * s[1];
      if (loss == Loss.SOFTMAX) {
        int[] classes = t.indices(rows, s[2]);
        for (int r = 4; r < rows; r += 5) {
          classes[r] = -1 - r;
        }
        return new Target(classes, null, t.in("targets", classes, s[0], s[1]));
      }
      float[] values = t.uniform(s);
      for (int i = 0; i < values.length; i++) {
        values[i] = 0.5f + 0.5f * values[i];
      }
      return new Target(null, values, t.in("targets", values, s));
    }

    ReferenceLoss expected(Loss loss, float[] a, int v, float[] weights, Variant how) {
      double[] x = TrialData.doubles(a);
      double[] w = TrialData.doubles(weights);
      if (loss == Loss.SOFTMAX) {
        return ReferenceLoss.softmaxCrossEntropy(x, classes, w, how.mean, how.scale);
      }
      double[] y = TrialData.doubles(values);
      return loss == Loss.SIGMOID
          ? ReferenceLoss.sigmoidCrossEntropy(x, y, v, w, how.mean, how.scale)
          : ReferenceLoss.squaredError(x, y, v, w, how.mean, how.scale);
    }
  }

  private static LossOptions options(MathTensors t, Variant v, float[] weights, int[] s) {
    LossOptions o = (v.mean ? LossOptions.mean() : LossOptions.sum()).gradientScale(v.scale);
    return weights == null ? o : o.rowWeights(t.in("rowWeights", weights, s[0], s[1]).view());
  }

  /** Rows that do not count hold NaN and infinity. */
  private static void poison(float[] a, int[] classes, float[] weights, int v) {
    for (int i = 0; i < a.length; i++) {
      int r = i / v;
      if (classes != null && classes[r] < 0 || weights != null && weights[r] == 0) {
        a[i] = i % 2 == 0 ? Float.NaN : Float.POSITIVE_INFINITY;
      }
    }
  }

  private static void loss(
      ConformanceContext context, Loss loss, int[] s, Variant how, float amplitude) {
    int rows = s[0] * s[1];
    try (MathTensors t = new MathTensors(context, how.placement)) {
      float[] a = scaled(t.uniform(s), amplitude);
      Target target = Target.of(t, loss, s);
      float[] weights = null;
      if (how.weighted) {
        weights = t.uniform(rows);
        for (int r = 0; r < rows; r++) {
          weights[r] = r % 3 == 1 ? 0 : 1 + 0.5f * weights[r];
        }
      }
      poison(a, target.classes, weights, s[2]);
      GuardedTensor x = how.inPlace ? t.updated("prediction", a, s) : t.in("prediction", a, s);
      GuardedTensor gradient = how.inPlace ? x : t.out("gradient", s);
      GuardedTensor value = t.out("loss", 1);
      LossOptions options = options(t, how, weights, s);
      call(t, loss, x.view(), target.tensor.view(), options, value.view(), gradient.view());
      ReferenceLoss expected = target.expected(loss, a, s[2], weights, how);
      long depth = rows * (long) s[2] + (long) (2 * amplitude);
      double[] total = {expected.value()};
      t.check("loss", value, total, Tolerance.ofDepth(depth, false));
      t.check("gradient", gradient, expected.gradient(), Tolerance.ofDepth(depth, true));
      t.checkInputs();
    }
  }

  private static void nothingCounts(ConformanceContext context, Loss loss) {
    int[] s = {2, 3, 4};
    try (MathTensors t = new MathTensors(context, Placement.DENSE)) {
      GuardedTensor x = t.in("prediction", scaled(t.uniform(s), Float.NaN), s);
      Target target = Target.of(t, loss, s);
      GuardedTensor gradient = t.out("gradient", s);
      GuardedTensor value = t.out("loss", 1);
      LossOptions options =
          LossOptions.mean().rowWeights(t.in("rowWeights", new float[6], 2, 3).view());
      call(t, loss, x.view(), target.tensor.view(), options, value.view(), gradient.view());
      Expect.sameBits("loss of nothing", new float[1], value.get(), t.where());
      for (float g : gradient.get()) {
        Expect.that(g == 0, "gradient of nothing: expected 0, got " + g);
      }
    }
  }

  private static void partial(ConformanceContext context, Loss loss) {
    int[] s = {2, 3, 4};
    try (MathTensors t = new MathTensors(context, Placement.DENSE)) {
      float[] a = t.uniform(s);
      GuardedTensor x = t.in("prediction", a, s);
      Target target = Target.of(t, loss, s);
      GuardedTensor gradient = t.out("gradient", s);
      GuardedTensor value = t.out("loss", 1);
      LossOptions sum = LossOptions.sum();
      call(t, loss, x.view(), target.tensor.view(), sum, value.view(), null);
      call(t, loss, x.view(), target.tensor.view(), sum, null, gradient.view());
      ReferenceLoss expected = target.expected(loss, a, 4, null, VARIANTS.get(0));
      double[] total = {expected.value()};
      t.check("loss", value, total, Tolerance.ofDepth(24, false));
      t.check("gradient", gradient, expected.gradient(), Tolerance.ofDepth(24, true));
    }
  }

  private static void classOutOfRange(ConformanceContext context) {
    try (MathTensors t = new MathTensors(context, Placement.DENSE)) {
      GuardedTensor x = t.in("logits", t.uniform(3, 5), 3, 5);
      GuardedTensor target = t.in("targets", new int[] {0, 5, 4}, 3);
      GuardedTensor value = t.out("loss", 1);
      GuardedTensor gradient = t.out("dLogits", 3, 5);
      Expect.refusal(
          "class 5 of 5",
          DeviceException.class,
          () -> {
            call(
                t,
                Loss.SOFTMAX,
                x.view(),
                target.view(),
                LossOptions.sum(),
                value.view(),
                gradient.view());
            t.ops().synchronize();
          },
          "expected",
          "got");
      gradient.get();
    }
  }

  private static void wrongArguments(ConformanceContext context) {
    try (MathTensors t = new MathTensors(context, Placement.DENSE)) {
      GuardedTensor x = t.in("logits", t.uniform(3, 5), 3, 5);
      GuardedTensor floats = t.in("targets", t.uniform(3, 5), 3, 5);
      GuardedTensor classes = t.in("targets", new int[] {0, 1, 2}, 3);
      GuardedTensor value = t.out("loss", 1);
      Class<IllegalArgumentException> iae = IllegalArgumentException.class;
      LossOptions sum = LossOptions.sum();
      var math = t.ops().math();
      Expect.refusal(
          "float targets for classes",
          iae,
          () -> math.softmaxCrossEntropy(x.view(), floats.view(), sum, value.view(), null),
          "targets",
          "expected",
          "I32");
      Expect.refusal(
          "class targets for values",
          iae,
          () -> math.sigmoidCrossEntropy(x.view(), classes.view(), sum, value.view(), null),
          "targets",
          "expected",
          "got");
      Expect.refusal(
          "loss of three values",
          iae,
          () -> math.squaredError(x.view(), floats.view(), sum, floats.view(), null),
          "loss",
          "expected",
          "got");
      Expect.refusal(
          "too few row weights",
          iae,
          () ->
              math.squaredError(
                  x.view(),
                  floats.view(),
                  sum.rowWeights(t.in("w", new float[2], 2).view()),
                  value.view(),
                  null),
          "rowWeights",
          "got");
      Expect.allNaN("loss", value.get());
    }
  }
}
