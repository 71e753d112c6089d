package org.recurrentops.cpu;

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
  private final UnitColumns columns;
  private float[] initial;
  private int initialOffset;

  private Product(
      Gemm gemm,
      Slab operand,
      int operandColumn,
      PackedMatrix weight,
      Slab target,
      int targetColumn,
      boolean accumulate,
      int groups) {
    this.gemm = gemm;
    this.operand = operand;
    this.operandColumn = operandColumn;
    this.weight = weight;
    this.target = target;
    this.targetColumn = targetColumn;
    this.accumulate = accumulate;
    this.columns = new UnitColumns(weight.columns(), groups, gemm.columnGranularity());
  }

  /** target = operand · weight. */
  static Product of(Gemm gemm, Slab operand, int column, PackedMatrix weight, Slab target) {
    return new Product(gemm, operand, column, weight, target, 0, false, 0);
  }

  /** Columns of target = operand · weight. */
  static Product into(Gemm gemm, Slab operand, PackedMatrix weight, Slab target, int targetColumn) {
    return new Product(gemm, operand, 0, weight, target, targetColumn, false, 0);
  }

  /** Columns of target += columns of operand · weight. */
  static Product adding(
      Gemm gemm, Slab operand, int column, PackedMatrix weight, Slab target, int targetColumn) {
    return new Product(gemm, operand, column, weight, target, targetColumn, true, 0);
  }

  /** target = bias + operand · weight. */
  static Product biased(
      Gemm gemm, Slab operand, PackedMatrix weight, Slab target, float[] bias, int biasOffset) {
    Product p = new Product(gemm, operand, 0, weight, target, 0, true, 0);
    p.initial = bias;
    p.initialOffset = biasOffset;
    return p;
  }

  /**
   * The same, but a worker's share is all columns of its units: those of the same units in each of
   * some groups of columns, such as gates.
   */
  Product byUnits(int groups) {
    Product p =
        new Product(gemm, operand, operandColumn, weight, target, targetColumn, accumulate, groups);
    p.initial = initial;
    p.initialOffset = initialOffset;
    return p;
  }

  @Override
  public boolean writesOwnUnits() {
    return columns.groups() > 0;
  }

  @Override
  public Phase phase() {
    return Phase.RECURRENT_PRODUCTS;
  }

  @Override
  public void run(Worker w, int t) {
    int rows = w.rowCount();
    int ranges = columns.ranges(w);
    int left = columns.left(w, ranges);
    int right = columns.right(w, ranges);
    if (rows == 0 || left >= right) {
      return;
    }
    int first = w.row(0);
    if (w.row(rows - 1) - first == rows - 1) {
      int to = target.at(t, first) + targetColumn;
      for (int r = 0; initial != null && r < rows; r++) {
        columns.copy(
            initial, initialOffset, target.data, to + r * target.width, ranges, left, right);
      }
      multiply(
          w,
          t,
          rows,
          operand.data,
          operand.at(t, first) + operandColumn,
          operand.width,
          target.data,
          to,
          target.width,
          ranges,
          left,
          right);
    } else {
      gathered(w, t, rows, ranges, left, right);
    }
  }

  /** Rows that do not lie beside each other are brought together, so that no other one costs. */
  private void gathered(Worker w, int t, int rows, int ranges, int left, int right) {
    int depth = weight.rows();
    int stride = weight.columns();
    float[] from = w.left(rows * depth);
    float[] to = w.result(rows * stride);
    for (int k = 0; k < rows; k++) {
      int n = w.row(k);
      System.arraycopy(operand.data, operand.at(t, n) + operandColumn, from, k * depth, depth);
      if (initial != null) {
        columns.copy(initial, initialOffset, to, k * stride, ranges, left, right);
      } else if (accumulate) {
        int at = target.at(t, n) + targetColumn;
        columns.copy(target.data, at, to, k * stride, ranges, left, right);
      }
    }
    multiply(w, t, rows, from, 0, depth, to, 0, stride, ranges, left, right);
    for (int k = 0; k < rows; k++) {
      int at = target.at(t, w.row(k)) + targetColumn;
      columns.copy(to, k * stride, target.data, at, ranges, left, right);
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
      int ranges,
      int left,
      int right) {
    int piece = pieceColumns(rows, right - left, ranges);
    int perRange = (right - left + piece - 1) / piece;
    int together = perRange == 1 ? ranges : 1;
    int pieces = perRange == 1 ? 1 : ranges * perRange;
    int width = columns.width(ranges);
    for (int i = 0; i < pieces; i++) {
      int k = (t & 1) == 0 ? i : pieces - 1 - i;
      int range = k / perRange * width;
      int first = range + left + k % perRange * piece;
      gemm.gemmPackedGroups(
          together,
          rows,
          weight.columns(),
          weight.rows(),
          from,
          fromAt,
          fromStride,
          weight.data(),
          weight.offset(w),
          first,
          Math.min(range + right, first + piece),
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
  private int pieceColumns(int rows, int columns, int ranges) {
    long column = (long) Float.BYTES * weight.rows();
    if (rows > STREAMING_ROWS || column * columns * ranges <= CACHED) {
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
    int ranges = columns.ranges(w);
    int left = columns.left(w, ranges);
    int right = columns.right(w, ranges);
    for (int k = 0; k < w.rowCount() && left < right; k++) {
      int to = target.at(t, w.row(k)) + targetColumn;
      if (initial != null) {
        columns.copy(initial, initialOffset, target.data, to, ranges, left, right);
      } else if (!accumulate) {
        columns.clear(target.data, to, ranges, left, right);
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
