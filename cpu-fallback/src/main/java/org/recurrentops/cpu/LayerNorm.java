package org.recurrentops.cpu;

/**
 * x̂ = (a − μ) / √(v + ε) of a row and its gradient, where μ and v are mean and variance of the
 * row. Sums have one order, whatever thread or instruction path computes them.
 */
final class LayerNorm {
  private static final int BLOCK = 512;

  private LayerNorm() {}

  /** μ of {@code count} elements. */
  static float mean(float[] a, int at, int count) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int k = 0;
    for (; k + 3 < count; k += 4) {
      s0 += a[at + k];
      s1 += a[at + k + 1];
      s2 += a[at + k + 2];
      s3 += a[at + k + 3];
    }
    for (; k < count; k++) {
      s0 += a[at + k];
    }
    return (float) ((s0 + s1 + (s2 + s3)) / count);
  }

  /** 1 / √(v + ε), v being the mean of the squares of a − μ. */
  static float inverseDeviation(float[] a, int at, int count, float mean, float epsilon) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int k = 0;
    for (; k + 3 < count; k += 4) {
      double d0 = (double) a[at + k] - mean;
      double d1 = (double) a[at + k + 1] - mean;
      double d2 = (double) a[at + k + 2] - mean;
      double d3 = (double) a[at + k + 3] - mean;
      s0 += d0 * d0;
      s1 += d1 * d1;
      s2 += d2 * d2;
      s3 += d3 * d3;
    }
    for (; k < count; k++) {
      double d = (double) a[at + k] - mean;
      s0 += d * d;
    }
    return (float) (1 / Math.sqrt((s0 + s1 + (s2 + s3)) / count + epsilon));
  }

  /** Writes x̂; {@code to} may be the row itself. Returns 1 / √(v + ε). */
  static float normalise(
      Worker w, float[] a, int at, int count, float epsilon, float[] to, int toAt) {
    float mean = mean(a, at, count);
    float inverse = inverseDeviation(a, at, count, mean, epsilon);
    for (int u = 0; u < count; u += BLOCK) {
      int some = Math.min(BLOCK, count - u);
      float[] x = w.lane(0);
      System.arraycopy(a, at + u, x, 0, some);
      centre(x, some, mean, inverse);
      System.arraycopy(x, 0, to, toAt + u, some);
    }
    return inverse;
  }

  /** From a to x̂. */
  static void centre(float[] x, int count, float mean, float inverse) {
    for (int k = 0; k < count; k++) {
      x[k] = (x[k] - mean) * inverse;
    }
  }

  /**
   * Writes the gradient of a, which is r·(γ∘d − mean(γ∘d) − x̂·mean(γ∘d∘x̂)) with r = 1 / √(v + ε).
   *
   * @param d gradient of γ∘x̂
   * @param normal x̂
   * @param inverse r
   * @param gain γ
   * @param to may be d
   */
  static void gradient(
      Worker w,
      float[] d,
      int dAt,
      float[] normal,
      int normalAt,
      float inverse,
      float[] gain,
      int gainAt,
      int count,
      float[] to,
      int toAt) {
    double mean = 0;
    double slope = 0;
    for (int k = 0; k < count; k++) {
      double through = (double) gain[gainAt + k] * d[dAt + k];
      mean += through;
      slope += through * normal[normalAt + k];
    }
    for (int u = 0; u < count; u += BLOCK) {
      int some = Math.min(BLOCK, count - u);
      float[] a = w.lane(0);
      float[] x = w.lane(1);
      float[] g = w.lane(2);
      System.arraycopy(d, dAt + u, a, 0, some);
      System.arraycopy(normal, normalAt + u, x, 0, some);
      System.arraycopy(gain, gainAt + u, g, 0, some);
      spread(a, x, g, some, (float) (mean / count), (float) (slope / count), inverse);
      System.arraycopy(a, 0, to, toAt + u, some);
    }
  }

  /** a = r·(γ∘a − mean − x̂·slope). */
  static void spread(
      float[] a, float[] x, float[] g, int count, float mean, float slope, float inverse) {
    for (int k = 0; k < count; k++) {
      a[k] = inverse * (g[k] * a[k] - mean - x[k] * slope);
    }
  }
}
