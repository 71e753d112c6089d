package org.recurrentops.cpu.math;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Register tiles for one or two rows, as in a matrix-vector product: several panels of B side by
 * side, {@code panelStride} elements apart, so that enough sums are under way to hide the latency
 * of a multiply-add; otherwise as {@link VectorTiles}.
 */
final class VectorStrips {
  private static final VectorSpecies<Float> S = VectorWidth.SPECIES;
  private static final int L = VectorWidth.LANES;

  private VectorStrips() {}

  /** One row, four panels. */
  static void one(
      float[] a,
      int ao,
      float[] b,
      int bo,
      int bStep,
      int panelStride,
      int depth,
      float[] c,
      int co,
      int ldc,
      boolean add) {
    FloatVector p0 = FloatVector.zero(S);
    FloatVector q0 = FloatVector.zero(S);
    FloatVector r0 = FloatVector.zero(S);
    FloatVector s0 = FloatVector.zero(S);
    FloatVector t0 = FloatVector.zero(S);
    FloatVector u0 = FloatVector.zero(S);
    FloatVector v0 = FloatVector.zero(S);
    FloatVector w0 = FloatVector.zero(S);
    for (int k = 0; k < depth; k += 1) {
      int i0 = ao + k;
      int j0 = bo + k * bStep;
      FloatVector x = FloatVector.broadcast(S, a[i0]);
      p0 = x.fma(FloatVector.fromArray(S, b, j0), p0);
      q0 = x.fma(FloatVector.fromArray(S, b, j0 + L), q0);
      r0 = x.fma(FloatVector.fromArray(S, b, j0 + panelStride), r0);
      s0 = x.fma(FloatVector.fromArray(S, b, j0 + panelStride + L), s0);
      t0 = x.fma(FloatVector.fromArray(S, b, j0 + 2 * panelStride), t0);
      u0 = x.fma(FloatVector.fromArray(S, b, j0 + 2 * panelStride + L), u0);
      v0 = x.fma(FloatVector.fromArray(S, b, j0 + 3 * panelStride), v0);
      w0 = x.fma(FloatVector.fromArray(S, b, j0 + 3 * panelStride + L), w0);
    }
    if (add) {
      FloatVector.fromArray(S, c, co).add(p0).intoArray(c, co);
      FloatVector.fromArray(S, c, co + L).add(q0).intoArray(c, co + L);
      FloatVector.fromArray(S, c, co + 2 * L).add(r0).intoArray(c, co + 2 * L);
      FloatVector.fromArray(S, c, co + 3 * L).add(s0).intoArray(c, co + 3 * L);
      FloatVector.fromArray(S, c, co + 4 * L).add(t0).intoArray(c, co + 4 * L);
      FloatVector.fromArray(S, c, co + 5 * L).add(u0).intoArray(c, co + 5 * L);
      FloatVector.fromArray(S, c, co + 6 * L).add(v0).intoArray(c, co + 6 * L);
      FloatVector.fromArray(S, c, co + 7 * L).add(w0).intoArray(c, co + 7 * L);
    } else {
      p0.intoArray(c, co);
      q0.intoArray(c, co + L);
      r0.intoArray(c, co + 2 * L);
      s0.intoArray(c, co + 3 * L);
      t0.intoArray(c, co + 4 * L);
      u0.intoArray(c, co + 5 * L);
      v0.intoArray(c, co + 6 * L);
      w0.intoArray(c, co + 7 * L);
    }
  }

  /** Two rows, two panels. */
  static void two(
      float[] a,
      int ao,
      float[] b,
      int bo,
      int bStep,
      int panelStride,
      int depth,
      float[] c,
      int co,
      int ldc,
      boolean add) {
    FloatVector x;
    FloatVector p0 = FloatVector.zero(S);
    FloatVector q0 = FloatVector.zero(S);
    FloatVector r0 = FloatVector.zero(S);
    FloatVector s0 = FloatVector.zero(S);
    FloatVector p1 = FloatVector.zero(S);
    FloatVector q1 = FloatVector.zero(S);
    FloatVector r1 = FloatVector.zero(S);
    FloatVector s1 = FloatVector.zero(S);
    for (int k = 0; k < depth; k += 2) {
      int i0 = ao + k * 2;
      int j0 = bo + k * bStep;
      FloatVector b0 = FloatVector.fromArray(S, b, j0);
      FloatVector c0 = FloatVector.fromArray(S, b, j0 + L);
      FloatVector d0 = FloatVector.fromArray(S, b, j0 + panelStride);
      FloatVector e0 = FloatVector.fromArray(S, b, j0 + panelStride + L);
      x = FloatVector.broadcast(S, a[i0]);
      p0 = b0.fma(x, p0);
      q0 = c0.fma(x, q0);
      r0 = d0.fma(x, r0);
      s0 = e0.fma(x, s0);
      x = FloatVector.broadcast(S, a[i0 + 1]);
      p1 = b0.fma(x, p1);
      q1 = c0.fma(x, q1);
      r1 = d0.fma(x, r1);
      s1 = e0.fma(x, s1);
      int i1 = ao + (k + 1) * 2;
      int j1 = bo + (k + 1) * bStep;
      FloatVector b1 = FloatVector.fromArray(S, b, j1);
      FloatVector c1 = FloatVector.fromArray(S, b, j1 + L);
      FloatVector d1 = FloatVector.fromArray(S, b, j1 + panelStride);
      FloatVector e1 = FloatVector.fromArray(S, b, j1 + panelStride + L);
      x = FloatVector.broadcast(S, a[i1]);
      p0 = b1.fma(x, p0);
      q0 = c1.fma(x, q0);
      r0 = d1.fma(x, r0);
      s0 = e1.fma(x, s0);
      x = FloatVector.broadcast(S, a[i1 + 1]);
      p1 = b1.fma(x, p1);
      q1 = c1.fma(x, q1);
      r1 = d1.fma(x, r1);
      s1 = e1.fma(x, s1);
    }
    if (add) {
      FloatVector.fromArray(S, c, co).add(p0).intoArray(c, co);
      FloatVector.fromArray(S, c, co + L).add(q0).intoArray(c, co + L);
      FloatVector.fromArray(S, c, co + 2 * L).add(r0).intoArray(c, co + 2 * L);
      FloatVector.fromArray(S, c, co + 3 * L).add(s0).intoArray(c, co + 3 * L);
      FloatVector.fromArray(S, c, co + ldc).add(p1).intoArray(c, co + ldc);
      FloatVector.fromArray(S, c, co + ldc + L).add(q1).intoArray(c, co + ldc + L);
      FloatVector.fromArray(S, c, co + ldc + 2 * L).add(r1).intoArray(c, co + ldc + 2 * L);
      FloatVector.fromArray(S, c, co + ldc + 3 * L).add(s1).intoArray(c, co + ldc + 3 * L);
    } else {
      p0.intoArray(c, co);
      q0.intoArray(c, co + L);
      r0.intoArray(c, co + 2 * L);
      s0.intoArray(c, co + 3 * L);
      p1.intoArray(c, co + ldc);
      q1.intoArray(c, co + ldc + L);
      r1.intoArray(c, co + ldc + 2 * L);
      s1.intoArray(c, co + ldc + 3 * L);
    }
  }
}
