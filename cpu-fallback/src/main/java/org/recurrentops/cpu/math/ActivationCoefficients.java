package org.recurrentops.cpu.math;

/**
 * Constants of the approximations behind both forms of {@link Activations}; fitted for the least
 * maximum of the relative error in double precision, then rounded.
 *
 * <p><b>sigmoid.</b> With e = e^−|x|: e / (1 + e) for negative x, 1 / (1 + e) for the others, so
 * that nothing cancels. e^v = 2ⁿ·e^r, r = v − n·ln 2, e^r = 1 + r + r²·(E2 + E3·r + … + E7·r⁵),
 * error of the polynomial 2e-9 on |r| ≤ ln(2)/2.
 *
 * <p><b>tanh.</b> x·P(x²)/Q(x²), error of the quotient 1e-9 for |x| ≤ 9.02, from where tanh rounds
 * to ±1. All coefficients are positive, so nothing cancels, and P(0) = Q(0) = 1 keeps small x
 * exact.
 */
final class ActivationCoefficients {
  /** Below it, e^v is smaller than the smallest normal float32. */
  static final float UNDERFLOW = -87.33654f;

  /** 1.5·2²³: adding it rounds to an integer, which then stands in the low bits. */
  static final float ROUNDER = 12582912f;

  static final float LOG2_E = 1.44269504f;

  /** ln 2 in two parts; products of the first with integers up to 2¹⁵ are exact. */
  static final float LN2_HIGH = 0.693359375f;

  static final float LN2_LOW = -2.12194440e-4f;

  static final float E2 = 0.5f;
  static final float E3 = 0.16666666f;
  static final float E4 = 0.04166636f;
  static final float E5 = 0.00833339f;
  static final float E6 = 0.0013940894f;
  static final float E7 = 0.00019845912f;

  /** From here on the quotient rounds to 1 or more, which is then cut to 1. */
  static final float TANH_BOUND = 9.1f;

  static final float P1 = 0.13786963f;
  static final float P2 = 0.0040105237f;
  static final float P3 = 3.163131e-05f;
  static final float P4 = 5.0901367e-08f;

  static final float Q1 = 0.47120297f;
  static final float Q2 = 0.027744856f;
  static final float Q3 = 0.00042109974f;
  static final float Q4 = 1.6206669e-06f;
  static final float Q5 = 7.401318e-10f;

  private ActivationCoefficients() {}
}
