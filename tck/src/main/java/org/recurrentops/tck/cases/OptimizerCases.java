package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.AdamOptions;
import org.recurrentops.SgdOptions;
import org.recurrentops.Tensor;
import org.recurrentops.tck.ConformanceCase;
import org.recurrentops.tck.ConformanceContext;
import org.recurrentops.tck.Tolerance;
import org.recurrentops.tck.reference.ReferenceMath;

/** Clipping by global norm, SGD, Adam. */
final class OptimizerCases {
  private static final int[] SIZES = {1, 7, 257, 4097};

  private OptimizerCases() {}

  static List<ConformanceCase> all() {
    List<ConformanceCase> cases = new ArrayList<>();
    for (int size : SIZES) {
      add(cases, "clip, long vectors " + size, c -> clip(c, size, 0.5f));
      add(cases, "clip, short vectors " + size, c -> clip(c, size, 1e6f));
      add(cases, "measure only " + size, c -> clip(c, size, Float.POSITIVE_INFINITY));
      for (SgdOptions o :
          List.of(
              SgdOptions.of(0.1, 0),
              SgdOptions.of(0.1, 0.9),
              new SgdOptions(0.05f, 0.9f, true, 0.01f),
              new SgdOptions(0.05f, 0, false, 0.1f))) {
        add(cases, "sgd " + size + " " + o, c -> sgd(c, size, o, true));
      }
      for (AdamOptions o :
          List.of(AdamOptions.of(0.01), new AdamOptions(0.1f, 0.5f, 0.9f, 1e-3f, 0.02f))) {
        add(cases, "adam " + size + " " + o, c -> adam(c, size, o, 1));
        add(cases, "adam from step 5000 " + size + " " + o, c -> adam(c, size, o, 5000));
      }
    }
    add(cases, "sgd without velocity", c -> sgd(c, 33, SgdOptions.of(0.1, 0), false));
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      add(cases, "norm of " + bad, c -> nonFinite(c, bad));
    }
    add(cases, "a raised flag skips the step", OptimizerCases::skipped);
    add(cases, "wrong arguments", OptimizerCases::wrongArguments);
    return cases;
  }

  private static void add(List<ConformanceCase> cases, String name, ConformanceCase.Body body) {
    cases.add(ConformanceCase.ofDevice("math-optimizer", name, body));
  }

  private static void clip(ConformanceContext context, int size, float maxNorm) {
    try (MathTensors t = new MathTensors(context, Placement.OFFSET)) {
      float[][] host = {t.uniform(size), t.uniform(3), t.uniform(2 * size)};
      double[][] values = new double[3][];
      GuardedTensor[] tensors = new GuardedTensor[3];
      List<Tensor> views = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        values[i] = TrialData.doubles(host[i]);
        tensors[i] = t.updated("vectors[" + i + "]", host[i], host[i].length);
        views.add(tensors[i].view());
      }
      GuardedTensor norm = t.out("norm", 1);
      GuardedTensor flag = t.intOut("nonFinite", 1);
      t.ops().math().clipByGlobalNorm(views, maxNorm, norm.view(), flag.view());
      double expected = ReferenceMath.norm(values);
      double factor = Math.min(1, maxNorm / expected);
      Tolerance tolerance = Tolerance.ofDepth(3L * size + 3, false);
      t.check("norm", norm, new double[] {expected}, tolerance);
      Expect.equal("nonFinite", 0, Float.floatToRawIntBits(flag.get()[0]));
      for (int i = 0; i < 3; i++) {
        if (factor == 1) {
          Expect.sameBits("short vectors stay", host[i], tensors[i].get(), t.where());
        }
        for (int j = 0; j < values[i].length; j++) {
          values[i][j] *= factor;
        }
        t.check("vectors[" + i + "]", tensors[i], values[i], tolerance);
      }
    }
  }

  private static void nonFinite(ConformanceContext context, float bad) {
    try (MathTensors t = new MathTensors(context, Placement.DENSE)) {
      float[] host = t.uniform(40);
      host[33] = bad;
      GuardedTensor vector = t.updated("vector", host, 40);
      GuardedTensor norm = t.out("norm", 1);
      GuardedTensor flag = t.intOut("nonFinite", 1);
      List<Tensor> views = List.of(vector.view());
      t.ops().math().clipByGlobalNorm(views, 1, norm.view(), flag.view());
      Expect.equal("nonFinite", 1, Float.floatToRawIntBits(flag.get()[0]));
      float got = norm.get()[0];
      Expect.that(
          Float.isNaN(got) || Float.isInfinite(got), "norm: expected non-finite, got " + got);
      Expect.sameBits("nothing is scaled", host, vector.get(), t.where());
    }
  }

  private static void sgd(
      ConformanceContext context, int size, SgdOptions o, boolean withVelocity) {
    try (MathTensors t = new MathTensors(context, Placement.OFFSET)) {
      float[] p0 = t.uniform(size);
      GuardedTensor p = t.updated("params", p0, size);
      GuardedTensor v = t.updated("velocity", new float[size], size);
      GuardedTensor skip = t.in("skip", new int[1], 1);
      double[] pd = TrialData.doubles(p0);
      double[] vd = new double[size];
      GuardedTensor g = t.out("gradient", size);
      for (int step = 0; step < 4; step++) {
        float[] gradient = t.uniform(size);
        g.set(gradient);
        t.ops()
            .math()
            .sgd(
                p.view(),
                g.view(),
                withVelocity ? v.view() : null,
                o,
                step % 2 == 0 ? skip.view() : null);
        ReferenceMath.sgd(
            pd,
            TrialData.doubles(gradient),
            vd,
            o.learningRate(),
            o.momentum(),
            o.nesterov(),
            o.weightDecay());
        g.checkUnchanged();
      }
      t.check("params", p, pd, Tolerance.ofDepth(16, false));
      if (o.momentum() != 0) {
        t.check("velocity", v, vd, Tolerance.ofDepth(16, false));
      }
    }
  }

  private static void adam(ConformanceContext context, int size, AdamOptions o, long firstStep) {
    try (MathTensors t = new MathTensors(context, Placement.OFFSET)) {
      float[] p0 = t.uniform(size);
      GuardedTensor p = t.updated("params", p0, size);
      GuardedTensor m = t.updated("m", new float[size], size);
      GuardedTensor v = t.updated("v", new float[size], size);
      GuardedTensor g = t.out("gradient", size);
      double[] pd = TrialData.doubles(p0);
      double[] md = new double[size];
      double[] vd = new double[size];
      for (long step = firstStep; step < firstStep + 4; step++) {
        float[] gradient = t.uniform(size);
        g.set(gradient);
        t.ops().math().adam(p.view(), g.view(), m.view(), v.view(), step, o, null);
        ReferenceMath.adam(
            pd,
            TrialData.doubles(gradient),
            md,
            vd,
            step,
            o.learningRate(),
            o.beta1(),
            o.beta2(),
            o.epsilon(),
            o.weightDecay());
      }
      t.check("m", m, md, Tolerance.ofDepth(16, false));
      t.check("v", v, vd, Tolerance.ofDepth(16, false));
      t.check("params", p, pd, Tolerance.ofDepth(64, false));
    }
  }

  private static void skipped(ConformanceContext context) {
    try (MathTensors t = new MathTensors(context, Placement.DENSE)) {
      float[] p0 = t.uniform(9);
      float[] m0 = t.uniform(9);
      GuardedTensor p = t.updated("params", p0, 9);
      GuardedTensor m = t.updated("m", m0, 9);
      GuardedTensor v = t.updated("v", m0, 9);
      GuardedTensor g = t.in("gradient", t.uniform(9), 9);
      GuardedTensor skip = t.in("skip", new int[] {1}, 1);
      AdamOptions adam = AdamOptions.of(0.1);
      t.ops().math().adam(p.view(), g.view(), m.view(), v.view(), 1, adam, skip.view());
      SgdOptions sgd = new SgdOptions(0.1f, 0.9f, true, 0.1f);
      t.ops().math().sgd(p.view(), g.view(), m.view(), sgd, skip.view());
      Expect.sameBits("params", p0, p.get(), t.where());
      Expect.sameBits("m", m0, m.get(), t.where());
      Expect.sameBits("v", m0, v.get(), t.where());
    }
  }

  private static void wrongArguments(ConformanceContext context) {
    try (MathTensors t = new MathTensors(context, Placement.DENSE)) {
      float[] p0 = t.uniform(9);
      GuardedTensor p = t.updated("params", p0, 9);
      GuardedTensor g = t.in("gradient", t.uniform(8), 8);
      Class<IllegalArgumentException> iae = IllegalArgumentException.class;
      var math = t.ops().math();
      SgdOptions sgd = SgdOptions.of(0.1, 0.9);
      Expect.refusal(
          "gradient too short",
          iae,
          () -> math.sgd(p.view(), g.view(), null, sgd, null),
          "gradient",
          "expected",
          "got");
      Expect.refusal(
          "momentum without velocity",
          iae,
          () -> math.sgd(p.view(), t.in("g", p0, 9).view(), null, sgd, null),
          "velocity",
          "got null");
      Expect.refusal(
          "step 0",
          iae,
          () -> math.adam(p.view(), p.view(), p.view(), p.view(), 0, AdamOptions.of(0.1), null),
          "step",
          "got 0");
      Expect.refusal(
          "maxNorm 0",
          iae,
          () -> math.clipByGlobalNorm(List.of(p.view()), 0, null, null),
          "maxNorm",
          "got 0");
      Expect.refusal(
          "a vector twice",
          iae,
          () -> math.clipByGlobalNorm(List.of(p.view(), p.view()), 1, null, null),
          "vectors[1]",
          "overlaps");
      Expect.sameBits("params", p0, p.get(), t.where());
    }
  }
}
