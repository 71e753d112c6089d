package org.recurrentops.cpu;

import java.util.Arrays;

/**
 * Which columns of a product are a worker's: some of all, or where a worker shall have all columns
 * of its units, those of the same units in each of some groups of columns, such as gates.
 *
 * @param count columns of the product
 * @param groups groups of columns; 0 if they have nothing to do with units
 * @param granularity columns that are shared out together if they have nothing to do with units
 */
record UnitColumns(int count, int groups, int granularity) {

  /** How many ranges of columns a worker has: one in each group, unless it has all of them. */
  int ranges(Worker w) {
    int width = count / Math.max(1, groups);
    return groups > 1 && w.unitTo(width) - w.unitFrom(width) < width ? groups : 1;
  }

  /** Columns from the begin of one of so many ranges to that of the next. */
  int width(int ranges) {
    return count / ranges;
  }

  /** First column of a worker's range, within a group where there are several. */
  int left(Worker w, int ranges) {
    return ranges < groups ? 0 : w.columnFrom(width(ranges), unit());
  }

  /** End of a worker's range. */
  int right(Worker w, int ranges) {
    return ranges < groups ? width(ranges) : w.columnTo(width(ranges), unit());
  }

  /** Columns that are shared out together. */
  private int unit() {
    return groups > 0 ? Worker.UNITS : granularity;
  }

  /** Copies a worker's columns of one row. */
  void copy(float[] source, int from, float[] copy, int to, int ranges, int left, int right) {
    for (int j = left; j < count; j += width(ranges)) {
      System.arraycopy(source, from + j, copy, to + j, right - left);
    }
  }

  /** Makes a worker's columns of one row zero. */
  void clear(float[] data, int to, int ranges, int left, int right) {
    for (int j = left; j < count; j += width(ranges)) {
      Arrays.fill(data, to + j, to + j + right - left, 0f);
    }
  }
}
