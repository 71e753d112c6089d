package org.recurrentops.cpu.math;

/** The pointwise part of an LSTM's step, without options, for many units of many rows at once. */
public interface LstmUnits {
  /**
   * {@code i, f, o = σ} and {@code g = tanh} of what the gates hold, in place; {@code c = f∘c₋ +
   * i∘g}; {@code out = o∘tanh c}. What is subnormal in c and out becomes 0.
   *
   * <p>Rows follow one another: those of the gates are 4·H elements apart, with i, f, g and o H
   * elements apart in each, those of the others H.
   *
   * @param hidden H
   * @param rows number of rows
   * @param count units of each row
   * @param gates arguments of the gates, then their values
   * @param gatesAt the first unit's i
   * @param before c₋
   * @param beforeAt its first unit
   * @param after c; other memory than c₋
   * @param afterAt its first unit
   * @param out h, or with a projection what is projected
   * @param outAt its first unit
   */
  void forward(
      int hidden,
      int rows,
      int count,
      float[] gates,
      int gatesAt,
      float[] before,
      int beforeAt,
      float[] after,
      int afterAt,
      float[] out,
      int outAt);

  /**
   * The gradients of what the gates were given, and of c₋, from those of out and of c: with {@code
   * dc' = dc + dOut∘o∘(1 − tanh² c)}, {@code dI = dc'∘g∘i∘(1 − i)}, {@code dF = dc'∘c₋∘f∘(1 − f)},
   * {@code dG = dc'∘i∘(1 − g²)}, {@code dO = dOut∘tanh c∘o∘(1 − o)} and {@code dBefore = dc'∘f}.
   * What is subnormal in them becomes 0.
   *
   * <p>Rows are laid out as in {@link #forward}.
   *
   * @param hidden H
   * @param rows number of rows
   * @param count units of each row
   * @param gates values of the gates
   * @param gatesAt the first unit's i
   * @param before c₋
   * @param beforeAt its first unit
   * @param after c
   * @param afterAt its first unit
   * @param dOut gradient of out
   * @param dOutAt its first unit
   * @param dc gradient of c from later steps
   * @param dcAt its first unit
   * @param dGates gradients of the gates' arguments, laid out like the gates
   * @param dGatesAt the first unit's dI
   * @param dBefore gradient of c₋; other memory than dc
   * @param dBeforeAt its first unit
   */
  void backward(
      int hidden,
      int rows,
      int count,
      float[] gates,
      int gatesAt,
      float[] before,
      int beforeAt,
      float[] after,
      int afterAt,
      float[] dOut,
      int dOutAt,
      float[] dc,
      int dcAt,
      float[] dGates,
      int dGatesAt,
      float[] dBefore,
      int dBeforeAt);
}
