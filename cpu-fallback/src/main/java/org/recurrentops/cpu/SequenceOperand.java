package org.recurrentops.cpu;

/**
 * The rows r = t·N + n of a sequence as left operand of a product or factor of a weight gradient:
 * in place where they are evenly spaced in an array, else copied chunk by chunk. Where there is
 * padding, valid rows are read one by one and padding never, because zero times NaN is NaN.
 */
final class SequenceOperand {
  private final Slab slab;
  private final Rows rows;
  private final int width;
  private final float[] copies;
  private final int copiesAt;

  private SequenceOperand(Slab slab, Rows rows, int width, float[] copies, int copiesAt) {
    this.slab = slab;
    this.rows = rows;
    this.width = width;
    this.copies = copies;
    this.copiesAt = copiesAt;
  }

  /** The plan's own memory, a place per step. */
  static SequenceOperand of(Slab slab) {
    return of(slab, slab.width);
  }

  /** The first columns of the plan's own memory. */
  static SequenceOperand of(Slab slab, int width) {
    return new SequenceOperand(slab, null, width, null, 0);
  }

  /** The caller's memory, of which chunks are never copied as a whole. */
  static SequenceOperand of(Rows rows) {
    return of(rows, null, 0);
  }

  /** The caller's memory, with room for a chunk. */
  static SequenceOperand of(Rows rows, float[] copies, int copiesAt) {
    return new SequenceOperand(null, rows, rows.width(), copies, copiesAt);
  }

  int width() {
    return width;
  }

  /** Whether {@link #copy} must be called before a chunk can be used. */
  boolean isCopied() {
    return rows != null && !rows.inPlace();
  }

  /** Copies this worker's share of a chunk; all workers meet afterwards. */
  void copy(Worker w, int fromRow, int toRow) {
    int end = fromRow + w.to(toRow - fromRow, 1);
    for (int r = fromRow + w.from(toRow - fromRow, 1); r < end; r++) {
      read(r, 0, width, copies, copiesAt + (r - fromRow) * width);
    }
  }

  /** Copies columns of one row. */
  void read(int r, int column, int count, float[] target, int at) {
    if (slab != null) {
      System.arraycopy(slab.data, slab.atRow(r) + column, target, at, count);
    } else {
      rows.read(r, column, count, target, at);
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
    return copied ? width : slab != null ? slab.width : rows.stride();
  }
}
