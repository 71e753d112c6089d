package org.recurrentops.cpu.math;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Adds what a register tile has summed. */
final class VectorSums {
  private static final VectorSpecies<Float> S = VectorWidth.SPECIES;
  private static final int L = VectorWidth.LANES;
  private static final Class<? extends FloatVector> TYPE = FloatVector.zero(S).getClass();

  private VectorSums() {}

  /**
   * Writes {@code C = from + sums}, all [rows, width].
   *
   * @param rows rows of the tile
   * @param width columns of the tile, whole vectors
   * @param sums the tile, dense
   * @param from what the sums are added to
   * @param fo its first element
   * @param ldf elements between its rows
   * @param c elements of C, which may be {@code from}
   * @param co first element of the tile in C
   * @param ldc elements between rows of C
   */
  static void add(
      int rows,
      int width,
      float[] sums,
      float[] from,
      int fo,
      int ldf,
      float[] c,
      int co,
      int ldc) {
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < width; j += L) {
        FloatVector sum = TYPE.cast(FloatVector.fromArray(S, sums, r * width + j));
        sum = sum.add(FloatVector.fromArray(S, from, fo + r * ldf + j));
        TYPE.cast(sum).intoArray(c, co + r * ldc + j);
      }
    }
  }
}
