package org.recurrentops.cpu.math;

/** Copies a row-major matrix into its transpose. */
final class Transpose {
  /** Source rows read side by side, so that whole cache lines of the target are written. */
  private static final int BLOCK = 16;

  private Transpose() {}

  /**
   * Writes {@code target[c, r] = source[r, c]}.
   *
   * @param rows rows of the source
   * @param columns columns of the source
   * @param source elements of the source
   * @param offset its first element
   * @param ld elements between its rows
   * @param target elements of the transpose
   * @param targetOffset its first element
   * @param targetLd elements between its rows
   */
  static void copy(
      int rows,
      int columns,
      float[] source,
      int offset,
      int ld,
      float[] target,
      int targetOffset,
      int targetLd) {
    for (int top = 0; top < rows; top += BLOCK) {
      int bottom = Math.min(rows, top + BLOCK);
      for (int c = 0; c < columns; c++) {
        int to = targetOffset + c * targetLd;
        for (int r = top; r < bottom; r++) {
          target[to + r] = source[offset + r * ld + c];
        }
      }
    }
  }
}
