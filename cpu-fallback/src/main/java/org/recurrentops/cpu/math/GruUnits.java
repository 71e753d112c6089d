package org.recurrentops.cpu.math;

/**
 * The pointwise part of a GRU's step, without options, for many units of many rows at once: {@link
 * #forward} and {@link #backward} where r multiplies a product of the state; where it multiplies
 * the state itself, {@link #reset} before that product and {@link #update} after it, and their
 * gradients.
 */
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

  /**
   * {@code r = σ} of what the gates hold, in place, and {@code operand = r∘before}.
   *
   * <p>Rows are laid out as in {@link #forward}.
   *
   * @param hidden H
   * @param rows number of rows
   * @param count units of each row
   * @param gates arguments of the gates, of which those of r become values
   * @param gatesAt the first unit's r
   * @param before h₋
   * @param beforeAt its first unit
   * @param operand what the candidate's weight multiplies
   * @param operandAt its first unit
   */
  void reset(
      int hidden,
      int rows,
      int count,
      float[] gates,
      int gatesAt,
      float[] before,
      int beforeAt,
      float[] operand,
      int operandAt);

  /**
   * {@code z = σ} and {@code n = tanh} of what the gates hold, in place; {@code after = (1 − z)∘n +
   * z∘before}, or 0 where that is subnormal.
   *
   * <p>Rows are laid out as in {@link #forward}.
   *
   * @param hidden H
   * @param rows number of rows
   * @param count units of each row
   * @param gates arguments of the gates, of which those of z and n become values
   * @param gatesAt the first unit's r
   * @param before h₋
   * @param beforeAt its first unit
   * @param after h; other memory than h₋
   * @param afterAt its first unit
   */
  void update(
      int hidden,
      int rows,
      int count,
      float[] gates,
      int gatesAt,
      float[] before,
      int beforeAt,
      float[] after,
      int afterAt);

  /**
   * The gradients of {@link #update}: {@code dN = dh∘(1 − z)∘(1 − n²)}, {@code dZ = dh∘(h₋ −
   * n)∘z∘(1 − z)}, of which what is subnormal becomes 0, and {@code dBefore = dh∘z}.
   *
   * <p>Rows are laid out as in {@link #forward}.
   *
   * @param hidden H
   * @param rows number of rows
   * @param count units of each row
   * @param gates values of the gates
   * @param gatesAt the first unit's r
   * @param before h₋
   * @param beforeAt its first unit
   * @param dh gradient of h
   * @param dhAt its first unit
   * @param dGates gradients of the gates' arguments, of which those of r stay as they are
   * @param dGatesAt the first unit's dR
   * @param dBefore part of the gradient of h₋; other memory than dh
   * @param dBeforeAt its first unit
   */
  void updateGradients(
      int hidden,
      int rows,
      int count,
      float[] gates,
      int gatesAt,
      float[] before,
      int beforeAt,
      float[] dh,
      int dhAt,
      float[] dGates,
      int dGatesAt,
      float[] dBefore,
      int dBeforeAt);

  /**
   * The gradients of {@link #reset}: {@code dR = dOperand∘h₋∘r∘(1 − r)}, or 0 where that is
   * subnormal, and {@code dBefore = dBefore + dOperand∘r}.
   *
   * <p>Rows are laid out as in {@link #forward}.
   *
   * @param hidden H
   * @param rows number of rows
   * @param count units of each row
   * @param gates values of the gates
   * @param gatesAt the first unit's r
   * @param before h₋
   * @param beforeAt its first unit
   * @param dOperand gradient of r∘h₋
   * @param dOperandAt its first unit
   * @param dGates gradients of the gates' arguments, of which those of r are written
   * @param dGatesAt the first unit's dR
   * @param dBefore the gradient of h₋ so far
   * @param dBeforeAt its first unit
   */
  void resetGradients(
      int hidden,
      int rows,
      int count,
      float[] gates,
      int gatesAt,
      float[] before,
      int beforeAt,
      float[] dOperand,
      int dOperandAt,
      float[] dGates,
      int dGatesAt,
      float[] dBefore,
      int dBeforeAt);
}
