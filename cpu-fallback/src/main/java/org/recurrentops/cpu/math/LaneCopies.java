package org.recurrentops.cpu.math;

import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.XOR;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Transposes blocks of 16 by 16 floats: for each distance d of 8, 4, 2 and 1, vectors d apart swap
 * the elements that are d apart (Eklundh, A fast computer method for matrix transposing, 1972). Two
 * passes of two distances each, because C2 compiles no larger loop well; between them the blocks
 * lie in a scratch. An element takes a fifth of what it takes alone, see {@link Transpose}.
 */
final class LaneCopies {
  /** Rows and columns of a block. */
  static final int BLOCK = 16;

  /** Blocks that are transposed at a time. */
  static final int BLOCKS = 4;

  private static final VectorSpecies<Float> S = VectorWidth.SPECIES;
  private static final VectorSpecies<Integer> I = FloatVector.zero(S).reinterpretAsInts().species();
  private static final Class<? extends FloatVector> FLOATS = FloatVector.zero(S).getClass();
  private static final Class<? extends IntVector> INTS = IntVector.zero(I).getClass();

  private static final VectorShuffle<Integer> BY_8 = VectorShuffle.fromOp(I, k -> k ^ 8);
  private static final VectorShuffle<Integer> BY_4 = VectorShuffle.fromOp(I, k -> k ^ 4);
  private static final VectorShuffle<Integer> BY_2 = VectorShuffle.fromOp(I, k -> k ^ 2);
  private static final VectorShuffle<Integer> BY_1 = VectorShuffle.fromOp(I, k -> k ^ 1);
  private static final IntVector UPPER_8 = upper(8);
  private static final IntVector UPPER_4 = upper(4);
  private static final IntVector UPPER_2 = upper(2);
  private static final IntVector UPPER_1 = upper(1);

  private LaneCopies() {}

  /** All bits of the elements whose number has this one. */
  private static IntVector upper(int distance) {
    int[] bits = new int[I.length()];
    for (int k = 0; k < bits.length; k++) {
      bits[k] = (k & distance) == 0 ? 0 : -1;
    }
    return IntVector.fromArray(I, bits, 0);
  }

  /**
   * Transposes blocks.
   *
   * @param blocks at most {@link #BLOCKS}
   * @param source holds them
   * @param from first element of the first one
   * @param ld elements between their rows
   * @param step elements from block to block
   * @param target gets them
   * @param to first element of the first one
   * @param targetLd elements between their rows
   * @param targetStep elements from block to block
   * @param scratch BLOCKS·BLOCK² floats
   */
  static void transpose(
      int blocks,
      float[] source,
      int from,
      int ld,
      int step,
      float[] target,
      int to,
      int targetLd,
      int targetStep,
      float[] scratch) {
    far(4 * blocks, source, from, ld, step, scratch);
    near(4 * blocks, scratch, target, to, targetLd, targetStep);
  }

  private static void far(int count, float[] source, int from, int ld, int step, float[] scratch) {
    for (int i = 0; i < count; i++) {
      int at = from + (i >> 2) * step + (i & 3) * ld;
      int to = (i >> 2) * BLOCK * BLOCK + (i & 3) * BLOCK;
      IntVector a =
          INTS.cast(FLOATS.cast(FloatVector.fromArray(S, source, at)).reinterpretAsInts());
      IntVector b =
          INTS.cast(FLOATS.cast(FloatVector.fromArray(S, source, at + 4 * ld)).reinterpretAsInts());
      IntVector c =
          INTS.cast(FLOATS.cast(FloatVector.fromArray(S, source, at + 8 * ld)).reinterpretAsInts());
      IntVector d =
          INTS.cast(
              FLOATS.cast(FloatVector.fromArray(S, source, at + 12 * ld)).reinterpretAsInts());
      IntVector a8 = INTS.cast(a.rearrange(BY_8));
      IntVector c8 = INTS.cast(c.rearrange(BY_8));
      IntVector e = INTS.cast(a.lanewise(XOR, UPPER_8.lanewise(AND, a.lanewise(XOR, c8))));
      IntVector g = INTS.cast(a8.lanewise(XOR, UPPER_8.lanewise(AND, a8.lanewise(XOR, c))));
      IntVector b8 = INTS.cast(b.rearrange(BY_8));
      IntVector d8 = INTS.cast(d.rearrange(BY_8));
      IntVector f = INTS.cast(b.lanewise(XOR, UPPER_8.lanewise(AND, b.lanewise(XOR, d8))));
      IntVector h = INTS.cast(b8.lanewise(XOR, UPPER_8.lanewise(AND, b8.lanewise(XOR, d))));
      IntVector e4 = INTS.cast(e.rearrange(BY_4));
      IntVector f4 = INTS.cast(f.rearrange(BY_4));
      IntVector p = INTS.cast(e.lanewise(XOR, UPPER_4.lanewise(AND, e.lanewise(XOR, f4))));
      IntVector q = INTS.cast(e4.lanewise(XOR, UPPER_4.lanewise(AND, e4.lanewise(XOR, f))));
      IntVector g4 = INTS.cast(g.rearrange(BY_4));
      IntVector h4 = INTS.cast(h.rearrange(BY_4));
      IntVector r = INTS.cast(g.lanewise(XOR, UPPER_4.lanewise(AND, g.lanewise(XOR, h4))));
      IntVector s = INTS.cast(g4.lanewise(XOR, UPPER_4.lanewise(AND, g4.lanewise(XOR, h))));
      FLOATS.cast(p.reinterpretAsFloats()).intoArray(scratch, to);
      FLOATS.cast(q.reinterpretAsFloats()).intoArray(scratch, to + 4 * BLOCK);
      FLOATS.cast(r.reinterpretAsFloats()).intoArray(scratch, to + 8 * BLOCK);
      FLOATS.cast(s.reinterpretAsFloats()).intoArray(scratch, to + 12 * BLOCK);
    }
  }

  private static void near(
      int count, float[] scratch, float[] target, int first, int ld, int step) {
    for (int i = 0; i < count; i++) {
      int at = i * 4 * BLOCK;
      int to = first + (i >> 2) * step + (i & 3) * 4 * ld;
      IntVector a =
          INTS.cast(FLOATS.cast(FloatVector.fromArray(S, scratch, at)).reinterpretAsInts());
      IntVector b =
          INTS.cast(FLOATS.cast(FloatVector.fromArray(S, scratch, at + BLOCK)).reinterpretAsInts());
      IntVector c =
          INTS.cast(
              FLOATS.cast(FloatVector.fromArray(S, scratch, at + 2 * BLOCK)).reinterpretAsInts());
      IntVector d =
          INTS.cast(
              FLOATS.cast(FloatVector.fromArray(S, scratch, at + 3 * BLOCK)).reinterpretAsInts());
      IntVector a2 = INTS.cast(a.rearrange(BY_2));
      IntVector c2 = INTS.cast(c.rearrange(BY_2));
      IntVector e = INTS.cast(a.lanewise(XOR, UPPER_2.lanewise(AND, a.lanewise(XOR, c2))));
      IntVector g = INTS.cast(a2.lanewise(XOR, UPPER_2.lanewise(AND, a2.lanewise(XOR, c))));
      IntVector b2 = INTS.cast(b.rearrange(BY_2));
      IntVector d2 = INTS.cast(d.rearrange(BY_2));
      IntVector f = INTS.cast(b.lanewise(XOR, UPPER_2.lanewise(AND, b.lanewise(XOR, d2))));
      IntVector h = INTS.cast(b2.lanewise(XOR, UPPER_2.lanewise(AND, b2.lanewise(XOR, d))));
      IntVector e1 = INTS.cast(e.rearrange(BY_1));
      IntVector f1 = INTS.cast(f.rearrange(BY_1));
      IntVector p = INTS.cast(e.lanewise(XOR, UPPER_1.lanewise(AND, e.lanewise(XOR, f1))));
      IntVector q = INTS.cast(e1.lanewise(XOR, UPPER_1.lanewise(AND, e1.lanewise(XOR, f))));
      IntVector g1 = INTS.cast(g.rearrange(BY_1));
      IntVector h1 = INTS.cast(h.rearrange(BY_1));
      IntVector r = INTS.cast(g.lanewise(XOR, UPPER_1.lanewise(AND, g.lanewise(XOR, h1))));
      IntVector s = INTS.cast(g1.lanewise(XOR, UPPER_1.lanewise(AND, g1.lanewise(XOR, h))));
      FLOATS.cast(p.reinterpretAsFloats()).intoArray(target, to);
      FLOATS.cast(q.reinterpretAsFloats()).intoArray(target, to + ld);
      FLOATS.cast(r.reinterpretAsFloats()).intoArray(target, to + 2 * ld);
      FLOATS.cast(s.reinterpretAsFloats()).intoArray(target, to + 3 * ld);
    }
  }
}
