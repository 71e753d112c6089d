package org.recurrentops.tck.reference;

/**
 * x̂ = (a − μ) / √(v + ε) and its gradient, term by term: ∂x̂_i/∂a_j = (δ_ij − 1/n − x̂_i x̂_j / n)
 * / √(v + ε), with mean μ and variance v of the n values.
 */
final class ReferenceNorm {
  private ReferenceNorm() {}

  static double[] normal(double[] a, double epsilon) {
    double mean = mean(a);
    double deviation = deviation(a, epsilon);
    double[] x = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      x[i] = (a[i] - mean) / deviation;
    }
    return x;
  }

  /** Gradient of a: d is that of x̂. */
  static double[] gradient(double[] d, double[] a, double epsilon) {
    double[] x = normal(a, epsilon);
    double deviation = deviation(a, epsilon);
    int n = a.length;
    double[] g = new double[n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        g[j] += d[i] * ((i == j ? 1 : 0) - 1.0 / n - x[i] * x[j] / n) / deviation;
      }
    }
    return g;
  }

  private static double mean(double[] a) {
    double sum = 0;
    for (double v : a) {
      sum += v;
    }
    return sum / a.length;
  }

  private static double deviation(double[] a, double epsilon) {
    double mean = mean(a);
    double squares = 0;
    for (double v : a) {
      squares += (v - mean) * (v - mean);
    }
    return Math.sqrt(squares / a.length + epsilon);
  }
}
