package org.recurrentops.bench.layers;

import java.util.Arrays;

/**
 * Times of one combination over all rounds.
 *
 * @param shape as text
 * @param pass forward or training
 * @param backend as asked for
 * @param algorithm that the plan chose
 * @param device its name
 * @param deviceDetail its free text
 * @param samples number of timed calls
 * @param medianMillis of them
 * @param p25Millis a quarter is faster
 * @param p75Millis a quarter is slower
 * @param gflops of the median, in matrix products
 */
record LayerResult(
    String shape,
    String pass,
    String backend,
    String algorithm,
    String device,
    String deviceDetail,
    int samples,
    double medianMillis,
    double p25Millis,
    double p75Millis,
    double gflops) {

  static LayerResult of(LayerRun run, RunNote note, double[] millis) {
    if (millis.length == 0) {
      throw new IllegalStateException(run + ": JMH gave no sample; raise --seconds");
    }
    double[] sorted = millis.clone();
    Arrays.sort(sorted);
    double median = quantile(sorted, 0.5);
    return new LayerResult(
        run.shape().toString(),
        run.pass().toString(),
        run.backend(),
        note.algorithm(),
        note.device().name(),
        note.device().detail(),
        sorted.length,
        median,
        quantile(sorted, 0.25),
        quantile(sorted, 0.75),
        run.pass().flops(run.shape()) / (median * 1e6));
  }

  /** Linear between the two neighbours. */
  static double quantile(double[] sorted, double q) {
    double at = q * (sorted.length - 1);
    int low = (int) at;
    int high = Math.min(low + 1, sorted.length - 1);
    return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
  }
}
