package org.recurrentops.cpu.math;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Register tiles of the product: a few rows of A times one panel (two vectors) of B.
 *
 * <p>{@code a} holds the tile's rows as [depth][rows], {@code b} the panel as [depth][2·lanes] with
 * {@code bStep} elements from one k to the next; depth is even. C[rows, 2·lanes] receives the sums,
 * or has them added.
 *
 * <p>Spelled out, because C2 keeps only named local vectors in registers. It is fickle: sums
 * started at zero, two k per round, steps that are variables rather than constants and one branch
 * at the end were measured to be free of spills on JDK 17 and 25; a helper method for the last part
 * halves the speed.
 */
final class VectorTiles {
  private static final VectorSpecies<Float> S = VectorWidth.SPECIES;
  private static final int L = VectorWidth.LANES;

  private VectorTiles() {}

  /** One row. */
  static void one(
      float[] a,
      int ao,
      float[] b,
      int bo,
      int bStep,
      int depth,
      float[] c,
      int co,
      int ldc,
      boolean add) {
    FloatVector p0 = FloatVector.zero(S);
    FloatVector q0 = FloatVector.zero(S);
    for (int k = 0; k < depth; k += 2) {
      int i0 = ao + k;
      int j0 = bo + k * bStep;
      FloatVector b0 = FloatVector.fromArray(S, b, j0);
      FloatVector c0 = FloatVector.fromArray(S, b, j0 + L);
      FloatVector x0 = FloatVector.broadcast(S, a[i0]);
      p0 = b0.fma(x0, p0);
      q0 = c0.fma(x0, q0);
      int i1 = ao + k + 1;
      int j1 = bo + (k + 1) * bStep;
      FloatVector b1 = FloatVector.fromArray(S, b, j1);
      FloatVector c1 = FloatVector.fromArray(S, b, j1 + L);
      FloatVector x1 = FloatVector.broadcast(S, a[i1]);
      p0 = b1.fma(x1, p0);
      q0 = c1.fma(x1, q0);
    }
    if (add) {
      FloatVector.fromArray(S, c, co).add(p0).intoArray(c, co);
      FloatVector.fromArray(S, c, co + L).add(q0).intoArray(c, co + L);
    } else {
      p0.intoArray(c, co);
      q0.intoArray(c, co + L);
    }
  }

  /** Two rows. */
  static void two(
      float[] a,
      int ao,
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
    for (int k = 0; k < depth; k += 2) {
      int i0 = ao + k * 2;
      int j0 = bo + k * bStep;
      FloatVector b0 = FloatVector.fromArray(S, b, j0);
      FloatVector c0 = FloatVector.fromArray(S, b, j0 + L);
      x = FloatVector.broadcast(S, a[i0]);
      p0 = b0.fma(x, p0);
      q0 = c0.fma(x, q0);
      x = FloatVector.broadcast(S, a[i0 + 1]);
      p1 = b0.fma(x, p1);
      q1 = c0.fma(x, q1);
      int i1 = ao + (k + 1) * 2;
      int j1 = bo + (k + 1) * bStep;
      FloatVector b1 = FloatVector.fromArray(S, b, j1);
      FloatVector c1 = FloatVector.fromArray(S, b, j1 + L);
      x = FloatVector.broadcast(S, a[i1]);
      p0 = b1.fma(x, p0);
      q0 = c1.fma(x, q0);
      x = FloatVector.broadcast(S, a[i1 + 1]);
      p1 = b1.fma(x, p1);
      q1 = c1.fma(x, q1);
    }
    if (add) {
      FloatVector.fromArray(S, c, co).add(p0).intoArray(c, co);
      FloatVector.fromArray(S, c, co + L).add(q0).intoArray(c, co + L);
      FloatVector.fromArray(S, c, co + ldc).add(p1).intoArray(c, co + ldc);
      FloatVector.fromArray(S, c, co + ldc + L).add(q1).intoArray(c, co + ldc + L);
    } else {
      p0.intoArray(c, co);
      q0.intoArray(c, co + L);
      p1.intoArray(c, co + ldc);
      q1.intoArray(c, co + ldc + L);
    }
  }

  /** Three rows. */
  static void three(
      float[] a,
      int ao,
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
    for (int k = 0; k < depth; k += 2) {
      int i0 = ao + k * 3;
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
      int i1 = ao + (k + 1) * 3;
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
    }
    if (add) {
      FloatVector.fromArray(S, c, co).add(p0).intoArray(c, co);
      FloatVector.fromArray(S, c, co + L).add(q0).intoArray(c, co + L);
      FloatVector.fromArray(S, c, co + ldc).add(p1).intoArray(c, co + ldc);
      FloatVector.fromArray(S, c, co + ldc + L).add(q1).intoArray(c, co + ldc + L);
      FloatVector.fromArray(S, c, co + 2 * ldc).add(p2).intoArray(c, co + 2 * ldc);
      FloatVector.fromArray(S, c, co + 2 * ldc + L).add(q2).intoArray(c, co + 2 * ldc + L);
    } else {
      p0.intoArray(c, co);
      q0.intoArray(c, co + L);
      p1.intoArray(c, co + ldc);
      q1.intoArray(c, co + ldc + L);
      p2.intoArray(c, co + 2 * ldc);
      q2.intoArray(c, co + 2 * ldc + L);
    }
  }

  /** Four rows. */
  static void four(
      float[] a,
      int ao,
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
    for (int k = 0; k < depth; k += 2) {
      int i0 = ao + k * 4;
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
      int i1 = ao + (k + 1) * 4;
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
    } else {
      p0.intoArray(c, co);
      q0.intoArray(c, co + L);
      p1.intoArray(c, co + ldc);
      q1.intoArray(c, co + ldc + L);
      p2.intoArray(c, co + 2 * ldc);
      q2.intoArray(c, co + 2 * ldc + L);
      p3.intoArray(c, co + 3 * ldc);
      q3.intoArray(c, co + 3 * ldc + L);
    }
  }

  /** Five rows. */
  static void five(
      float[] a,
      int ao,
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
    for (int k = 0; k < depth; k += 2) {
      int i0 = ao + k * 5;
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
      int i1 = ao + (k + 1) * 5;
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
    }
  }
}
