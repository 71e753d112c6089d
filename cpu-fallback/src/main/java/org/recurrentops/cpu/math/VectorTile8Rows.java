package org.recurrentops.cpu.math;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link VectorTile8} for rows of A as they are: one after the other, {@link #ROW} elements apart,
 * which spares their transposition. C2 must know the distance, or it needs an index register for
 * each row: with one 125 instead of 152 GFLOP/s of 192.
 */
final class VectorTile8Rows {
  private static final VectorSpecies<Float> S = VectorWidth.SPECIES;
  private static final int L = VectorWidth.LANES;
  private static final int PANEL = 2 * L;
  private static final Class<? extends FloatVector> TYPE = FloatVector.zero(S).getClass();

  /** Longest run of k. */
  static final int DEEPEST = 512;

  /**
   * Elements from row to row: rows begin in other sets of a cache. With 2064, where most of them
   * are the same sets, a vanilla layer of H = 512 took 5 % longer.
   */
  static final int ROW = DEEPEST + 16;

  private VectorTile8Rows() {}

  /** Eight rows. */
  static void eight(
      float[] a, int ao, int aStep, float[] b, int bo, int depth, float[] c, int co, int ldc) {
    FloatVector zero = FloatVector.zero(S);
    FloatVector p0 = zero;
    FloatVector q0 = zero;
    FloatVector p1 = zero;
    FloatVector q1 = zero;
    FloatVector p2 = zero;
    FloatVector q2 = zero;
    FloatVector p3 = zero;
    FloatVector q3 = zero;
    FloatVector p4 = zero;
    FloatVector q4 = zero;
    FloatVector p5 = zero;
    FloatVector q5 = zero;
    FloatVector p6 = zero;
    FloatVector q6 = zero;
    FloatVector p7 = zero;
    FloatVector q7 = zero;
    int i = ao;
    for (int k = 0; k < depth; k++) {
      int j = bo + k * PANEL;
      FloatVector bk = TYPE.cast(FloatVector.fromArray(S, b, j));
      FloatVector ck = TYPE.cast(FloatVector.fromArray(S, b, j + L));
      FloatVector x = FloatVector.broadcast(S, a[i]);
      p0 = bk.fma(x, p0);
      q0 = ck.fma(x, q0);
      x = FloatVector.broadcast(S, a[i + ROW]);
      p1 = bk.fma(x, p1);
      q1 = ck.fma(x, q1);
      x = FloatVector.broadcast(S, a[i + 2 * ROW]);
      p2 = bk.fma(x, p2);
      q2 = ck.fma(x, q2);
      x = FloatVector.broadcast(S, a[i + 3 * ROW]);
      p3 = bk.fma(x, p3);
      q3 = ck.fma(x, q3);
      x = FloatVector.broadcast(S, a[i + 4 * ROW]);
      p4 = bk.fma(x, p4);
      q4 = ck.fma(x, q4);
      x = FloatVector.broadcast(S, a[i + 5 * ROW]);
      p5 = bk.fma(x, p5);
      q5 = ck.fma(x, q5);
      x = FloatVector.broadcast(S, a[i + 6 * ROW]);
      p6 = bk.fma(x, p6);
      q6 = ck.fma(x, q6);
      x = FloatVector.broadcast(S, a[i + 7 * ROW]);
      p7 = bk.fma(x, p7);
      q7 = ck.fma(x, q7);
      i += aStep;
    }
    TYPE.cast(p0).intoArray(c, co);
    TYPE.cast(q0).intoArray(c, co + L);
    TYPE.cast(p1).intoArray(c, co + ldc);
    TYPE.cast(q1).intoArray(c, co + ldc + L);
    TYPE.cast(p2).intoArray(c, co + 2 * ldc);
    TYPE.cast(q2).intoArray(c, co + 2 * ldc + L);
    TYPE.cast(p3).intoArray(c, co + 3 * ldc);
    TYPE.cast(q3).intoArray(c, co + 3 * ldc + L);
    TYPE.cast(p4).intoArray(c, co + 4 * ldc);
    TYPE.cast(q4).intoArray(c, co + 4 * ldc + L);
    TYPE.cast(p5).intoArray(c, co + 5 * ldc);
    TYPE.cast(q5).intoArray(c, co + 5 * ldc + L);
    TYPE.cast(p6).intoArray(c, co + 6 * ldc);
    TYPE.cast(q6).intoArray(c, co + 6 * ldc + L);
    TYPE.cast(p7).intoArray(c, co + 7 * ldc);
    TYPE.cast(q7).intoArray(c, co + 7 * ldc + L);
  }
}
