package org.recurrentops.examples.lesson;

import java.util.Arrays;
import java.util.List;

/**
 * How a model is judged by values that had no part in making it. Of the known part of a series the
 * last fifth is the validation part: every setting learns from what lies before and is judged
 * there, once. The best one learns again from all that is known and forecasts the held-out end,
 * which nothing else looks at.
 */
public final class Holdout {
  /**
   * What can be chosen.
   *
   * @param size τ of an autoregression, training steps of a network
   * @param roots whether the model sees square roots, which steady the variance of counts (Ghaddar
   *     and Tong 1981)
   * @param noise on the inputs while learning, in standard deviations
   */
  public record Setting(int size, boolean roots, double noise) {
    @Override
    public String toString() {
      return size + (roots ? " on square roots" : " on values") + (noise > 0 ? ", noise" : "");
    }
  }

  /** Learns and forecasts. */
  @FunctionalInterface
  public interface Model {
    /**
     * One step ahead, always from true values.
     *
     * @param setting to learn with
     * @param values the series, or its roots
     * @param from values from here on are not learnt
     * @param to behind the last to forecast
     * @return forecasts of values[from] … values[to − 1]
     */
    double[] forecast(Setting setting, double[] values, int from, int to);
  }

  /**
   * The winner.
   *
   * @param setting the best one
   * @param error its root mean squared error on the validation part
   */
  public record Choice(Setting setting, double error) {}

  private Holdout() {}

  /**
   * Tries settings on the validation part.
   *
   * @param series its held-out end is cut off before the model sees it
   * @param settings to try; those on roots are left out if a value is negative
   * @param model to learn anew with each
   * @return the first of the best
   */
  public static Choice choose(Series series, List<Setting> settings, Model model) {
    double[] known = Arrays.copyOf(series.values(), series.known());
    int from = known.length - known.length / 5;
    double[] truth = Arrays.copyOfRange(known, from, known.length);
    boolean rooted = Arrays.stream(known).allMatch(v -> v >= 0);
    Choice best = null;
    for (Setting s : settings) {
      if (!s.roots() || rooted) {
        double error = Scores.rootMeanSquare(forecast(known, from, s, model), truth);
        boolean first = best == null || Double.isNaN(best.error());
        best = first || error < best.error() ? new Choice(s, error) : best;
      }
    }
    return best;
  }

  /**
   * Learns from all that is known.
   *
   * @param series to forecast the end of
   * @param setting chosen before
   * @param model to learn with it
   * @return forecasts of the held-out end, in the unit of the series
   */
  public static double[] forecast(Series series, Setting setting, Model model) {
    return forecast(series.values(), series.known(), setting, model);
  }

  private static double[] forecast(double[] values, int from, Setting setting, Model model) {
    if (!setting.roots()) {
      return model.forecast(setting, values, from, values.length);
    }
    double[] roots = Arrays.stream(values).map(v -> Math.sqrt(Math.max(0, v))).toArray();
    double[] forecast = model.forecast(setting, roots, from, values.length);
    return Arrays.stream(forecast).map(r -> Math.pow(Math.max(0, r), 2)).toArray();
  }
}
