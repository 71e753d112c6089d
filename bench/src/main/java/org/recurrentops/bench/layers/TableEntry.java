package org.recurrentops.bench.layers;

import java.util.Arrays;
import org.recurrentops.MathMode;

/**
 * One cell of a device's table.
 *
 * @param shape as text
 * @param pass forward or training
 * @param mode arithmetic of the products
 * @param algorithm as asked for
 * @param chosen what the plan runs; behind a colon the size of its clusters, where it has a layer
 *     in one
 * @param status timed, untimed (checked only), refused or failed
 * @param reason why it was refused or failed, or what the plan says of itself
 * @param samples number of timed samples
 * @param medianMillis of a call
 * @param p25Millis a quarter is faster
 * @param p75Millis a quarter is slower
 * @param gflops of the median, in matrix products
 */
record TableEntry(
    String shape,
    String pass,
    String mode,
    String algorithm,
    String chosen,
    String status,
    String reason,
    int samples,
    double medianMillis,
    double p25Millis,
    double p75Millis,
    double gflops) {

  /** What is measured. */
  record Key(LayerShape shape, Pass pass, MathMode mode, String algorithm) {
    TableEntry without(String status, String reason) {
      return entry("", status, reason, 0, 0, 0, 0, 0);
    }

    TableEntry checked(String chosen, String description) {
      return entry(chosen, "untimed", description, 0, 0, 0, 0, 0);
    }

    TableEntry timed(String chosen, String description, double[] millis) {
      double[] sorted = millis.clone();
      Arrays.sort(sorted);
      double median = LayerResult.quantile(sorted, 0.5);
      return entry(
          chosen,
          "timed",
          description,
          sorted.length,
          median,
          LayerResult.quantile(sorted, 0.25),
          LayerResult.quantile(sorted, 0.75),
          pass.flops(shape) / (median * 1e6));
    }

    private TableEntry entry(
        String chosen,
        String status,
        String reason,
        int samples,
        double median,
        double p25,
        double p75,
        double gflops) {
      return new TableEntry(
          shape.toString(),
          pass.toString(),
          mode.toString(),
          algorithm,
          chosen,
          status,
          reason,
          samples,
          median,
          p25,
          p75,
          gflops);
    }

    /** What plans are asked for. */
    String name() {
      return algorithm.replaceFirst(":.*", "");
    }

    /** The size of clusters that is asked for, or null. */
    String cluster() {
      return algorithm.equals(name()) ? null : algorithm.substring(name().length() + 1);
    }

    boolean is(TableEntry e) {
      return e.shape.equals(shape.toString())
          && e.pass.equals(pass.toString())
          && e.mode.equals(mode.toString())
          && e.algorithm.equals(algorithm);
    }
  }
}
