package org.recurrentops.cpu;

/**
 * The peephole weights of one layer and direction: blocks of H for i, f and o.
 *
 * @param data where they are
 * @param offset first element
 * @param hidden H
 */
record Peepholes(float[] data, int offset, int hidden) {
  static final int I = 0;
  static final int F = 1;
  static final int O = 2;

  /** a += p∘c for units {@code u … u + count}; p is a lane to use. */
  void add(int block, int u, float[] c, float[] p, float[] a, int count) {
    System.arraycopy(data, offset + block * hidden + u, p, 0, count);
    for (int k = 0; k < count; k++) {
      a[k] = a[k] + p[k] * c[k];
    }
  }
}
