package org.recurrentops.cpu;

/** Where a matrix product finds or leaves one block of {@link Rows}: in place, or in a copy. */
final class Block {
  float[] data;
  int offset;
  int stride;
  private Rows copied;
  private int row;
  private int rows;
  private int column;
  private int columns;

  /** Describes a block for reading; {@code room} is asked for only if it must be copied. */
  void read(Rows source, int fromRow, int toRow, int fromColumn, int count, float[] room) {
    place(source, fromRow, toRow, fromColumn, count, room);
    if (copied != null) {
      source.load(fromRow, toRow, fromColumn, count, data, 0);
    }
  }

  /** Describes a block for writing; {@link #finish} stores it. */
  void write(
      Rows target,
      int fromRow,
      int toRow,
      int fromColumn,
      int count,
      boolean accumulate,
      float[] room) {
    place(target, fromRow, toRow, fromColumn, count, room);
    if (copied != null && accumulate) {
      target.load(fromRow, toRow, fromColumn, count, data, 0);
    }
  }

  private void place(Rows r, int fromRow, int toRow, int fromColumn, int count, float[] room) {
    if (r.inPlace()) {
      copied = null;
      data = r.array();
      offset = (int) r.at(fromRow) + fromColumn;
      stride = r.stride();
      return;
    }
    copied = r;
    row = fromRow;
    rows = toRow - fromRow;
    column = fromColumn;
    columns = count;
    data = room;
    offset = 0;
    stride = count;
  }

  /** Stores what was computed into a copy. */
  void finish() {
    if (copied != null) {
      copied.store(row, row + rows, column, columns, data, 0);
    }
  }
}
