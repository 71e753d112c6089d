package org.recurrentops.cpu.math;

/**
 * Products in which a vector holds the same unit of several batch rows, and a weight is broadcast:
 * {@code target = weights · panel}, with weights [M,K] in tiles of a few rows and panels [K,width]
 * of as many batch rows as fill a tile.
 *
 * <p>With many batch rows this is faster than {@link Gemm} with the weights as panels. A weight is
 * read once for all rows of a panel and at a slow, even pace, so that those that do not fit a
 * core's own cache come in time; what a step multiplies, states among it, was written as a panel
 * and needs no packing.
 *
 * <p>An element's sum starts at zero and takes its products by ascending k, fused. Nothing is
 * skipped because it is zero, and no lane depends on another.
 */
public interface BatchLanes {
  /** {@return the batch rows of a panel} */
  int width();

  /** {@return whether they were measured to be ahead of {@link Gemm} for large layers} */
  boolean areAhead();

  /** {@return the weight rows of a tile} */
  int tile();

  /**
   * Packs rows of weights as one tile [K][tile].
   *
   * @param depth K
   * @param weights as many rows as a tile has, one after the other
   * @param packed memory of the tile
   * @param packedAt its first element
   */
  void packTile(int depth, float[] weights, float[] packed, int packedAt);

  /**
   * Multiplies tiles by the same rows of several panels.
   *
   * @param tiles how many
   * @param depth K, or fewer: the first columns of each tile
   * @param packed memory of the tiles
   * @param packedAt first element of the first one
   * @param packedStep elements from tile to tile
   * @param panels how many panels
   * @param panel memory of the panels
   * @param panelAt first row of the first one
   * @param panelStep elements from panel to panel
   * @param target memory of the results, of each panel [tiles·tile][width]
   * @param targetAt first element of those of the first panel
   * @param targetStep elements from panel to panel
   */
  void multiply(
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
      int targetStep);

  /**
   * Copies batch rows into lanes; lanes without a row become zero.
   *
   * @param rows batch rows, at most {@link #width}
   * @param count elements of each
   * @param source holds the rows
   * @param at first element of the first one
   * @param stride elements from row to row
   * @param panel holds the lanes, [count][width]
   * @param panelAt its first element
   * @param scratch of this thread, {@link #scratch} floats
   */
  void toLanes(
      int rows,
      int count,
      float[] source,
      int at,
      int stride,
      float[] panel,
      int panelAt,
      float[] scratch);

  /**
   * Copies lanes into batch rows.
   *
   * @param rows batch rows, at most {@link #width}
   * @param count elements of each
   * @param panel holds the lanes, [count][width]
   * @param panelAt its first element
   * @param target holds the rows
   * @param at first element of the first one
   * @param stride elements from row to row
   * @param scratch of this thread, {@link #scratch} floats
   */
  void toRows(
      int rows,
      int count,
      float[] panel,
      int panelAt,
      float[] target,
      int at,
      int stride,
      float[] scratch);

  /** {@return floats of scratch that copies need} */
  int scratch();
}
