package org.recurrentops.cpu.math;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Register tiles for one or two rows, as in a matrix-vector product: several panels of B side by
 * side, {@code panelStride} elements apart, so that enough sums are under way to hide the latency
 * of a multiply-add; otherwise as {@link VectorTiles}. Measured on 256 bits and JDK 25, in the
 * first-level cache: two rows take 69 to 73 of 103 GFLOP/s with steps of A's and B's indices that
 * C2 does not know, 55 to 68 otherwise.
 */
final class VectorStrips {
  private static final VectorSpecies<Float> S = VectorWidth.SPECIES;
  private static final int L = VectorWidth.LANES;
  private static final int PANEL = 2 * L;
  private static final Class<? extends FloatVector> TYPE = FloatVector.zero(S).getClass();

  private VectorStrips() {}

  /** One row, four panels. */
  static void one(
      float[] a,
      int ao,
      float[] b,
      int bo,
      int panelStride,
      int depth,
      float[] from,
      int fo,
      int ldf,
      float[] c,
      int co,
      int ldc) {
    FloatVector zero = FloatVector.zero(S);
    FloatVector p0 = zero;
    FloatVector q0 = zero;
    FloatVector r0 = zero;
    FloatVector s0 = zero;
    FloatVector t0 = zero;
    FloatVector u0 = zero;
    FloatVector v0 = zero;
    FloatVector w0 = zero;
    int o1 = bo + panelStride;
    int o2 = o1 + panelStride;
    int o3 = o2 + panelStride;
    for (int k = 0; k < depth; k++) {
      FloatVector x = TYPE.cast(FloatVector.broadcast(S, a[ao + k]));
      p0 = x.fma(FloatVector.fromArray(S, b, bo + k * PANEL), p0);
      q0 = x.fma(FloatVector.fromArray(S, b, bo + k * PANEL + L), q0);
      r0 = x.fma(FloatVector.fromArray(S, b, o1 + k * PANEL), r0);
      s0 = x.fma(FloatVector.fromArray(S, b, o1 + k * PANEL + L), s0);
      t0 = x.fma(FloatVector.fromArray(S, b, o2 + k * PANEL), t0);
      u0 = x.fma(FloatVector.fromArray(S, b, o2 + k * PANEL + L), u0);
      v0 = x.fma(FloatVector.fromArray(S, b, o3 + k * PANEL), v0);
      w0 = x.fma(FloatVector.fromArray(S, b, o3 + k * PANEL + L), w0);
    }
    p0 = TYPE.cast(p0).add(FloatVector.fromArray(S, from, fo));
    TYPE.cast(p0).intoArray(c, co);
    q0 = TYPE.cast(q0).add(FloatVector.fromArray(S, from, fo + L));
    TYPE.cast(q0).intoArray(c, co + L);
    r0 = TYPE.cast(r0).add(FloatVector.fromArray(S, from, fo + 2 * L));
    TYPE.cast(r0).intoArray(c, co + 2 * L);
    s0 = TYPE.cast(s0).add(FloatVector.fromArray(S, from, fo + 3 * L));
    TYPE.cast(s0).intoArray(c, co + 3 * L);
    t0 = TYPE.cast(t0).add(FloatVector.fromArray(S, from, fo + 4 * L));
    TYPE.cast(t0).intoArray(c, co + 4 * L);
    u0 = TYPE.cast(u0).add(FloatVector.fromArray(S, from, fo + 5 * L));
    TYPE.cast(u0).intoArray(c, co + 5 * L);
    v0 = TYPE.cast(v0).add(FloatVector.fromArray(S, from, fo + 6 * L));
    TYPE.cast(v0).intoArray(c, co + 6 * L);
    w0 = TYPE.cast(w0).add(FloatVector.fromArray(S, from, fo + 7 * L));
    TYPE.cast(w0).intoArray(c, co + 7 * L);
  }

  /** Two rows, two panels. */
  static void two(
      float[] a,
      int ao,
      int aStep,
      float[] b,
      int bo,
      int bStep,
      int panelStride,
      int depth,
      float[] from,
      int fo,
      int ldf,
      float[] c,
      int co,
      int ldc) {
    FloatVector zero = FloatVector.zero(S);
    FloatVector p0 = zero;
    FloatVector q0 = zero;
    FloatVector r0 = zero;
    FloatVector s0 = zero;
    FloatVector p1 = zero;
    FloatVector q1 = zero;
    FloatVector r1 = zero;
    FloatVector s1 = zero;
    int i = ao;
    int j = bo;
    int l = bo + panelStride;
    for (int k = 0; k < depth; k++) {
      FloatVector bk = TYPE.cast(FloatVector.fromArray(S, b, j));
      FloatVector ck = TYPE.cast(FloatVector.fromArray(S, b, j + L));
      FloatVector dk = TYPE.cast(FloatVector.fromArray(S, b, l));
      FloatVector ek = TYPE.cast(FloatVector.fromArray(S, b, l + L));
      FloatVector x = FloatVector.broadcast(S, a[i]);
      p0 = bk.fma(x, p0);
      q0 = ck.fma(x, q0);
      r0 = dk.fma(x, r0);
      s0 = ek.fma(x, s0);
      x = FloatVector.broadcast(S, a[i + 1]);
      p1 = bk.fma(x, p1);
      q1 = ck.fma(x, q1);
      r1 = dk.fma(x, r1);
      s1 = ek.fma(x, s1);
      i += aStep;
      j += bStep;
      l += bStep;
    }
    p0 = TYPE.cast(p0).add(FloatVector.fromArray(S, from, fo));
    TYPE.cast(p0).intoArray(c, co);
    q0 = TYPE.cast(q0).add(FloatVector.fromArray(S, from, fo + L));
    TYPE.cast(q0).intoArray(c, co + L);
    r0 = TYPE.cast(r0).add(FloatVector.fromArray(S, from, fo + 2 * L));
    TYPE.cast(r0).intoArray(c, co + 2 * L);
    s0 = TYPE.cast(s0).add(FloatVector.fromArray(S, from, fo + 3 * L));
    TYPE.cast(s0).intoArray(c, co + 3 * L);
    p1 = TYPE.cast(p1).add(FloatVector.fromArray(S, from, fo + ldf));
    TYPE.cast(p1).intoArray(c, co + ldc);
    q1 = TYPE.cast(q1).add(FloatVector.fromArray(S, from, fo + ldf + L));
    TYPE.cast(q1).intoArray(c, co + ldc + L);
    r1 = TYPE.cast(r1).add(FloatVector.fromArray(S, from, fo + ldf + 2 * L));
    TYPE.cast(r1).intoArray(c, co + ldc + 2 * L);
    s1 = TYPE.cast(s1).add(FloatVector.fromArray(S, from, fo + ldf + 3 * L));
    TYPE.cast(s1).intoArray(c, co + ldc + 3 * L);
  }
}
