package org.recurrentops.examples;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.recurrentops.RecurrentOps;
import org.recurrentops.examples.lesson.Autoregression;
import org.recurrentops.examples.lesson.Holdout;
import org.recurrentops.examples.lesson.Holdout.Choice;
import org.recurrentops.examples.lesson.Holdout.Setting;
import org.recurrentops.examples.lesson.Picture;
import org.recurrentops.examples.lesson.Scores;
import org.recurrentops.examples.lesson.Series;
import org.recurrentops.examples.lesson.WindowForecaster;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Many-to-one: a window of values in, the next one out. Whatever is chosen — τ, training steps,
 * roots, noise — is chosen on a validation part before the held-out end, for the autoregression
 * too; see {@link Holdout}. The settings to choose from were fixed by looking at validation errors
 * only.
 */
@Command(
    name = "forecast",
    description = {
      "Forecasts the next value of a series from those before: AR(tau) sums tau values with fixed",
      "weights, a recurrent network keeps a latent state. Settings are chosen on a part before the",
      "held-out end. Laser intensities (1000 known, 1000 held out) or sunspot numbers 1700-1988."
    },
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  forecast",
      "  forecast --series sunspots --seed 2",
      "  forecast --series prices.txt     numbers in the order of time; a fifth is held out"
    })
final class ForecastCommand implements Callable<Integer> {
  private static final int SHOWN = 200; // values in the picture

  @Spec private CommandSpec spec;
  @Mixin private LessonOptions lesson;

  @Option(
      names = "--series",
      description = "laser, sunspots, or a text file of numbers. Default: ${DEFAULT-VALUE}",
      defaultValue = "laser")
  private String name;

  @Option(
      names = "--tau",
      description = "Values that the autoregression sees, 1 … 24. Default: chosen on validation.")
  private Integer tau;

  @Option(
      names = "--networks",
      description = "Networks to average, 1 … 20. Default: ${DEFAULT-VALUE}",
      defaultValue = "3")
  private int networks;

  @Override
  public Integer call() {
    if (tau != null && (tau < 1 || tau > WindowForecaster.WINDOW)) {
      throw CommandException.usage("--tau: expected 1 … 24, got " + tau);
    }
    if (networks < 1 || networks > 20) {
      throw CommandException.usage("--networks: expected 1 … 20, got " + networks);
    }
    Path picture = lesson.picture();
    Series series = Series.named(name);
    int known = series.known();
    Choice ar = Holdout.choose(series, orders(), ForecastCommand::autoregression);
    double[] linear = Holdout.forecast(series, ar.setting(), ForecastCommand::autoregression);
    Choice gru = Holdout.choose(series, budgets(), (s, v, from, to) -> network(s, v, from, to, 0));
    double[] network = new double[series.heldOut()];
    for (int k = 0; k < networks; k++) {
      int number = k + 1;
      Holdout.Model model = (s, v, from, to) -> network(s, v, from, to, number);
      double[] one = Holdout.forecast(series, gru.setting(), model);
      Arrays.setAll(network, i -> network[i] + one[i] / networks);
    }
    double[] truth = Arrays.copyOfRange(series.values(), known, known + series.heldOut());
    double[] persistence = Arrays.copyOfRange(series.values(), known - 1, known - 1 + truth.length);
    PrintWriter out = spec.commandLine().getOut();
    out.printf("chosen      tau = %s: error %.3f on validation%n", ar.setting(), ar.error());
    out.printf("chosen      steps = %s: error %.3f on validation%n", gru.setting(), gru.error());
    out.printf(
        "persistence %.3f root mean squared error of the last %d, one %s ahead%n",
        Scores.rootMeanSquare(persistence, truth), truth.length, series.unit());
    String order = "AR(" + ar.setting().size() + ")";
    out.printf("%-11s %.3f%n", order, Scores.rootMeanSquare(linear, truth));
    double error = Scores.rootMeanSquare(network, truth);
    out.printf("network     %.3f, the mean of %d%n", error, networks);
    int shown = Math.min(SHOWN, truth.length);
    double[] time = new double[shown];
    Arrays.setAll(time, i -> series.first() + known + i);
    var chart = Picture.chart(series.title() + ", one ahead", series.unit(), "value");
    Picture.line(chart, "truth", time, Arrays.copyOf(truth, shown));
    Picture.line(chart, "network", time, Arrays.copyOf(network, shown));
    Picture.line(chart, order, time, Arrays.copyOf(linear, shown));
    Picture.of(chart).write(picture);
    out.println("picture     " + picture);
    return 0;
  }

  private List<Setting> orders() {
    List<Setting> settings = new ArrayList<>();
    for (int order = 1; order <= WindowForecaster.WINDOW; order++) {
      if (tau == null || tau == order) {
        settings.addAll(List.of(new Setting(order, false, 0), new Setting(order, true, 0)));
      }
    }
    return settings;
  }

  private List<Setting> budgets() {
    List<Setting> settings = new ArrayList<>();
    int most = lesson.steps(600);
    for (int steps : new int[] {most, Math.max(1, most / 2), Math.max(1, most / 4)}) {
      for (double noise : new double[] {0, 0.2}) {
        settings.addAll(List.of(new Setting(steps, false, noise), new Setting(steps, true, noise)));
      }
    }
    return settings;
  }

  private static double[] autoregression(Setting s, double[] values, int from, int to) {
    return Autoregression.fit(values, from, s.size()).forecast(values, from);
  }

  private double[] network(Setting s, double[] values, int from, int to, int number) {
    long seed = lesson.seed() * 100 + number;
    PrintWriter err = spec.commandLine().getErr();
    try (RecurrentOps ops = lesson.open()) {
      return new WindowForecaster(ops, values, from, s.size(), s.noise(), seed, err)
          .forecast(values, from, to);
    }
  }
}
