package org.recurrentops.tck.reference;

/**
 * Float64 reference of the operations beside the recurrence, on dense row-major arrays: R rows of
 * K, M, E or V features.
 */
public final class ReferenceMath {
  private ReferenceMath() {}

  /**
   * y = x Wᵀ + b.
   *
   * @param x [R,K]
   * @param w [M,K]
   * @param b [M] or null
   * @param k K
   * @param m M
   * @return [R,M]
   */
  public static double[] linear(double[] x, double[] w, double[] b, int k, int m) {
    int rows = x.length / k;
    double[] y = new double[rows * m];
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < m; i++) {
        double sum = b == null ? 0 : b[i];
        for (int j = 0; j < k; j++) {
          sum += w[i * k + j] * x[r * k + j];
        }
        y[r * m + i] = sum;
      }
    }
    return y;
  }

  /**
   * dx = dy W.
   *
   * @param dy [R,M]
   * @param w [M,K]
   * @param k K
   * @param m M
   * @return [R,K]
   */
  public static double[] linearInputGradient(double[] dy, double[] w, int k, int m) {
    int rows = dy.length / m;
    double[] dx = new double[rows * k];
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < k; j++) {
          dx[r * k + j] += dy[r * m + i] * w[i * k + j];
        }
      }
    }
    return dx;
  }

  /**
   * dW = dyᵀ x.
   *
   * @param dy [R,M]
   * @param x [R,K]
   * @param k K
   * @param m M
   * @return [M,K]
   */
  public static double[] linearWeightGradient(double[] dy, double[] x, int k, int m) {
    double[] dw = new double[m * k];
    for (int r = 0; r < dy.length / m; r++) {
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < k; j++) {
          dw[i * k + j] += dy[r * m + i] * x[r * k + j];
        }
      }
    }
    return dw;
  }

  /**
   * Sum over rows: the gradient of a bias.
   *
   * @param dy [R,M]
   * @param m M
   * @return [M]
   */
  public static double[] sumOfRows(double[] dy, int m) {
    double[] sum = new double[m];
    for (int i = 0; i < dy.length; i++) {
      sum[i % m] += dy[i];
    }
    return sum;
  }

  /**
   * Rows of a table by index.
   *
   * @param indices [R]
   * @param table [V,E]
   * @param e E
   * @return [R,E]
   */
  public static double[] embedding(int[] indices, double[] table, int e) {
    double[] y = new double[indices.length * e];
    for (int r = 0; r < indices.length; r++) {
      System.arraycopy(table, indices[r] * e, y, r * e, e);
    }
    return y;
  }

  /**
   * Gradient of the table.
   *
   * @param indices [R]
   * @param dy [R,E]
   * @param v V
   * @param e E
   * @return [V,E]
   */
  public static double[] embeddingGradient(int[] indices, double[] dy, int v, int e) {
    double[] d = new double[v * e];
    for (int i = 0; i < dy.length; i++) {
      d[indices[i / e] * e + i % e] += dy[i];
    }
    return d;
  }

  /**
   * Softmax over each row.
   *
   * @param logits [R,V]
   * @param v V
   * @return [R,V]
   */
  public static double[] softmax(double[] logits, int v) {
    double[] p = new double[logits.length];
    for (int r = 0; r < logits.length / v; r++) {
      double max = Double.NEGATIVE_INFINITY;
      for (int j = 0; j < v; j++) {
        max = Math.max(max, logits[r * v + j]);
      }
      double sum = 0;
      for (int j = 0; j < v; j++) {
        p[r * v + j] = Math.exp(logits[r * v + j] - max);
        sum += p[r * v + j];
      }
      for (int j = 0; j < v; j++) {
        p[r * v + j] /= sum;
      }
    }
    return p;
  }

  /**
   * Euclidean norm.
   *
   * @param vectors any number of vectors taken together
   * @return the norm
   */
  public static double norm(double[]... vectors) {
    double sum = 0;
    for (double[] vector : vectors) {
      for (double value : vector) {
        sum += value * value;
      }
    }
    return Math.sqrt(sum);
  }

  /**
   * v = μ v + g + λ p; p −= η (nesterov ? g + λ p + μ v : v).
   *
   * @param p parameters, updated
   * @param g gradient
   * @param velocity v, updated
   * @param rate η
   * @param momentum μ
   * @param nesterov look-ahead form
   * @param decay λ
   */
  public static void sgd(
      double[] p,
      double[] g,
      double[] velocity,
      double rate,
      double momentum,
      boolean nesterov,
      double decay) {
    for (int i = 0; i < p.length; i++) {
      double slope = g[i] + decay * p[i];
      velocity[i] = momentum * velocity[i] + slope;
      p[i] -= rate * (nesterov ? slope + momentum * velocity[i] : velocity[i]);
    }
  }

  /**
   * m = β₁ m + (1−β₁) g; v = β₂ v + (1−β₂) g²; p −= η (λ p + m̂ / (√v̂ + ε)).
   *
   * @param p parameters, updated
   * @param g gradient
   * @param m first moment, updated
   * @param v second moment, updated
   * @param step number of this step, from 1
   * @param rate η
   * @param beta1 β₁
   * @param beta2 β₂
   * @param epsilon ε
   * @param decay λ
   */
  public static void adam(
      double[] p,
      double[] g,
      double[] m,
      double[] v,
      long step,
      double rate,
      double beta1,
      double beta2,
      double epsilon,
      double decay) {
    for (int i = 0; i < p.length; i++) {
      m[i] = beta1 * m[i] + (1 - beta1) * g[i];
      v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
      double mHat = m[i] / (1 - Math.pow(beta1, step));
      double vHat = v[i] / (1 - Math.pow(beta2, step));
      p[i] -= rate * (decay * p[i] + mHat / (Math.sqrt(vHat) + epsilon));
    }
  }
}
