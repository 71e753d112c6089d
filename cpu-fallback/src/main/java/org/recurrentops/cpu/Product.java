package org.recurrentops.cpu;

import org.recurrentops.cpu.math.Gemm;

/** A stage that multiplies one operand with a packed weight slice. */
final class Product implements Stage {
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
    int from = w.rowFrom();
    int rows = w.rowTo() - from;
    int unit = gemm.columnGranularity();
    int left = w.columnFrom(weight.columns(), unit);
    int right = w.columnTo(weight.columns(), unit);
    if (rows == 0 || left >= right) {
      return;
    }
    int to = target.at(t, from) + targetColumn;
    if (initial != null) {
      for (int r = 0; r < rows; r++) {
        System.arraycopy(
            initial, initialOffset + left, target.data, to + r * target.width + left, right - left);
      }
    }
    gemm.gemmPacked(
        false,
        rows,
        weight.columns(),
        weight.rows(),
        operand.data,
        operand.at(t, from) + operandColumn,
        operand.width,
        weight.data(),
        weight.offset(),
        left,
        right,
        target.data,
        to,
        target.width,
        accumulate,
        w.scratch(gemm));
  }
}
