package org.recurrentops.gpu;

import org.recurrentops.Tensor;

/**
 * Rows of features with two strides: row r lies at {@code (r / inner)·outer + (r % inner)·row}.
 * What every view that core hands over can be said in, whatever its layout.
 *
 * @param at first element
 * @param outer stride of the outer axis (time, for sequences)
 * @param row stride of the inner axis (batch rows)
 * @param inner extent of the inner axis
 * @param count number of rows
 * @param width features of a row
 */
record Rows(Address at, long outer, long row, int inner, long count, int width) {
  /** A tensor of rank 2 [rows,width] or 3 [outer,inner,width]. */
  static Rows of(Tensor t) {
    int width = Math.toIntExact(t.dim(-1));
    if (t.rank() == 2) {
      int rows = Math.toIntExact(t.dim(0));
      return new Rows(Address.of(t), 0, t.stride(0), Math.max(1, rows), rows, width);
    }
    int inner = Math.toIntExact(t.dim(1));
    long count = t.dim(0) * inner;
    return new Rows(Address.of(t), t.stride(0), t.stride(1), Math.max(1, inner), count, width);
  }

  /** Dense rows. */
  static Rows dense(Address at, long outerCount, int inner, int width) {
    long plane = (long) inner * width;
    return new Rows(at, plane, width, Math.max(1, inner), outerCount * inner, width);
  }

  /** The first {@code features} columns from column {@code first} on. */
  Rows columns(int first, int features) {
    return new Rows(at.plus(first), outer, row, inner, count, features);
  }

  /** The rows of some outer indices. */
  Rows steps(int first, int steps) {
    return new Rows(at.plus(first * outer), outer, row, inner, (long) steps * inner, width);
  }

  long outerCount() {
    return count / inner;
  }

  /**
   * The distance of neighbouring rows if it is the same for all and fits a matrix product.
   *
   * @return the leading dimension, or −1
   */
  int leadingDimension() {
    long ld;
    if (count <= 1) {
      ld = width;
    } else if (inner == 1) {
      ld = outer;
    } else if (outerCount() == 1 || outer == row * inner) {
      ld = row;
    } else {
      return -1;
    }
    return ld >= width && ld <= Integer.MAX_VALUE ? (int) ld : -1;
  }

  /** The leading dimension of the rows of one outer index, or −1. */
  int innerLeadingDimension() {
    long ld = inner == 1 ? width : row;
    return ld >= width && ld <= Integer.MAX_VALUE ? (int) ld : -1;
  }
}
