package org.recurrentops.cpu.math;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Activations} in the Vector API, with fused multiply-adds; the elements after the last
 * whole vector go through the same operations one by one. See {@link ActivationCoefficients} for
 * the approximations.
 */
final class VectorActivations implements Activations {
  private static final VectorSpecies<Float> S = VectorWidth.SPECIES;
  private static final int L = VectorWidth.LANES;

  @Override
  public void sigmoid(float[] x, int xOffset, float[] y, int yOffset, int length) {
    int whole = length - length % L;
    for (int i = 0; i < whole; i += L) {
      FloatVector z = FloatVector.fromArray(S, x, xOffset + i);
      FloatVector v = z.abs().neg();
      FloatVector shifted = v.fma(LOG2_E, ROUNDER);
      FloatVector n = shifted.sub(ROUNDER);
      FloatVector r = n.fma(MINUS_LN2_LOW, n.fma(MINUS_LN2_HIGH, v));
      FloatVector p = E7.fma(r, E6).fma(r, E5).fma(r, E4).fma(r, E3).fma(r, E2);
      p = p.fma(r.mul(r), r).add(ONE);
      FloatVector scale =
          shifted
              .reinterpretAsInts()
              .lanewise(VectorOperators.LSHL, 23)
              .add(0x3f800000)
              .reinterpretAsFloats();
      FloatVector e = p.mul(scale).blend(ZERO, v.compare(VectorOperators.LT, UNDERFLOW));
      VectorMask<Float> negative = z.compare(VectorOperators.LT, ZERO);
      ONE.blend(e, negative).div(e.add(ONE)).intoArray(y, yOffset + i);
    }
    for (int i = whole; i < length; i++) {
      y[yOffset + i] = logistic(x[xOffset + i]);
    }
  }

  @Override
  public void tanh(float[] x, int xOffset, float[] y, int yOffset, int length) {
    int whole = length - length % L;
    for (int i = 0; i < whole; i += L) {
      FloatVector z = FloatVector.fromArray(S, x, xOffset + i);
      // Comparing and blending takes half the instructions of min, whose zeros and NaN are Java's.
      FloatVector u = z.abs();
      u = u.blend(BOUND, u.compare(VectorOperators.GT, BOUND));
      FloatVector s = u.mul(u);
      FloatVector p = P4.fma(s, P3).fma(s, P2).fma(s, P1).fma(s, ONE);
      FloatVector q = Q5.fma(s, Q4).fma(s, Q3).fma(s, Q2).fma(s, Q1).fma(s, ONE);
      FloatVector t = u.mul(p).div(q);
      t = t.blend(ONE, t.compare(VectorOperators.GT, ONE));
      IntVector sign = z.reinterpretAsInts().and(SIGN);
      t.reinterpretAsInts().or(sign).reinterpretAsFloats().intoArray(y, yOffset + i);
    }
    for (int i = whole; i < length; i++) {
      y[yOffset + i] = hyperbolic(x[xOffset + i]);
    }
  }

  @Override
  public float sigmoid(float x) {
    return logistic(x);
  }

  @Override
  public float tanh(float x) {
    return hyperbolic(x);
  }

  private static float logistic(float x) {
    float v = -Math.abs(x);
    float shifted = Math.fma(v, ActivationCoefficients.LOG2_E, ActivationCoefficients.ROUNDER);
    float n = shifted - ActivationCoefficients.ROUNDER;
    float r = Math.fma(n, -ActivationCoefficients.LN2_HIGH, v);
    r = Math.fma(n, -ActivationCoefficients.LN2_LOW, r);
    float p = Math.fma(ActivationCoefficients.E7, r, ActivationCoefficients.E6);
    p = Math.fma(p, r, ActivationCoefficients.E5);
    p = Math.fma(p, r, ActivationCoefficients.E4);
    p = Math.fma(p, r, ActivationCoefficients.E3);
    p = Math.fma(p, r, ActivationCoefficients.E2);
    p = Math.fma(p, r * r, r) + 1f;
    float scale = Float.intBitsToFloat((Float.floatToRawIntBits(shifted) << 23) + 0x3f800000);
    float e = v < ActivationCoefficients.UNDERFLOW ? 0f : p * scale;
    return (x < 0 ? e : 1f) / (1f + e);
  }

  private static float hyperbolic(float x) {
    float u = Math.min(Math.abs(x), ActivationCoefficients.TANH_BOUND);
    float s = u * u;
    float p = Math.fma(ActivationCoefficients.P4, s, ActivationCoefficients.P3);
    p = Math.fma(p, s, ActivationCoefficients.P2);
    p = Math.fma(p, s, ActivationCoefficients.P1);
    p = Math.fma(p, s, 1f);
    float q = Math.fma(ActivationCoefficients.Q5, s, ActivationCoefficients.Q4);
    q = Math.fma(q, s, ActivationCoefficients.Q3);
    q = Math.fma(q, s, ActivationCoefficients.Q2);
    q = Math.fma(q, s, ActivationCoefficients.Q1);
    q = Math.fma(q, s, 1f);
    return Math.copySign(Math.min(u * p / q, 1f), x);
  }

  private static final IntVector SIGN = FloatVector.broadcast(S, -0f).reinterpretAsInts();
  private static final FloatVector ZERO = FloatVector.zero(S);
  private static final FloatVector ONE = constant(1f);
  private static final FloatVector BOUND = constant(ActivationCoefficients.TANH_BOUND);
  private static final FloatVector UNDERFLOW = constant(ActivationCoefficients.UNDERFLOW);
  private static final FloatVector ROUNDER = constant(ActivationCoefficients.ROUNDER);
  private static final FloatVector LOG2_E = constant(ActivationCoefficients.LOG2_E);
  private static final FloatVector MINUS_LN2_HIGH = constant(-ActivationCoefficients.LN2_HIGH);
  private static final FloatVector MINUS_LN2_LOW = constant(-ActivationCoefficients.LN2_LOW);
  private static final FloatVector E2 = constant(ActivationCoefficients.E2);
  private static final FloatVector E3 = constant(ActivationCoefficients.E3);
  private static final FloatVector E4 = constant(ActivationCoefficients.E4);
  private static final FloatVector E5 = constant(ActivationCoefficients.E5);
  private static final FloatVector E6 = constant(ActivationCoefficients.E6);
  private static final FloatVector E7 = constant(ActivationCoefficients.E7);
  private static final FloatVector P1 = constant(ActivationCoefficients.P1);
  private static final FloatVector P2 = constant(ActivationCoefficients.P2);
  private static final FloatVector P3 = constant(ActivationCoefficients.P3);
  private static final FloatVector P4 = constant(ActivationCoefficients.P4);
  private static final FloatVector Q1 = constant(ActivationCoefficients.Q1);
  private static final FloatVector Q2 = constant(ActivationCoefficients.Q2);
  private static final FloatVector Q3 = constant(ActivationCoefficients.Q3);
  private static final FloatVector Q4 = constant(ActivationCoefficients.Q4);
  private static final FloatVector Q5 = constant(ActivationCoefficients.Q5);

  private static FloatVector constant(float value) {
    return FloatVector.broadcast(S, value);
  }
}
