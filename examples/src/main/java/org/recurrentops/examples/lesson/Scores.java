package org.recurrentops.examples.lesson;

/** Reads rows of scores on the host. */
public final class Scores {
  private Scores() {}

  /**
   * The best class of each row.
   *
   * @param scores rows of V, one after the other
   * @param classes V
   * @return index of the largest score per row
   */
  public static int[] best(float[] scores, int classes) {
    int[] best = new int[scores.length / classes];
    for (int r = 0; r < best.length; r++) {
      int b = 0;
      for (int k = 1; k < classes; k++) {
        b = scores[r * classes + k] > scores[r * classes + b] ? k : b;
      }
      best[r] = b;
    }
    return best;
  }

  /**
   * A learning rate that warms up over the first tenth and falls linearly to a twentieth.
   *
   * @param step index of the step
   * @param steps all steps
   * @return factor in (0, 1]
   */
  public static double rate(int step, int steps) {
    double done = (step + 1.0) / steps;
    return Math.min(1, Math.min(10 * done, 1.05 - done));
  }

  /**
   * The root of the mean squared error.
   *
   * @param forecast values
   * @param truth as many
   * @return in the unit of the values
   */
  public static double rootMeanSquare(double[] forecast, double[] truth) {
    double sum = 0;
    for (int i = 0; i < truth.length; i++) {
      sum += Math.pow(forecast[i] - truth[i], 2);
    }
    return Math.sqrt(sum / truth.length);
  }

  /**
   * How many the most frequent class has.
   *
   * @param counts [true][said]
   * @return largest sum of a row
   */
  public static int largestRow(int[][] counts) {
    int most = 0;
    for (int[] row : counts) {
      most = Math.max(most, java.util.Arrays.stream(row).sum());
    }
    return most;
  }
}
