package org.recurrentops.cpu.math;

import java.util.Arrays;
import java.util.Random;

/**
 * One product of random sizes, strides, offsets and transposes. All memory outside the matrices,
 * the gaps between rows included, is NaN of one bit pattern, and so is C where it is only written.
 */
final class GemmTrial {
  static final int[] SIZES = {0, 1, 2, 3, 4, 5, 7, 8, 12, 15, 16, 17, 31, 33, 64, 97, 257};
  private static final int GUARD = 0x7fc0beef;

  final long seed;
  final boolean transA;
  final boolean transB;
  final boolean accumulate;
  final int m;
  final int n;
  final int k;
  final Operand a;
  final Operand b;
  final Operand c;

  /** A row-major matrix amid NaN. */
  static final class Operand {
    final int rows;
    final int columns;
    final int offset;
    final int ld;
    final float[] data;

    Operand(Random random, int rows, int columns, boolean filled) {
      this.rows = rows;
      this.columns = columns;
      this.offset = random.nextInt(20);
      this.ld = columns + random.nextInt(4);
      this.data = new float[offset + rows * ld + random.nextInt(20)];
      Arrays.fill(data, Float.intBitsToFloat(GUARD));
      for (int r = 0; filled && r < rows; r++) {
        for (int i = 0; i < columns; i++) {
          data[offset + r * ld + i] = 2 * random.nextFloat() - 1;
        }
      }
    }

    float at(int row, int column) {
      return data[offset + row * ld + column];
    }
  }

  /** Sizes drawn from the list; sometimes a depth beyond one block of the vector form. */
  GemmTrial(long seed, int[] sizes) {
    this(seed, drawn(seed, sizes, 1), drawn(seed, sizes, 2), drawn(seed, sizes, 3));
  }

  private static int drawn(long seed, int[] sizes, int salt) {
    Random random = random(seed * 1_000_003 + salt);
    return salt == 3 && random.nextInt(8) == 0 ? 600 : sizes[random.nextInt(sizes.length)];
  }

  /** Small seeds as they are give the same first numbers: all of 400 trials were transposed. */
  static Random random(long seed) {
    return new Random(seed * 0x9E3779B97F4A7C15L);
  }

  GemmTrial(long seed, int m, int n, int k) {
    this.seed = seed;
    this.m = m;
    this.n = n;
    this.k = k;
    Random random = random(seed);
    transA = random.nextBoolean();
    transB = random.nextBoolean();
    accumulate = random.nextBoolean();
    a = new Operand(random, transA ? k : m, transA ? m : k, true);
    b = new Operand(random, transB ? n : k, transB ? k : n, true);
    c = new Operand(random, m, n, accumulate);
  }

  float[] whole(Gemm gemm, Gemm.Scratch scratch) {
    float[] result = c.data.clone();
    part(gemm, scratch, result, 0, m, 0, n);
    return result;
  }

  /** The unpacked product of a range of rows and columns. */
  void part(
      Gemm gemm, Gemm.Scratch scratch, float[] result, int top, int bottom, int from, int to) {
    int rows = a.offset + (transA ? top : top * a.ld);
    int columns = b.offset + (transB ? from * b.ld : from);
    int corner = c.offset + top * c.ld + from;
    gemm.gemm(
        transA,
        transB,
        bottom - top,
        to - from,
        k,
        a.data,
        rows,
        a.ld,
        b.data,
        columns,
        b.ld,
        result,
        corner,
        c.ld,
        accumulate,
        scratch);
  }

  float[] packed(Gemm gemm, int cut) {
    float[] packed = new float[gemm.packedLength(k, n) + 5];
    Arrays.fill(packed, Float.intBitsToFloat(GUARD));
    gemm.packB(transB, k, n, b.data, b.offset, b.ld, packed, 3, cut, n);
    gemm.packB(transB, k, n, b.data, b.offset, b.ld, packed, 3, 0, cut);
    for (int i = 0; i < packed.length; i++) {
      boolean guard = i < 3 || i >= packed.length - 2;
      if ((Float.floatToRawIntBits(packed[i]) == GUARD) != guard) {
        throw new AssertionError(
            this + ": packing " + (guard ? "wrote outside its memory" : "left a gap") + " at " + i);
      }
    }
    return packed;
  }

  void partPacked(
      Gemm gemm,
      Gemm.Scratch scratch,
      float[] packed,
      float[] result,
      int top,
      int bottom,
      int from,
      int to) {
    int rows = a.offset + (transA ? top : top * a.ld);
    gemm.gemmPacked(
        transA,
        bottom - top,
        n,
        k,
        a.data,
        rows,
        a.ld,
        packed,
        3,
        from,
        to,
        result,
        c.offset + top * c.ld,
        c.ld,
        accumulate,
        scratch);
  }

  /**
   * Rows of the product twice, the second time as if another one's; one of them is added because
   * the call says so, if any is.
   */
  void partOfEach(
      Gemm gemm, Gemm.Scratch scratch, float[] packed, float[][] results, int top, int bottom) {
    PackedProduct[] products = new PackedProduct[results.length];
    for (int i = 0; i < results.length; i++) {
      boolean itself = accumulate && seed % 2 == 0;
      products[i] = new PackedProduct(n, packed, 3, results[i], c.offset, c.ld, itself);
    }
    boolean add = accumulate && seed % 2 != 0;
    int first = a.offset + top;
    gemm.gemmPackedEach(products, add, top, bottom - top, k, a.data, first, a.ld, scratch);
  }

  /** The same columns of each group. */
  void partOfGroups(
      Gemm gemm,
      Gemm.Scratch scratch,
      float[] packed,
      float[] result,
      int groups,
      int from,
      int to) {
    gemm.gemmPackedGroups(
        groups,
        m,
        n,
        k,
        a.data,
        a.offset,
        a.ld,
        packed,
        3,
        from,
        to,
        result,
        c.offset,
        c.ld,
        accumulate,
        scratch);
  }

  /**
   * Biases plus the product, in two ranges of columns.
   *
   * @param biases the row's first element is the second of these
   * @param copied whether biases are copied to C and added to, or what the product begins with
   * @param bands of rows, each every so many of C; only if biases are not copied
   */
  float[] onto(
      Gemm gemm,
      Gemm.Scratch scratch,
      float[] packed,
      float[] biases,
      int cut,
      boolean copied,
      int bands) {
    float[] result = c.data.clone();
    for (int r = 0; r < m; r++) {
      int at = c.offset + r * c.ld;
      Arrays.fill(result, at, at + n, Float.NaN);
      if (copied) {
        System.arraycopy(biases, 1, result, at, n);
      }
    }
    for (int part = 0; part < 2; part++) {
      int from = part == 0 ? 0 : cut;
      int to = part == 0 ? cut : n;
      if (copied) {
        gemm.gemmPacked(
            false, m, n, k, a.data, a.offset, a.ld, packed, 3, from, to, result, c.offset, c.ld,
            true, scratch);
      } else {
        gemm.gemmPackedOnto(
            bands,
            m / bands,
            n,
            k,
            a.data,
            a.offset,
            bands * a.ld,
            a.ld,
            packed,
            3,
            from,
            to,
            biases,
            1,
            result,
            c.offset,
            bands * c.ld,
            c.ld,
            scratch);
      }
    }
    return result;
  }

  /** The product of [A, 1] and [B; biases], whose sums begin at zero. */
  float[] withBiases(Gemm gemm, Gemm.Scratch scratch, float[] biases) {
    float[] longer = new float[m * (k + 1)];
    for (int r = 0; r < m; r++) {
      System.arraycopy(a.data, a.offset + r * a.ld, longer, r * (k + 1), k);
      longer[r * (k + 1) + k] = 1f;
    }
    float[] result = c.data.clone();
    gemm.gemm(
        false,
        false,
        m,
        n,
        k + 1,
        longer,
        0,
        k + 1,
        taller(biases),
        0,
        n,
        result,
        c.offset,
        c.ld,
        false,
        scratch);
    return result;
  }

  /** [B; biases]. */
  private float[] taller(float[] biases) {
    float[] taller = new float[(k + 1) * n];
    for (int p = 0; p < k; p++) {
      for (int j = 0; j < n; j++) {
        taller[p * n + j] = b.data[b.offset + (transB ? j * b.ld + p : p * b.ld + j)];
      }
    }
    System.arraycopy(biases, 1, taller, k * n, n);
    return taller;
  }

  /**
   * The same with an A in two parts, in two ranges of the columns of each group.
   *
   * @param biases the row's first element is the second of these
   * @param firstK columns of the first part
   */
  float[] joined(Gemm gemm, Gemm.Scratch scratch, float[] biases, int groups, int cut, int firstK) {
    float[] packed = new float[2 + gemm.packedLength(k + 1, n)];
    gemm.packB(false, k + 1, n, taller(biases), 0, n, packed, 2, 0, n);
    float[] result = c.data.clone();
    for (int r = 0; r < m; r++) {
      Arrays.fill(result, c.offset + r * c.ld, c.offset + r * c.ld + n, Float.NaN);
    }
    int stride = k - firstK + 3;
    float[] second = new float[2 + m * stride];
    Arrays.fill(second, Float.NaN);
    for (int r = 0; r < m; r++) {
      System.arraycopy(a.data, a.offset + r * a.ld + firstK, second, 2 + r * stride, k - firstK);
    }
    for (int part = 0; part < 2; part++) {
      gemm.gemmPackedJoined(
          groups,
          m,
          n,
          firstK,
          a.data,
          a.offset,
          a.ld,
          k - firstK,
          second,
          2,
          stride,
          packed,
          2,
          part == 0 ? 0 : cut,
          part == 0 ? cut : n / groups,
          result,
          c.offset,
          c.ld,
          scratch);
    }
    return result;
  }

  /** Compares with a float64 loop; rounding may add up to (K + 2) halves of an ulp of Σ|a||b|. */
  void check(String name, float[] result) {
    boolean[] inside = new boolean[result.length];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = accumulate ? c.at(i, j) : 0;
        double scale = Math.abs(sum);
        for (int p = 0; p < k; p++) {
          double product =
              (double) (transA ? a.at(p, i) : a.at(i, p)) * (transB ? b.at(j, p) : b.at(p, j));
          sum += product;
          scale += Math.abs(product);
        }
        int at = c.offset + i * c.ld + j;
        inside[at] = true;
        double error = Math.abs(result[at] - sum);
        if (!(error <= (k + 2) * 0x1p-24 * scale)) {
          throw new AssertionError(
              String.format("%s %s: C[%d,%d] is %s, not %s", name, this, i, j, result[at], sum));
        }
      }
    }
    for (int i = 0; i < result.length; i++) {
      if (!inside[i] && Float.floatToRawIntBits(result[i]) != GUARD) {
        throw new AssertionError(name + " " + this + ": wrote outside C, at element " + i);
      }
    }
  }

  void same(String what, float[] expected, float[] actual) {
    for (int i = 0; i < expected.length; i++) {
      if (Float.floatToRawIntBits(expected[i]) != Float.floatToRawIntBits(actual[i])) {
        throw new AssertionError(
            String.format(
                "%s %s: element %d (row %d) is %s, not %s",
                what, this, i, c.ld == 0 ? 0 : (i - c.offset) / c.ld, actual[i], expected[i]));
      }
    }
  }

  @Override
  public String toString() {
    return String.format(
        "seed %d m%dn%dk%d%s%s%s",
        seed, m, n, k, transA ? " Aᵀ" : "", transB ? " Bᵀ" : "", accumulate ? " +=" : "");
  }
}
