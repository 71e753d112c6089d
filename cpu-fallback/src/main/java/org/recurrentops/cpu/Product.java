package org.recurrentops.cpu;

import java.util.Arrays;
import org.recurrentops.cpu.math.Gemm;

/** A stage that multiplies one operand with a packed weight slice. */
final class Product implements Stage {
  /** Rows up to which a product is bound by reading its weight. */
  private static final int STREAMING_ROWS = 4;

  /** Bytes of a core's own cache. */
  private static final int CACHED = 1 << 19;

  /** Bytes of the weight that are multiplied at a time where it does not fit there. */
  private static final int PIECE = 1 << 17;

  private final Gemm gemm;
  private final Slab operand;
  private final int operandColumn;
  private final PackedMatrix weight;
  private final Slab target;
  private final int targetColumn;
  private final boolean accumulate;
  private float[] initial;
  private int initialOffset;

  private Product(
      Gemm gemm,
      Slab operand,
      int operandColumn,
      PackedMatrix weight,
      Slab target,
      int targetColumn,
      boolean accumulate) {
    this.gemm = gemm;
    this.operand = operand;
    this.operandColumn = operandColumn;
    this.weight = weight;
    this.target = target;
    this.targetColumn = targetColumn;
    this.accumulate = accumulate;
  }

  /** target = operand · weight. */
  static Product of(Gemm gemm, Slab operand, int column, PackedMatrix weight, Slab target) {
    return new Product(gemm, operand, column, weight, target, 0, false);
  }

  /** Columns of target = operand · weight. */
  static Product into(Gemm gemm, Slab operand, PackedMatrix weight, Slab target, int targetColumn) {
    return new Product(gemm, operand, 0, weight, target, targetColumn, false);
  }

  /** Columns of target += columns of operand · weight. */
  static Product adding(
      Gemm gemm, Slab operand, int column, PackedMatrix weight, Slab target, int targetColumn) {
    return new Product(gemm, operand, column, weight, target, targetColumn, true);
  }

  /** target = bias + operand · weight. */
  static Product biased(
      Gemm gemm, Slab operand, PackedMatrix weight, Slab target, float[] bias, int biasOffset) {
    Product p = new Product(gemm, operand, 0, weight, target, 0, true);
    p.initial = bias;
    p.initialOffset = biasOffset;
    return p;
  }

  @Override
  public void run(Worker w, int t) {
    int rows = w.rowCount();
    int unit = gemm.columnGranularity();
    int left = w.columnFrom(weight.columns(), unit);
    int right = w.columnTo(weight.columns(), unit);
    if (rows == 0 || left >= right) {
      return;
    }
    int first = w.row(0);
    if (w.row(rows - 1) - first == rows - 1) {
      int to = target.at(t, first) + targetColumn;
      for (int r = 0; initial != null && r < rows; r++) {
        System.arraycopy(
            initial, initialOffset + left, target.data, to + r * target.width + left, right - left);
      }
      int from = operand.at(t, first) + operandColumn;
      multiply(
          w,
          t,
          rows,
          operand.data,
          from,
          operand.width,
          target.data,
          to,
          target.width,
          left,
          right);
    } else {
      gathered(w, t, rows, left, right);
    }
  }

  /** Rows that do not lie beside each other are brought together, so that no other one costs. */
  private void gathered(Worker w, int t, int rows, int left, int right) {
    int depth = weight.rows();
    int columns = weight.columns();
    float[] from = w.left(rows * depth);
    float[] to = w.result(rows * columns);
    for (int k = 0; k < rows; k++) {
      int n = w.row(k);
      System.arraycopy(operand.data, operand.at(t, n) + operandColumn, from, k * depth, depth);
      if (initial != null) {
        System.arraycopy(initial, initialOffset + left, to, k * columns + left, right - left);
      } else if (accumulate) {
        int at = target.at(t, n) + targetColumn + left;
        System.arraycopy(target.data, at, to, k * columns + left, right - left);
      }
    }
    multiply(w, t, rows, from, 0, depth, to, 0, columns, left, right);
    for (int k = 0; k < rows; k++) {
      int at = target.at(t, w.row(k)) + targetColumn + left;
      System.arraycopy(to, k * columns + left, target.data, at, right - left);
    }
  }

  private void multiply(
      Worker w,
      int t,
      int rows,
      float[] from,
      int fromAt,
      int fromStride,
      float[] to,
      int toAt,
      int toStride,
      int left,
      int right) {
    int piece = pieceColumns(rows, right - left);
    int pieces = (right - left + piece - 1) / piece;
    for (int i = 0; i < pieces; i++) {
      int first = left + piece * ((t & 1) == 0 ? i : pieces - 1 - i);
      gemm.gemmPacked(
          false,
          rows,
          weight.columns(),
          weight.rows(),
          from,
          fromAt,
          fromStride,
          weight.data(),
          weight.offset(),
          first,
          Math.min(right, first + piece),
          to,
          toAt,
          toStride,
          accumulate,
          w.scratch(gemm));
    }
  }

  /**
   * Columns to multiply at a time. Few rows stream the weight at every step; if it is too large for
   * a core's own cache, steps go through it forth and back, and find there what they read last.
   */
  private int pieceColumns(int rows, int columns) {
    long column = (long) Float.BYTES * weight.rows();
    if (rows > STREAMING_ROWS || column * columns <= CACHED) {
      return columns;
    }
    int unit = 4 * gemm.columnGranularity();
    long fitting = PIECE / column / unit * unit;
    return (int) Math.max(unit, Math.min(columns, fitting));
  }

  /** Zero times the weight is zero, even where the weight is infinite or NaN. */
  @Override
  public void runWithZero(Worker w, int t, Slab zero) {
    if (operand != zero) {
      run(w, t);
      return;
    }
    int unit = gemm.columnGranularity();
    int left = w.columnFrom(weight.columns(), unit);
    int count = w.columnTo(weight.columns(), unit) - left;
    for (int k = 0; k < w.rowCount() && count > 0; k++) {
      int to = target.at(t, w.row(k)) + targetColumn + left;
      if (initial != null) {
        System.arraycopy(initial, initialOffset + left, target.data, to, count);
      } else if (!accumulate) {
        Arrays.fill(target.data, to, to + count, 0f);
      }
    }
  }

  @Override
  public void runWithout(Worker w, int t, Slab unread) {
    if (target != unread) {
      run(w, t);
    }
  }
}
