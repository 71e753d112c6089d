package org.recurrentops.cpu.math;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Register tiles of the product: a few rows of A times one panel (two vectors) of B.
 *
 * <p>{@code a} holds the tile's rows as [depth][rows], {@code b} the panel as [depth][2·lanes];
 * depth is even. C[rows, 2·lanes] receives the sums plus {@code from}[rows, 2·lanes], which may be
 * the same memory.
 *
 * <p>Spelled out, because C2 keeps only named local vectors in registers. It is fickle. B's index
 * is made of k and a constant, so that its bounds are checked once before the loop; that of A grows
 * by a step that C2 does not know, and two k make a round, so that it does not unroll the loop,
 * after which sums are spilled. Measured on 256 bits, five rows: 92 and 88 GFLOP/s of 103 on JDK 17
 * and 25; with both indices constant 80 and 43, with both unknown 60. Tiles of six rows take 15 of
 * 16 registers, and 57 of 103 on JDK 25.
 *
 * <p>The casts tell C2 what it does not know while it parses: vector operations are inlined after
 * that, and until then their results have no class. It takes the class from the type profile
 * instead; where the process has used vectors of other widths there is none, and a store that is
 * not inlined allocates its vector in every call. A method of more than about 52 vector operations
 * passes 18000 nodes, from where on the same happens.
 */
final class VectorTiles {
  private static final VectorSpecies<Float> S = VectorWidth.SPECIES;
  private static final int L = VectorWidth.LANES;
  private static final int PANEL = 2 * L;
  private static final Class<? extends FloatVector> TYPE = FloatVector.zero(S).getClass();

  private VectorTiles() {}

  /** One row. */
  static void one(
      float[] a,
      int ao,
      float[] b,
      int bo,
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
    int i = ao;
    for (int k = 0; k < depth; k += 2) {
      int j = bo + k * PANEL;
      FloatVector x = TYPE.cast(FloatVector.broadcast(S, a[i]));
      p0 = x.fma(FloatVector.fromArray(S, b, j), p0);
      q0 = x.fma(FloatVector.fromArray(S, b, j + L), q0);
      x = TYPE.cast(FloatVector.broadcast(S, a[i + 1]));
      p0 = x.fma(FloatVector.fromArray(S, b, j + PANEL), p0);
      q0 = x.fma(FloatVector.fromArray(S, b, j + PANEL + L), q0);
      i += 2;
    }
    p0 = TYPE.cast(p0).add(FloatVector.fromArray(S, from, fo));
    TYPE.cast(p0).intoArray(c, co);
    q0 = TYPE.cast(q0).add(FloatVector.fromArray(S, from, fo + L));
    TYPE.cast(q0).intoArray(c, co + L);
  }

  /** Two rows. */
  static void two(
      float[] a,
      int ao,
      int aStep,
      float[] b,
      int bo,
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
    FloatVector p1 = zero;
    FloatVector q1 = zero;
    int i = ao;
    for (int k = 0; k < depth; k += 2) {
      int j = bo + k * PANEL;
      FloatVector bk = TYPE.cast(FloatVector.fromArray(S, b, j));
      FloatVector ck = TYPE.cast(FloatVector.fromArray(S, b, j + L));
      FloatVector x = FloatVector.broadcast(S, a[i]);
      p0 = bk.fma(x, p0);
      q0 = ck.fma(x, q0);
      x = FloatVector.broadcast(S, a[i + 1]);
      p1 = bk.fma(x, p1);
      q1 = ck.fma(x, q1);
      i += aStep;
      bk = TYPE.cast(FloatVector.fromArray(S, b, j + PANEL));
      ck = TYPE.cast(FloatVector.fromArray(S, b, j + PANEL + L));
      x = FloatVector.broadcast(S, a[i]);
      p0 = bk.fma(x, p0);
      q0 = ck.fma(x, q0);
      x = FloatVector.broadcast(S, a[i + 1]);
      p1 = bk.fma(x, p1);
      q1 = ck.fma(x, q1);
      i += aStep;
    }
    p0 = TYPE.cast(p0).add(FloatVector.fromArray(S, from, fo));
    TYPE.cast(p0).intoArray(c, co);
    q0 = TYPE.cast(q0).add(FloatVector.fromArray(S, from, fo + L));
    TYPE.cast(q0).intoArray(c, co + L);
    p1 = TYPE.cast(p1).add(FloatVector.fromArray(S, from, fo + ldf));
    TYPE.cast(p1).intoArray(c, co + ldc);
    q1 = TYPE.cast(q1).add(FloatVector.fromArray(S, from, fo + ldf + L));
    TYPE.cast(q1).intoArray(c, co + ldc + L);
  }

  /** Three rows. */
  static void three(
      float[] a,
      int ao,
      int aStep,
      float[] b,
      int bo,
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
    FloatVector p1 = zero;
    FloatVector q1 = zero;
    FloatVector p2 = zero;
    FloatVector q2 = zero;
    int i = ao;
    for (int k = 0; k < depth; k += 2) {
      int j = bo + k * PANEL;
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
      i += aStep;
      bk = TYPE.cast(FloatVector.fromArray(S, b, j + PANEL));
      ck = TYPE.cast(FloatVector.fromArray(S, b, j + PANEL + L));
      x = FloatVector.broadcast(S, a[i]);
      p0 = bk.fma(x, p0);
      q0 = ck.fma(x, q0);
      x = FloatVector.broadcast(S, a[i + 1]);
      p1 = bk.fma(x, p1);
      q1 = ck.fma(x, q1);
      x = FloatVector.broadcast(S, a[i + 2]);
      p2 = bk.fma(x, p2);
      q2 = ck.fma(x, q2);
      i += aStep;
    }
    p0 = TYPE.cast(p0).add(FloatVector.fromArray(S, from, fo));
    TYPE.cast(p0).intoArray(c, co);
    q0 = TYPE.cast(q0).add(FloatVector.fromArray(S, from, fo + L));
    TYPE.cast(q0).intoArray(c, co + L);
    p1 = TYPE.cast(p1).add(FloatVector.fromArray(S, from, fo + ldf));
    TYPE.cast(p1).intoArray(c, co + ldc);
    q1 = TYPE.cast(q1).add(FloatVector.fromArray(S, from, fo + ldf + L));
    TYPE.cast(q1).intoArray(c, co + ldc + L);
    p2 = TYPE.cast(p2).add(FloatVector.fromArray(S, from, fo + 2 * ldf));
    TYPE.cast(p2).intoArray(c, co + 2 * ldc);
    q2 = TYPE.cast(q2).add(FloatVector.fromArray(S, from, fo + 2 * ldf + L));
    TYPE.cast(q2).intoArray(c, co + 2 * ldc + L);
  }

  /** Four rows. */
  static void four(
      float[] a,
      int ao,
      int aStep,
      float[] b,
      int bo,
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
    FloatVector p1 = zero;
    FloatVector q1 = zero;
    FloatVector p2 = zero;
    FloatVector q2 = zero;
    FloatVector p3 = zero;
    FloatVector q3 = zero;
    int i = ao;
    for (int k = 0; k < depth; k += 2) {
      int j = bo + k * PANEL;
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
      i += aStep;
      bk = TYPE.cast(FloatVector.fromArray(S, b, j + PANEL));
      ck = TYPE.cast(FloatVector.fromArray(S, b, j + PANEL + L));
      x = FloatVector.broadcast(S, a[i]);
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
      i += aStep;
    }
    p0 = TYPE.cast(p0).add(FloatVector.fromArray(S, from, fo));
    TYPE.cast(p0).intoArray(c, co);
    q0 = TYPE.cast(q0).add(FloatVector.fromArray(S, from, fo + L));
    TYPE.cast(q0).intoArray(c, co + L);
    p1 = TYPE.cast(p1).add(FloatVector.fromArray(S, from, fo + ldf));
    TYPE.cast(p1).intoArray(c, co + ldc);
    q1 = TYPE.cast(q1).add(FloatVector.fromArray(S, from, fo + ldf + L));
    TYPE.cast(q1).intoArray(c, co + ldc + L);
    p2 = TYPE.cast(p2).add(FloatVector.fromArray(S, from, fo + 2 * ldf));
    TYPE.cast(p2).intoArray(c, co + 2 * ldc);
    q2 = TYPE.cast(q2).add(FloatVector.fromArray(S, from, fo + 2 * ldf + L));
    TYPE.cast(q2).intoArray(c, co + 2 * ldc + L);
    p3 = TYPE.cast(p3).add(FloatVector.fromArray(S, from, fo + 3 * ldf));
    TYPE.cast(p3).intoArray(c, co + 3 * ldc);
    q3 = TYPE.cast(q3).add(FloatVector.fromArray(S, from, fo + 3 * ldf + L));
    TYPE.cast(q3).intoArray(c, co + 3 * ldc + L);
  }

  /** Five rows. */
  static void five(
      float[] a,
      int ao,
      int aStep,
      float[] b,
      int bo,
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
    FloatVector p1 = zero;
    FloatVector q1 = zero;
    FloatVector p2 = zero;
    FloatVector q2 = zero;
    FloatVector p3 = zero;
    FloatVector q3 = zero;
    FloatVector p4 = zero;
    FloatVector q4 = zero;
    int i = ao;
    for (int k = 0; k < depth; k += 2) {
      int j = bo + k * PANEL;
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
      i += aStep;
      bk = TYPE.cast(FloatVector.fromArray(S, b, j + PANEL));
      ck = TYPE.cast(FloatVector.fromArray(S, b, j + PANEL + L));
      x = FloatVector.broadcast(S, a[i]);
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
      i += aStep;
    }
    p0 = TYPE.cast(p0).add(FloatVector.fromArray(S, from, fo));
    TYPE.cast(p0).intoArray(c, co);
    q0 = TYPE.cast(q0).add(FloatVector.fromArray(S, from, fo + L));
    TYPE.cast(q0).intoArray(c, co + L);
    p1 = TYPE.cast(p1).add(FloatVector.fromArray(S, from, fo + ldf));
    TYPE.cast(p1).intoArray(c, co + ldc);
    q1 = TYPE.cast(q1).add(FloatVector.fromArray(S, from, fo + ldf + L));
    TYPE.cast(q1).intoArray(c, co + ldc + L);
    p2 = TYPE.cast(p2).add(FloatVector.fromArray(S, from, fo + 2 * ldf));
    TYPE.cast(p2).intoArray(c, co + 2 * ldc);
    q2 = TYPE.cast(q2).add(FloatVector.fromArray(S, from, fo + 2 * ldf + L));
    TYPE.cast(q2).intoArray(c, co + 2 * ldc + L);
    p3 = TYPE.cast(p3).add(FloatVector.fromArray(S, from, fo + 3 * ldf));
    TYPE.cast(p3).intoArray(c, co + 3 * ldc);
    q3 = TYPE.cast(q3).add(FloatVector.fromArray(S, from, fo + 3 * ldf + L));
    TYPE.cast(q3).intoArray(c, co + 3 * ldc + L);
    p4 = TYPE.cast(p4).add(FloatVector.fromArray(S, from, fo + 4 * ldf));
    TYPE.cast(p4).intoArray(c, co + 4 * ldc);
    q4 = TYPE.cast(q4).add(FloatVector.fromArray(S, from, fo + 4 * ldf + L));
    TYPE.cast(q4).intoArray(c, co + 4 * ldc + L);
  }
}
