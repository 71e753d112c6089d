package org.recurrentops.cpu.math;

/**
 * Copies a row-major matrix into its transpose, eight or fewer source rows side by side, so that
 * both sides are read and written in runs and C2 checks array bounds once per run.
 */
final class Transpose {
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
    int r = 0;
    for (; r + 8 <= rows; r += 8) {
      eight(columns, source, offset + r * ld, ld, target, targetOffset + r, targetLd);
    }
    if (r + 5 == rows) { // the rows of most tiles
      five(columns, source, offset + r * ld, ld, target, targetOffset + r, targetLd);
      return;
    }
    if (r + 4 <= rows) {
      four(columns, source, offset + r * ld, ld, target, targetOffset + r, targetLd);
      r += 4;
    }
    if (r + 2 <= rows) {
      two(columns, source, offset + r * ld, ld, target, targetOffset + r, targetLd);
      r += 2;
    }
    if (r < rows) {
      int from = offset + r * ld;
      for (int c = 0; c < columns; c++) {
        target[targetOffset + r + c * targetLd] = source[from + c];
      }
    }
  }

  private static void eight(
      int columns, float[] source, int o0, int ld, float[] target, int targetOffset, int targetLd) {
    int o1 = o0 + ld;
    int o2 = o1 + ld;
    int o3 = o2 + ld;
    int o4 = o3 + ld;
    int o5 = o4 + ld;
    int o6 = o5 + ld;
    int o7 = o6 + ld;
    for (int c = 0; c < columns; c++) {
      int to = targetOffset + c * targetLd;
      target[to] = source[o0 + c];
      target[to + 1] = source[o1 + c];
      target[to + 2] = source[o2 + c];
      target[to + 3] = source[o3 + c];
      target[to + 4] = source[o4 + c];
      target[to + 5] = source[o5 + c];
      target[to + 6] = source[o6 + c];
      target[to + 7] = source[o7 + c];
    }
  }

  private static void five(
      int columns, float[] source, int o0, int ld, float[] target, int targetOffset, int targetLd) {
    int o1 = o0 + ld;
    int o2 = o1 + ld;
    int o3 = o2 + ld;
    int o4 = o3 + ld;
    for (int c = 0; c < columns; c++) {
      int to = targetOffset + c * targetLd;
      target[to] = source[o0 + c];
      target[to + 1] = source[o1 + c];
      target[to + 2] = source[o2 + c];
      target[to + 3] = source[o3 + c];
      target[to + 4] = source[o4 + c];
    }
  }

  private static void four(
      int columns, float[] source, int o0, int ld, float[] target, int targetOffset, int targetLd) {
    int o1 = o0 + ld;
    int o2 = o1 + ld;
    int o3 = o2 + ld;
    for (int c = 0; c < columns; c++) {
      int to = targetOffset + c * targetLd;
      target[to] = source[o0 + c];
      target[to + 1] = source[o1 + c];
      target[to + 2] = source[o2 + c];
      target[to + 3] = source[o3 + c];
    }
  }

  private static void two(
      int columns, float[] source, int o0, int ld, float[] target, int targetOffset, int targetLd) {
    int o1 = o0 + ld;
    for (int c = 0; c < columns; c++) {
      int to = targetOffset + c * targetLd;
      target[to] = source[o0 + c];
      target[to + 1] = source[o1 + c];
    }
  }
}
