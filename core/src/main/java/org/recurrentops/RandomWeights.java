package org.recurrentops;

import org.recurrentops.ParameterSlice.Kind;

/**
 * Random numbers for one slice, the same on every machine: Philox, a stream per slice. Matrices are
 * row-major.
 */
final class RandomWeights {
  private static final int KIND_UNIFORM = 0x1417;
  private static final int KIND_NORMAL = 0x1418;

  private final long seed;
  private final ParameterSlice slice;
  private final int stream;

  RandomWeights(long seed, ParameterSlice slice) {
    this.seed = seed;
    this.slice = slice;
    stream = (slice.layer() * 2 + slice.direction()) * 16 + slice.kind().ordinal();
  }

  static boolean isMatrix(ParameterSlice s) {
    return s.shape().rank() == 2;
  }

  static boolean isBias(ParameterSlice s) {
    return s.kind() == Kind.BIAS_IH || s.kind() == Kind.BIAS_HH;
  }

  static boolean isNorm(ParameterSlice s) {
    return s.kind().ordinal() >= Kind.LN_GAMMA_IH.ordinal();
  }

  /** Gains 1 and what is added 0: normalised values as they are. */
  void plainNorm(float[] values, int offset) {
    float value = slice.kind() == Kind.LN_BETA_C ? 0 : 1;
    java.util.Arrays.fill(values, offset, offset + (int) slice.elements(), value);
  }

  /** All elements uniform in ±bound, but for {@link #plainNorm}. */
  void uniformOrPlain(double bound, float[] values, int offset) {
    if (isNorm(slice)) {
      plainNorm(values, offset);
    } else {
      uniform(bound, values, offset);
    }
  }

  /** All elements uniform in ±bound. */
  void uniform(double bound, float[] values, int offset) {
    float b = (float) bound;
    for (int i = 0; i < slice.elements(); i++) {
      values[offset + i] = b * (2 * Philox.uniform(word(KIND_UNIFORM, i)) - 1);
    }
  }

  private int word(int kind, int i) {
    return Philox.word(seed, i >>> 2, stream, 0, kind, i & 3);
  }

  /** A matrix of normal numbers, by Box and Muller 1958. */
  private double[][] normal(int rows, int columns, int first) {
    double[][] m = new double[rows][columns];
    for (int i = 0; i < rows * columns; i++) {
      int at = 2 * (first + i);
      double radius = Math.sqrt(-2 * Math.log(1 - (double) Philox.uniform(word(KIND_NORMAL, at))));
      double angle = 2 * Math.PI * Philox.uniform(word(KIND_NORMAL, at + 1));
      m[i / columns][i % columns] = radius * Math.cos(angle);
    }
    return m;
  }

  /**
   * Fills blocks of rows with matrices that have orthonormal rows, or orthonormal columns where a
   * block has more rows than columns (Saxe, McClelland and Ganguli 2014).
   *
   * @param blocks how many blocks of equal height the slice has
   */
  void orthogonal(int blocks, float[] values, int offset) {
    int rows = (int) slice.shape().dim(0) / blocks;
    int columns = (int) slice.shape().dim(1);
    boolean tall = rows > columns;
    for (int b = 0; b < blocks; b++) {
      int size = rows * columns;
      double[][] q = tall ? normal(columns, rows, b * size) : normal(rows, columns, b * size);
      orthonormalise(q);
      for (int r = 0; r < rows; r++) {
        for (int c = 0; c < columns; c++) {
          values[offset + b * size + r * columns + c] = (float) (tall ? q[c][r] : q[r][c]);
        }
      }
    }
  }

  /** Gram and Schmidt, twice per row, which is as good as exact. */
  private static void orthonormalise(double[][] q) {
    for (int i = 0; i < q.length; i++) {
      for (int pass = 0; pass < 2; pass++) {
        for (int k = 0; k < i; k++) {
          addScaled(q[i], -dot(q[i], q[k]), q[k]);
        }
      }
      double norm = Math.sqrt(dot(q[i], q[i]));
      for (int j = 0; j < q[i].length; j++) {
        q[i][j] /= norm;
      }
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      sum += a[j] * b[j];
    }
    return sum;
  }

  private static void addScaled(double[] a, double factor, double[] b) {
    for (int j = 0; j < a.length; j++) {
      a[j] += factor * b[j];
    }
  }
}
