package org.recurrentops.cpu.math;

import java.util.Arrays;

/**
 * {@link BatchLanes} in the Vector API, in tiles of eight rows by two vectors.
 *
 * <p>Measured on 512 bits with two threads, GFLOP/s a core of 187, beside {@link VectorGemm} with
 * its packing: 32 batch rows, 1024 × 1025 weights 166 (150), 512 × 257 169 (148), 256 × 1025 171
 * (141), 2048 × 1024 157 (146); 64 batch rows, 256 × 257 167 (148). With 16 MB of weights a core,
 * which come from memory, it is slower: 120 (136).
 */
final class VectorLanes implements BatchLanes {
  private static final int WIDTH = 2 * VectorWidth.LANES;
  private static final int TILE = 8;
  private static final int BLOCK = LaneCopies.BLOCK;
  private static final boolean BLOCKS = VectorWidth.LANES == BLOCK;
  private static final int RUN = LaneCopies.BLOCKS * BLOCK;

  @Override
  public int width() {
    return WIDTH;
  }

  /** Shorter vectors have no copies in blocks, few registers for their tiles, and no figures. */
  @Override
  public boolean areAhead() {
    return BLOCKS;
  }

  @Override
  public int tile() {
    return TILE;
  }

  @Override
  public void packTile(int depth, float[] weights, float[] packed, int packedAt) {
    Transpose.copy(TILE, depth, weights, 0, depth, packed, packedAt, TILE);
  }

  @Override
  public void multiply(
      int tiles,
      int depth,
      float[] packed,
      int packedAt,
      int packedStep,
      int panels,
      float[] panel,
      int panelAt,
      int panelStep,
      float[] target,
      int targetAt,
      int targetStep) {
    for (int i = 0; i < tiles; i++) {
      int a = packedAt + i * packedStep;
      int c = targetAt + i * TILE * WIDTH;
      for (int g = 0; g < panels; g++) {
        int b = panelAt + g * panelStep;
        VectorTile8.eight(packed, a, WIDTH, panel, b, depth, target, c + g * targetStep);
      }
    }
  }

  @Override
  public void toLanes(
      int rows,
      int count,
      float[] source,
      int at,
      int stride,
      float[] panel,
      int panelAt,
      float[] scratch) {
    int wholeRows = BLOCKS ? rows - rows % BLOCK : 0;
    int whole = count - count % BLOCK;
    for (int r = 0; r < wholeRows; r += BLOCK) {
      for (int k = 0; k < whole; k += RUN) {
        int blocks = Math.min(RUN, whole - k) / BLOCK;
        int from = at + r * stride + k;
        int to = panelAt + k * WIDTH + r;
        LaneCopies.transpose(
            blocks, source, from, stride, BLOCK, panel, to, WIDTH, BLOCK * WIDTH, scratch);
      }
      int from = at + r * stride + whole;
      int to = panelAt + whole * WIDTH + r;
      Transpose.copy(BLOCK, count - whole, source, from, stride, panel, to, WIDTH);
    }
    int from = at + wholeRows * stride;
    Transpose.copy(
        rows - wholeRows, count, source, from, stride, panel, panelAt + wholeRows, WIDTH);
    for (int k = 0; rows < WIDTH && k < count; k++) {
      Arrays.fill(panel, panelAt + k * WIDTH + rows, panelAt + (k + 1) * WIDTH, 0f);
    }
  }

  @Override
  public void toRows(
      int rows,
      int count,
      float[] panel,
      int panelAt,
      float[] target,
      int at,
      int stride,
      float[] scratch) {
    int wholeRows = BLOCKS ? rows - rows % BLOCK : 0;
    int whole = count - count % BLOCK;
    for (int r = 0; r < wholeRows; r += BLOCK) {
      for (int k = 0; k < whole; k += RUN) {
        int blocks = Math.min(RUN, whole - k) / BLOCK;
        int from = panelAt + k * WIDTH + r;
        int to = at + r * stride + k;
        LaneCopies.transpose(
            blocks, panel, from, WIDTH, BLOCK * WIDTH, target, to, stride, BLOCK, scratch);
      }
      int from = panelAt + whole * WIDTH + r;
      int to = at + r * stride + whole;
      Transpose.copy(count - whole, BLOCK, panel, from, WIDTH, target, to, stride);
    }
    int to = at + wholeRows * stride;
    Transpose.copy(count, rows - wholeRows, panel, panelAt + wholeRows, WIDTH, target, to, stride);
  }

  @Override
  public int scratch() {
    return RUN * BLOCK;
  }
}
