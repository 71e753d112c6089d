package org.recurrentops.cpu.math;

/** The pointwise part of a GRU's step, without options, for many units of many rows at once. */
public interface GruUnits {
  /**
   * {@code r, z = σ} of what the gates hold and {@code n = tanh(n + r∘q)}, in place; {@code after =
   * (1 − z)∘n + z∘before}, or 0 where that is subnormal.
   *
   * <p>Rows follow one another: those of the gates are 3·H elements apart, with r, z and n H
   * elements apart in each, those of the others H.
   *
   * @param hidden H
   * @param rows number of rows
   * @param count units of each row
   * @param gates arguments of the gates, that of n as far as the input gives it, then their values
   * @param gatesAt the first unit's r
   * @param q what the state gives to n's argument
   * @param qAt its first unit
   * @param before h₋
   * @param beforeAt its first unit
   * @param after h; other memory than h₋
   * @param afterAt its first unit
   */
  void forward(
      int hidden,
      int rows,
      int count,
      float[] gates,
      int gatesAt,
      float[] q,
      int qAt,
      float[] before,
      int beforeAt,
      float[] after,
      int afterAt);

  /**
   * The gradients of what the gates were given, of q, and of h₋ as far as it comes by itself, from
   * that of h: {@code dN = dh∘(1 − z)∘(1 − n²)}, {@code dR = dN∘q∘r∘(1 − r)}, {@code dZ = dh∘(h₋ −
   * n)∘z∘(1 − z)}, {@code dQ = dN∘r} and {@code dBefore = dh∘z}. What is subnormal in all but the
   * last becomes 0.
   *
   * <p>Rows are laid out as in {@link #forward}.
   *
   * @param hidden H
   * @param rows number of rows
   * @param count units of each row
   * @param gates values of the gates
   * @param gatesAt the first unit's r
   * @param q what the state gave to n's argument
   * @param qAt its first unit
   * @param before h₋
   * @param beforeAt its first unit
   * @param dh gradient of h
   * @param dhAt its first unit
   * @param dGates gradients of the gates' arguments, laid out like the gates
   * @param dGatesAt the first unit's dR
   * @param dQ gradient of q
   * @param dQAt its first unit
   * @param dBefore part of the gradient of h₋; other memory than dh
   * @param dBeforeAt its first unit
   */
  void backward(
      int hidden,
      int rows,
      int count,
      float[] gates,
      int gatesAt,
      float[] q,
      int qAt,
      float[] before,
      int beforeAt,
      float[] dh,
      int dhAt,
      float[] dGates,
      int dGatesAt,
      float[] dQ,
      int dQAt,
      float[] dBefore,
      int dBeforeAt);
}
