package org.recurrentops.formats;

import org.recurrentops.CellType;

/**
 * Fits the input-side and the recurrent-side bias of one gate into the sides that a target has. One
 * that is missing reads as zero.
 *
 * @param where for messages
 * @param cell whose gate
 * @param gate our index
 * @param hidden H
 * @param merge whether two biases may become their sum
 */
record BiasPairing(String where, CellType cell, int gate, int hidden, boolean merge) {

  /** The values per side; null for a side that the target lacks. */
  float[][] fit(float[][] pair, boolean input, boolean recurrent) {
    if (input && recurrent) {
      return new float[][] {orZero(pair[0]), orZero(pair[1])};
    }
    if (!input && !recurrent) {
      requireZero(pair[0]);
      requireZero(pair[1]);
      return new float[2][];
    }
    int side = input ? 0 : 1;
    float[][] fitted = new float[2][];
    fitted[side] = intoOne(pair[side], pair[1 - side]);
    return fitted;
  }

  private float[] intoOne(float[] own, float[] other) {
    if (other == null || isZero(other)) {
      return orZero(own);
    }
    if (!isAdditive()) {
      throw new IllegalArgumentException(
          where
              + ": expected one bias, got two; the n gate of a reset-after GRU needs both, so this"
              + " format cannot hold them");
    }
    if (own == null) {
      return other;
    }
    if (!merge) {
      throw new IllegalArgumentException(
          where
              + ": expected one bias, got two that are not zero; only their sum fits, which"
              + " mergeBiases() allows");
    }
    float[] sum = new float[hidden];
    for (int i = 0; i < hidden; i++) {
      sum[i] = own[i] + other[i];
    }
    return sum;
  }

  /** Whether only the sum of both biases matters. */
  private boolean isAdditive() {
    return cell != CellType.GRU || gate != 2;
  }

  private float[] orZero(float[] values) {
    return values == null ? new float[hidden] : values;
  }

  private void requireZero(float[] values) {
    if (values != null && !isZero(values)) {
      throw new IllegalArgumentException(
          where + ": expected no bias, got one that is not zero; choose a spec with a bias");
    }
  }

  private static boolean isZero(float[] values) {
    for (float v : values) {
      if (v != 0) {
        return false;
      }
    }
    return true;
  }
}
