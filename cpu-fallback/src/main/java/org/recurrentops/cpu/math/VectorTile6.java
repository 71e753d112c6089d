package org.recurrentops.cpu.math;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The register tile of six rows and one panel, the largest that 16 vector registers hold; layout as
 * {@link VectorTiles}.
 */
final class VectorTile6 {
  private static final VectorSpecies<Float> S = VectorWidth.SPECIES;
  private static final int L = VectorWidth.LANES;

  private VectorTile6() {}

  /** Six rows; aStep is 6, and slower if C2 knows it. */
  static void multiply(
      float[] a,
      int ao,
      int aStep,
      float[] b,
      int bo,
      int bStep,
      int depth,
      float[] c,
      int co,
      int ldc,
      boolean add) {
    FloatVector x;
    FloatVector p0 = FloatVector.zero(S);
    FloatVector q0 = FloatVector.zero(S);
    FloatVector p1 = FloatVector.zero(S);
    FloatVector q1 = FloatVector.zero(S);
    FloatVector p2 = FloatVector.zero(S);
    FloatVector q2 = FloatVector.zero(S);
    FloatVector p3 = FloatVector.zero(S);
    FloatVector q3 = FloatVector.zero(S);
    FloatVector p4 = FloatVector.zero(S);
    FloatVector q4 = FloatVector.zero(S);
    FloatVector p5 = FloatVector.zero(S);
    FloatVector q5 = FloatVector.zero(S);
    for (int k = 0; k < depth; k += 2) {
      int i0 = ao + k * aStep;
      int j0 = bo + k * bStep;
      FloatVector b0 = FloatVector.fromArray(S, b, j0);
      FloatVector c0 = FloatVector.fromArray(S, b, j0 + L);
      x = FloatVector.broadcast(S, a[i0]);
      p0 = b0.fma(x, p0);
      q0 = c0.fma(x, q0);
      x = FloatVector.broadcast(S, a[i0 + 1]);
      p1 = b0.fma(x, p1);
      q1 = c0.fma(x, q1);
      x = FloatVector.broadcast(S, a[i0 + 2]);
      p2 = b0.fma(x, p2);
      q2 = c0.fma(x, q2);
      x = FloatVector.broadcast(S, a[i0 + 3]);
      p3 = b0.fma(x, p3);
      q3 = c0.fma(x, q3);
      x = FloatVector.broadcast(S, a[i0 + 4]);
      p4 = b0.fma(x, p4);
      q4 = c0.fma(x, q4);
      x = FloatVector.broadcast(S, a[i0 + 5]);
      p5 = b0.fma(x, p5);
      q5 = c0.fma(x, q5);
      int i1 = ao + (k + 1) * aStep;
      int j1 = bo + (k + 1) * bStep;
      FloatVector b1 = FloatVector.fromArray(S, b, j1);
      FloatVector c1 = FloatVector.fromArray(S, b, j1 + L);
      x = FloatVector.broadcast(S, a[i1]);
      p0 = b1.fma(x, p0);
      q0 = c1.fma(x, q0);
      x = FloatVector.broadcast(S, a[i1 + 1]);
      p1 = b1.fma(x, p1);
      q1 = c1.fma(x, q1);
      x = FloatVector.broadcast(S, a[i1 + 2]);
      p2 = b1.fma(x, p2);
      q2 = c1.fma(x, q2);
      x = FloatVector.broadcast(S, a[i1 + 3]);
      p3 = b1.fma(x, p3);
      q3 = c1.fma(x, q3);
      x = FloatVector.broadcast(S, a[i1 + 4]);
      p4 = b1.fma(x, p4);
      q4 = c1.fma(x, q4);
      x = FloatVector.broadcast(S, a[i1 + 5]);
      p5 = b1.fma(x, p5);
      q5 = c1.fma(x, q5);
    }
    if (add) {
      FloatVector.fromArray(S, c, co).add(p0).intoArray(c, co);
      FloatVector.fromArray(S, c, co + L).add(q0).intoArray(c, co + L);
      FloatVector.fromArray(S, c, co + ldc).add(p1).intoArray(c, co + ldc);
      FloatVector.fromArray(S, c, co + ldc + L).add(q1).intoArray(c, co + ldc + L);
      FloatVector.fromArray(S, c, co + 2 * ldc).add(p2).intoArray(c, co + 2 * ldc);
      FloatVector.fromArray(S, c, co + 2 * ldc + L).add(q2).intoArray(c, co + 2 * ldc + L);
      FloatVector.fromArray(S, c, co + 3 * ldc).add(p3).intoArray(c, co + 3 * ldc);
      FloatVector.fromArray(S, c, co + 3 * ldc + L).add(q3).intoArray(c, co + 3 * ldc + L);
      FloatVector.fromArray(S, c, co + 4 * ldc).add(p4).intoArray(c, co + 4 * ldc);
      FloatVector.fromArray(S, c, co + 4 * ldc + L).add(q4).intoArray(c, co + 4 * ldc + L);
      FloatVector.fromArray(S, c, co + 5 * ldc).add(p5).intoArray(c, co + 5 * ldc);
      FloatVector.fromArray(S, c, co + 5 * ldc + L).add(q5).intoArray(c, co + 5 * ldc + L);
    } else {
      p0.intoArray(c, co);
      q0.intoArray(c, co + L);
      p1.intoArray(c, co + ldc);
      q1.intoArray(c, co + ldc + L);
      p2.intoArray(c, co + 2 * ldc);
      q2.intoArray(c, co + 2 * ldc + L);
      p3.intoArray(c, co + 3 * ldc);
      q3.intoArray(c, co + 3 * ldc + L);
      p4.intoArray(c, co + 4 * ldc);
      q4.intoArray(c, co + 4 * ldc + L);
      p5.intoArray(c, co + 5 * ldc);
      q5.intoArray(c, co + 5 * ldc + L);
    }
  }
}
