package org.recurrentops;

import java.util.Arrays;

/** Whether two tensors share an element; exact, also for interleaved strided views. */
final class Overlap {
  private Overlap() {}

  static boolean overlaps(Tensor a, Tensor b) {
    if (a.shape().elements() == 0 || b.shape().elements() == 0) {
      return false;
    }
    if (!a.buffer().memoryIdentity().equals(b.buffer().memoryIdentity())) {
      return false;
    }
    long a0 = address(a, a.offset());
    long b0 = address(b, b.offset());
    if (a0 >= b0 + span(b) || b0 >= a0 + span(a)) {
      return false;
    }
    return dense(a) && dense(b) || rowsOverlap(a, b);
  }

  /** Whether the two name the very same elements in the same order. */
  static boolean same(Tensor a, Tensor b) {
    boolean same =
        a.buffer().memoryIdentity().equals(b.buffer().memoryIdentity())
            && address(a, a.offset()) == address(b, b.offset())
            && a.dtype() == b.dtype()
            && a.shape().equals(b.shape());
    for (int i = 0; same && i < a.rank(); i++) {
      same = a.dim(i) <= 1 || a.stride(i) == b.stride(i);
    }
    return same;
  }

  private static boolean dense(Tensor t) {
    return t.isContiguous();
  }

  private static long address(Tensor t, long element) {
    return t.buffer().baseAddress() + element * t.dtype().bytes();
  }

  /** Bytes from the first element to the end of the last one. */
  private static long span(Tensor t) {
    long last = 0;
    for (int i = 0; i < t.rank(); i++) {
      last += (t.dim(i) - 1) * t.stride(i);
    }
    return (last + 1) * t.dtype().bytes();
  }

  private static boolean rowsOverlap(Tensor a, Tensor b) {
    long[] x = rowStarts(a);
    long[] y = rowStarts(b);
    long widthX = rowBytes(a);
    long widthY = rowBytes(b);
    int i = 0;
    int j = 0;
    while (i < x.length && j < y.length) {
      if (x[i] + widthX <= y[j]) {
        i++;
      } else if (y[j] + widthY <= x[i]) {
        j++;
      } else {
        return true;
      }
    }
    return false;
  }

  private static long rowBytes(Tensor t) {
    boolean rows = t.rank() > 0 && t.stride(t.rank() - 1) == 1;
    return (rows ? t.dim(-1) : 1) * t.dtype().bytes();
  }

  private static long[] rowStarts(Tensor t) {
    boolean rows = t.rank() > 0 && t.stride(t.rank() - 1) == 1;
    long perRow = rows || t.rank() == 0 ? 1 : t.dim(-1);
    int count = Math.toIntExact(t.rows() * perRow);
    long[] starts = new long[count];
    for (int k = 0; k < count; k++) {
      long inner = rows || t.rank() == 0 ? 0 : k % perRow * t.stride(t.rank() - 1);
      starts[k] = address(t, t.rowOffset(k / perRow) + inner);
    }
    Arrays.sort(starts);
    return starts;
  }
}
