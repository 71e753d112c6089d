package org.recurrentops.cpu.math;

/**
 * Constants of the approximations behind both forms of {@link Activations}; fitted for the least
 * maximum of the relative error in double precision, then rounded.
 *
 * <p>e^v = 2ⁿ·e^r, r = v − n·ln 2, e^r = 1 + r + r²·(E2 + E3·r + … + E6·r⁴), error of the
 * polynomial 4e-9 on |r| ≤ ln(2)/2.
 *
 * <p><b>sigmoid.</b> 1 / (1 + e^−x), or with e = e^−|x| the same as e / (1 + e) for negative x and
 * 1 / (1 + e) for the others: nothing cancels.
 *
 * <p><b>tanh.</b> 1 − 2 / (1 + e^2|x|), or 1 − 2e / (1 + e) with e = e^−2|x|, under the sign of x
 * where |x| is above TANH_SWITCH; the smaller the second term, the less its error counts, so that
 * near ±1 hardly more than the last rounding is left, and with it 1 − tanh². Below, where the
 * difference would cancel, w / (2 + w) with w = e^2|x| − 1, which is 2ⁿ·(e^r − 1) + (2ⁿ − 1), or
 * all of that halved, which rounds the same; or x·(1 + x²·(T1 + T2·x² + … + T6·x¹⁰)), error of the
 * polynomial 2e-9.
 *
 * <p>Relative errors of the results, as the tests assert: sigmoid at most 1.8e-7, tanh 1.9e-7; 1 −
 * tanh² for |x| in [1, 8] at most 1.25 times what rounding the exact tanh alone leaves.
 */
final class ActivationCoefficients {
  /** 1.5·2²³: adding it rounds to an integer, which then stands in the low bits. */
  static final float ROUNDER = 12582912f;

  static final float LOG2_E = 1.44269504f;

  /** ln 2 in two parts; products of the first with integers up to 2¹⁵ are exact. */
  static final float LN2_HIGH = 0.693359375f;

  static final float LN2_LOW = -2.12194440e-4f;

  /** ln 2 in one part, 2e-9 too large: for few n, where the error of n·ln 2 does not count. */
  static final float LN2 = 0.6931472f;

  static final float E2 = 0.5f;
  static final float E3 = 0.16666535f;
  static final float E4 = 0.04166724f;
  static final float E5 = 0.008367433f;
  static final float E6 = 0.0013863419f;

  /** Where tanh changes form; the larger, the longer the polynomial. */
  static final float TANH_SWITCH = 0.75f;

  static final float T1 = -0.33333316f;
  static final float T2 = 0.1333272f;
  static final float T3 = -0.053894535f;
  static final float T4 = 0.021457793f;
  static final float T5 = -0.0076658125f;
  static final float T6 = 0.0017417567f;

  private ActivationCoefficients() {}
}
