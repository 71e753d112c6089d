package org.recurrentops.examples.lesson;

/** AR(τ): x_t = w_0 + w_1 x_{t-1} + … + w_τ x_{t-τ}, fitted by least squares. Yule 1927. */
public final class Autoregression {
  private final double[] w;

  private Autoregression(double[] w) {
    this.w = w;
  }

  /**
   * Solves the normal equations.
   *
   * @param x the series
   * @param end values before this index are fitted
   * @param tau τ
   * @return the model
   */
  public static Autoregression fit(double[] x, int end, int tau) {
    int k = tau + 1;
    double[][] a = new double[k][k + 1];
    for (int t = tau; t < end; t++) {
      for (int i = 0; i < k; i++) {
        double xi = i == 0 ? 1 : x[t - i];
        for (int j = 0; j < k; j++) {
          a[i][j] += xi * (j == 0 ? 1 : x[t - j]);
        }
        a[i][k] += xi * x[t];
      }
    }
    return new Autoregression(solve(a, k));
  }

  /** Gauss and Jordan, with pivoting. */
  private static double[] solve(double[][] a, int k) {
    for (int c = 0; c < k; c++) {
      int pivot = c;
      for (int r = c + 1; r < k; r++) {
        pivot = Math.abs(a[r][c]) > Math.abs(a[pivot][c]) ? r : pivot;
      }
      double[] swap = a[c];
      a[c] = a[pivot];
      a[pivot] = swap;
      for (int r = 0; r < k; r++) {
        double f = r == c ? 0 : a[r][c] / a[c][c];
        for (int j = c; j <= k; j++) {
          a[r][j] -= f * a[c][j];
        }
      }
    }
    double[] w = new double[k];
    java.util.Arrays.setAll(w, i -> a[i][k] / a[i][i]);
    return w;
  }

  /**
   * One step ahead, always from true values.
   *
   * @param x the series
   * @param from first index to forecast
   * @return forecasts of x[from] … to the end
   */
  public double[] forecast(double[] x, int from) {
    double[] f = new double[x.length - from];
    for (int t = from; t < x.length; t++) {
      f[t - from] = w[0];
      for (int i = 1; i < w.length; i++) {
        f[t - from] += w[i] * x[t - i];
      }
    }
    return f;
  }
}
