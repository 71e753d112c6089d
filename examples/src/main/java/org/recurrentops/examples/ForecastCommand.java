package org.recurrentops.examples;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Callable;
import org.recurrentops.LossOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;
import org.recurrentops.examples.lesson.Autoregression;
import org.recurrentops.examples.lesson.Network;
import org.recurrentops.examples.lesson.Picture;
import org.recurrentops.examples.lesson.Scores;
import org.recurrentops.examples.lesson.Sunspots;
import org.recurrentops.examples.lesson.TrainingBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Many-to-one: a window of years in, the next year out. */
@Command(
    name = "forecast",
    description = {
      "Forecasts next year's sunspot number from the years before it: AR(tau) sums tau values",
      "with fixed weights, a recurrent network keeps a latent state. Yearly means 1700-1988."
    },
    sortOptions = false,
    footer = {"", "Example:", "  forecast --tau 9 --seed 2"})
final class ForecastCommand implements Callable<Integer> {
  private static final int WINDOW = 24;
  private static final int HELD_OUT = 68; // 1921 … 1988
  private static final int COPIES = 4; // of every window, each with its own noise
  private static final float NOISE = 0.05f;

  @Spec private CommandSpec spec;
  @Mixin private LessonOptions lesson;

  @Option(
      names = "--tau",
      description = "Years that the autoregression sees, 1 … 24. Default: ${DEFAULT-VALUE}",
      defaultValue = "9")
  private int tau;

  @Option(
      names = "--networks",
      description = "Networks to average, 1 … 20. Default: ${DEFAULT-VALUE}",
      defaultValue = "5")
  private int networks;

  @Override
  public Integer call() {
    if (tau < 1 || tau > WINDOW || networks < 1 || networks > 20) {
      throw CommandException.usage(
          "forecast: expected --tau in 1 … 24 and --networks in 1 … 20, got "
              + tau
              + " and "
              + networks);
    }
    Path picture = lesson.picture();
    double[] series = Sunspots.yearly();
    int train = series.length - HELD_OUT;
    double[] truth = Arrays.copyOfRange(series, train, series.length);
    double[] persistence = Arrays.copyOfRange(series, train - 1, series.length - 1);
    double[] ar = Autoregression.fit(series, train, tau).forecast(series, train);
    double[] network = new double[HELD_OUT];
    try (RecurrentOps ops = lesson.open()) {
      int steps = lesson.steps(180);
      for (int k = 0; k < networks; k++) {
        double[] one = learn(ops, series, train, steps, k);
        Arrays.setAll(network, i -> network[i] + one[i] / networks);
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "persistence %.2f root mean squared error of 1921-1988, one year ahead%n",
        Scores.rootMeanSquare(persistence, truth));
    out.printf("AR(%d)       %.2f%n", tau, Scores.rootMeanSquare(ar, truth));
    out.printf(
        "network     %.2f, the mean of %d%n", Scores.rootMeanSquare(network, truth), networks);
    double[] years = new double[HELD_OUT];
    Arrays.setAll(years, i -> Sunspots.FIRST_YEAR + train + i);
    var chart = Picture.chart("Sunspots one year ahead", "year", "yearly mean");
    Picture.line(chart, "truth", years, truth);
    Picture.line(chart, "network", years, network);
    Picture.line(chart, "AR(" + tau + ")", years, ar);
    Picture.of(chart).write(picture);
    out.println("picture     " + picture);
    return 0;
  }

  /** Learns from the years before an index; forecasts the others, each one year ahead. */
  private double[] learn(RecurrentOps ops, double[] series, int end, int steps, int number) {
    long seed = lesson.seed() * 100 + number;
    int rows = (end - WINDOW) * COPIES;
    Network net = new Network(ops, RnnSpec.gru(1, 16).build(), 1, WINDOW, rows, 0.01, seed);
    Tensor x = ops.allocate(WINDOW, rows, 1);
    Tensor target = ops.allocate(rows, 1);
    Random random = new Random(seed);
    float[] next = new float[rows];
    for (int r = 0; r < rows; r++) {
      next[r] = scaled(series[r % (end - WINDOW) + WINDOW]);
    }
    target.upload(next);
    float[] window = new float[WINDOW * rows];
    TrainingBar.run(
        "forecast",
        steps,
        spec.commandLine().getErr(),
        step -> {
          for (int i = 0; i < window.length; i++) { // [T,N]: year t of window n is n + t
            double year = series[i % rows % (end - WINDOW) + i / rows];
            window[i] = scaled(year) + NOISE * (float) random.nextGaussian();
          }
          x.upload(window);
          Tensor score = net.lastStep(x, null);
          ops.math().squaredError(score, target, LossOptions.mean(), net.loss(), score);
          net.backLastStep(x, score);
          net.update(Scores.rate(step, steps));
          return net.lossAt(step);
        });
    double[] forecast = new double[series.length - end];
    for (int i = 0; i < forecast.length * WINDOW; i++) {
      int n = i / WINDOW; // the windows to forecast from fill the first rows
      window[i % WINDOW * rows + n] = scaled(series[end + n - WINDOW + i % WINDOW]);
    }
    x.upload(window);
    float[] scores = net.lastStep(x, null).toFloats();
    Arrays.setAll(forecast, i -> Math.pow(Math.max(0, 4 * scores[i] + 6), 2));
    return forecast;
  }

  /** The root steadies the variance of counts; then about zero mean and unit scale. */
  private static float scaled(double sunspots) {
    return (float) (Math.sqrt(sunspots) - 6) / 4;
  }
}
