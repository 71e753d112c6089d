package org.recurrentops.tck.reference;

/**
 * The mask of inter-layer dropout, from its definition: key = seed; counter = (kind 0 and the layer
 * whose output is dropped, low word of stepOffset + t, row, feature / 4); word feature mod 4; kept
 * when that word, unsigned, is at least ⌊p·2³²⌋; kept values are scaled by 1/(1−p), a float32.
 */
public final class DropoutMask {
  private static final int KIND_INTER_LAYER = 0;

  private DropoutMask() {}

  /**
   * What one output vector is multiplied by, element by element.
   *
   * @param p probability of zero
   * @param seed the call's seed
   * @param step stepOffset + t
   * @param layer index of the layer whose output is dropped
   * @param row batch row n
   * @param width features D·H, or D·P with a projection
   * @return [width] of 0 and 1/(1−p)
   */
  public static double[] factors(float p, long seed, long step, int layer, int row, int width) {
    int[] key = {(int) seed, (int) (seed >>> 32)};
    long threshold = (long) Math.floor(p * 4294967296.0);
    double scale = p < 1 ? 1 / (1 - (double) p) : 0;
    double[] factors = new double[width];
    for (int j = 0; j < width; j++) {
      int[] counter = {(KIND_INTER_LAYER << 16) | layer, (int) step, row, j / 4};
      long word = Integer.toUnsignedLong(ReferencePhilox.block(counter, key)[j % 4]);
      factors[j] = word >= threshold ? scale : 0;
    }
    return factors;
  }
}
