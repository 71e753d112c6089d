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
}
