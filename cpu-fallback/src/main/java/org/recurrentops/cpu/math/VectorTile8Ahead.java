package org.recurrentops.cpu.math;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The tile of {@link VectorTile8} where panels come from memory that is further away than a core's
 * own cache: beside its products it reads a float of the next panel at every {@code step}, from
 * {@code next} on. Processors fetch ahead too late by themselves if a panel is multiplied by few
 * tiles, and cannot fetch a whole panel during one or two of them: all of a panel's tiles share it.
 * Measured on 512 bits, GFLOP/s of 192: 4 MB of panels and 16 rows 158, without reading ahead 139;
 * 64 MB and 64 rows 146, when the last two tiles read all of it 118. In a core's own cache it costs
 * 6 %.
 *
 * <p>The sums go into an array of their own, row after row; the element after them is overwritten,
 * so that no compiler leaves those reads out.
 */
final class VectorTile8Ahead {
  private static final VectorSpecies<Float> S = VectorWidth.SPECIES;
  private static final int L = VectorWidth.LANES;
  private static final int PANEL = 2 * L;
  private static final int ROWS = 8;
  private static final Class<? extends FloatVector> TYPE = FloatVector.zero(S).getClass();

  private VectorTile8Ahead() {}

  /**
   * Eight rows. With an offset and a stride of C as parameters, C2 ran out of registers, fetched
   * B's address from a vector register in each round, and layers took 12 % longer.
   */
  static void eight(
      float[] a, int ao, float[] b, int bo, int depth, float[] sums, int next, int step) {
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
    int met = 0;
    int ahead = next;
    for (int k = 0; k < depth; k++) {
      int j = bo + k * PANEL;
      int i = ao + ROWS * k;
      met += Float.floatToRawIntBits(b[ahead]);
      FloatVector bk = TYPE.cast(FloatVector.fromArray(S, b, j));
      FloatVector ck = TYPE.cast(FloatVector.fromArray(S, b, j + L));
      FloatVector x = FloatVector.broadcast(S, a[i]);
      p0 = bk.fma(x, p0);
      q0 = ck.fma(x, q0);
      x = FloatVector.broadcast(S, a[i + 1]);
      p1 = bk.fma(x, p1);
      q1 = ck.fma(x, q1);
      x = FloatVector.broadcast(S, a[i + 2]);
      p2 = bk.fma(x, p2);
      q2 = ck.fma(x, q2);
      x = FloatVector.broadcast(S, a[i + 3]);
      p3 = bk.fma(x, p3);
      q3 = ck.fma(x, q3);
      x = FloatVector.broadcast(S, a[i + 4]);
      p4 = bk.fma(x, p4);
      q4 = ck.fma(x, q4);
      x = FloatVector.broadcast(S, a[i + 5]);
      p5 = bk.fma(x, p5);
      q5 = ck.fma(x, q5);
      x = FloatVector.broadcast(S, a[i + 6]);
      p6 = bk.fma(x, p6);
      q6 = ck.fma(x, q6);
      x = FloatVector.broadcast(S, a[i + 7]);
      p7 = bk.fma(x, p7);
      q7 = ck.fma(x, q7);
      ahead += step;
    }
    TYPE.cast(p0).intoArray(sums, 0);
    TYPE.cast(q0).intoArray(sums, L);
    TYPE.cast(p1).intoArray(sums, PANEL);
    TYPE.cast(q1).intoArray(sums, PANEL + L);
    TYPE.cast(p2).intoArray(sums, 2 * PANEL);
    TYPE.cast(q2).intoArray(sums, 2 * PANEL + L);
    TYPE.cast(p3).intoArray(sums, 3 * PANEL);
    TYPE.cast(q3).intoArray(sums, 3 * PANEL + L);
    TYPE.cast(p4).intoArray(sums, 4 * PANEL);
    TYPE.cast(q4).intoArray(sums, 4 * PANEL + L);
    TYPE.cast(p5).intoArray(sums, 5 * PANEL);
    TYPE.cast(q5).intoArray(sums, 5 * PANEL + L);
    TYPE.cast(p6).intoArray(sums, 6 * PANEL);
    TYPE.cast(q6).intoArray(sums, 6 * PANEL + L);
    TYPE.cast(p7).intoArray(sums, 7 * PANEL);
    TYPE.cast(q7).intoArray(sums, 7 * PANEL + L);
    sums[8 * PANEL] = met;
  }
}
