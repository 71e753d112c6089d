package org.recurrentops.tck.reference;

import java.util.Arrays;

/**
 * Float64 reference of the losses. A row whose weight is 0, or whose class is negative, does not
 * count: it is not read, its gradient is 0, and a mean does not divide by it.
 *
 * @param value the loss
 * @param gradient [R,V] with respect to the prediction, scaled
 */
public record ReferenceLoss(double value, double[] gradient) {

  /** One row's part. */
  private interface Row {
    /** Its loss; writes its gradient. */
    double loss(int row, double[] gradient);

    /** Whether it counts, apart from its weight. */
    default boolean counts(int row) {
      return true;
    }
  }

  private static ReferenceLoss of(
      Row term, int rows, int v, boolean perFeature, double[] weights, boolean mean, double scale) {
    double[] gradient = new double[rows * v];
    double[] row = new double[v];
    double loss = 0;
    double divisor = 0;
    for (int r = 0; r < rows; r++) {
      double w = weights == null ? 1 : weights[r];
      if (w == 0 || !term.counts(r)) {
        continue;
      }
      loss += w * term.loss(r, row);
      divisor += perFeature ? w * v : w;
      for (int j = 0; j < v; j++) {
        gradient[r * v + j] = w * row[j] * scale;
      }
    }
    if (mean && divisor != 0) {
      loss /= divisor;
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] /= divisor;
      }
    }
    return new ReferenceLoss(loss, gradient);
  }

  /**
   * −log softmax(logits)[target].
   *
   * @param logits [R,V]
   * @param targets [R], negative to leave a row out
   * @param weights [R] or null
   * @param mean whether to divide by the sum of the weights that count
   * @param scale of the gradient
   * @return loss and gradient
   */
  public static ReferenceLoss softmaxCrossEntropy(
      double[] logits, int[] targets, double[] weights, boolean mean, double scale) {
    int v = logits.length / targets.length;
    Row crossEntropy =
        new Row() {
          @Override
          public boolean counts(int r) {
            return targets[r] >= 0;
          }

          @Override
          public double loss(int r, double[] d) {
            double[] row = Arrays.copyOfRange(logits, r * v, r * v + v);
            System.arraycopy(ReferenceMath.softmax(row, v), 0, d, 0, v);
            d[targets[r]] -= 1;
            return -logSoftmax(row, targets[r]);
          }
        };
    return of(crossEntropy, targets.length, v, false, weights, mean, scale);
  }

  private static double logSoftmax(double[] row, int target) {
    double max = Arrays.stream(row).max().getAsDouble();
    double sum = 0;
    for (double logit : row) {
      sum += Math.exp(logit - max);
    }
    return row[target] - max - Math.log(sum);
  }

  /**
   * −t log σ(a) − (1−t) log(1−σ(a)), summed over features.
   *
   * @param logits [R,V]
   * @param targets [R,V] in [0, 1]
   * @param v V
   * @param weights [R] or null
   * @param mean whether to divide by V times the sum of the weights
   * @param scale of the gradient
   * @return loss and gradient
   */
  public static ReferenceLoss sigmoidCrossEntropy(
      double[] logits, double[] targets, int v, double[] weights, boolean mean, double scale) {
    return of(
        (r, d) -> {
          double loss = 0;
          for (int j = 0; j < v; j++) {
            double a = logits[r * v + j];
            double t = targets[r * v + j];
            // log(1 + e^a) − t a, written so that no exponential overflows
            loss += Math.max(a, 0) - t * a + Math.log1p(Math.exp(-Math.abs(a)));
            d[j] = ReferenceCell.sigmoid(a) - t;
          }
          return loss;
        },
        logits.length / v,
        v,
        true,
        weights,
        mean,
        scale);
  }

  /**
   * (prediction − target)², summed over features.
   *
   * @param prediction [R,V]
   * @param targets [R,V]
   * @param v V
   * @param weights [R] or null
   * @param mean whether to divide by V times the sum of the weights
   * @param scale of the gradient
   * @return loss and gradient
   */
  public static ReferenceLoss squaredError(
      double[] prediction, double[] targets, int v, double[] weights, boolean mean, double scale) {
    return of(
        (r, d) -> {
          double loss = 0;
          for (int j = 0; j < v; j++) {
            double error = prediction[r * v + j] - targets[r * v + j];
            loss += error * error;
            d[j] = 2 * error;
          }
          return loss;
        },
        prediction.length / v,
        v,
        true,
        weights,
        mean,
        scale);
  }
}
