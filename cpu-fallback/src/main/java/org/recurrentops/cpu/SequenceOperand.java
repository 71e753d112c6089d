package org.recurrentops.cpu;

/**
 * The rows r = t·N + n of a sequence as left operand of a product or factor of a weight gradient:
 * in place where they are evenly spaced in an array, else copied chunk by chunk. Where padding must
 * not be read, it is copied as zeros, because zero times NaN is NaN.
 */
final class SequenceOperand {
  private final Slab slab;
  private final Rows rows;
  private final int width;
  private final int batch;
  private final float[] copies;
  private final int copiesAt;
  private final boolean zeroPadding;

  private SequenceOperand(
      Slab slab,
      Rows rows,
      int width,
      int batch,
      float[] copies,
      int copiesAt,
      boolean zeroPadding) {
    this.slab = slab;
    this.rows = rows;
    this.width = width;
    this.batch = batch;
    this.copies = copies;
    this.copiesAt = copiesAt;
    this.zeroPadding = zeroPadding;
  }

  /** The input of an inner layer, whose padding forward has set to zero. */
  static SequenceOperand ofLayerInput(Slab slab, int batch) {
    return new SequenceOperand(slab, null, slab.width, batch, null, 0, true);
  }

  /** The plan's own memory, a place per step. */
  static SequenceOperand of(Slab slab, int batch, float[] copies, int copiesAt) {
    return new SequenceOperand(slab, null, slab.width, batch, copies, copiesAt, false);
  }

  /** The caller's memory. */
  static SequenceOperand of(Rows rows, int batch, float[] copies, int copiesAt) {
    return new SequenceOperand(null, rows, rows.width(), batch, copies, copiesAt, false);
  }

  int width() {
    return width;
  }

  /** Whether {@link #copy} must be called before the operand can be used. */
  boolean isCopied(boolean hidesPadding) {
    return hidesPadding && !zeroPadding || rows != null && !rows.inPlace();
  }

  /**
   * Copies this worker's share of a chunk; all workers meet afterwards.
   *
   * @param padding lengths of rows whose padding is hidden, or null to copy all
   */
  void copy(Worker w, int fromRow, int toRow, RowLengths padding) {
    int end = fromRow + w.to(toRow - fromRow, 1);
    for (int r = fromRow + w.from(toRow - fromRow, 1); r < end; r++) {
      int to = copiesAt + (r - fromRow) * width;
      if (padding != null && !padding.isValid(r / batch, r % batch)) {
        java.util.Arrays.fill(copies, to, to + width, 0f);
      } else if (slab != null) {
        System.arraycopy(slab.data, slab.atRow(r), copies, to, width);
      } else {
        rows.read(r, 0, width, copies, to);
      }
    }
  }

  /** The array that holds the chunk. */
  float[] data(boolean copied) {
    if (copied) {
      return copies;
    }
    return slab != null ? slab.data : rows.array();
  }

  /** First element of the chunk that starts at a row. */
  int offset(boolean copied, int fromRow) {
    if (copied) {
      return copiesAt;
    }
    return slab != null ? slab.atRow(fromRow) : (int) rows.at(fromRow);
  }

  /** Elements from row to row. */
  int stride(boolean copied) {
    return copied || slab != null ? width : rows.stride();
  }
}
