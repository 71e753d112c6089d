package org.recurrentops.examples.lesson;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Random;
import org.recurrentops.LossOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;

/** A GRU that reads the last {@link #WINDOW} values of a series and says the next one. */
public final class WindowForecaster {
  /** Values that it reads, T. */
  public static final int WINDOW = 24;

  private static final int N = 64;
  private static final int H = 32;

  private final Network net;
  private final Tensor x;
  private final double mean;
  private final double deviation;

  /**
   * Learns; values from an index on are not looked at.
   *
   * @param ops the device
   * @param values the series
   * @param end the first value that is not learnt
   * @param steps optimiser steps
   * @param noise standard deviation of what is added to each input, in that of the values
   * @param seed of weights, windows and noise
   * @param err for the progress bar
   */
  public WindowForecaster(
      RecurrentOps ops,
      double[] values,
      int end,
      int steps,
      double noise,
      long seed,
      PrintWriter err) {
    mean = Arrays.stream(values, 0, end).average().orElse(0);
    double square = Arrays.stream(values, 0, end).map(v -> (v - mean) * (v - mean)).sum();
    deviation = Math.max(Math.sqrt(square / end), 1e-9);
    net = new Network(ops, RnnSpec.gru(1, H).build(), 1, WINDOW, N, 0.01, seed);
    x = ops.allocate(WINDOW, N, 1);
    Tensor target = ops.allocate(N, 1);
    Random random = new Random(seed);
    int[] from = new int[N];
    float[] next = new float[N];
    TrainingBar.run(
        "forecast",
        steps,
        err,
        step -> {
          for (int n = 0; n < N; n++) {
            from[n] = random.nextInt(end - WINDOW);
            next[n] = scaled(values[from[n] + WINDOW]);
          }
          float[] window = windows(values, from);
          for (int i = 0; i < window.length; i++) {
            window[i] += (float) (noise * random.nextGaussian());
          }
          x.upload(window);
          target.upload(next);
          Tensor score = net.lastStep(x, null);
          ops.math().squaredError(score, target, LossOptions.mean(), net.loss(), score);
          net.backLastStep(x, score);
          net.update(Scores.rate(step, steps));
          return net.lossAt(step);
        });
  }

  /**
   * One step ahead, always from true values.
   *
   * @param values the series
   * @param from first index to forecast
   * @param to behind the last
   * @return forecasts of values[from] … values[to − 1]
   */
  public double[] forecast(double[] values, int from, int to) {
    double[] forecast = new double[to - from];
    int[] starts = new int[N];
    for (int i = 0; i < forecast.length; i += N) {
      for (int n = 0; n < N; n++) {
        starts[n] = Math.min(from + i + n, to - 1) - WINDOW;
      }
      x.upload(windows(values, starts));
      float[] score = net.lastStep(x, null).toFloats();
      for (int n = 0; n < Math.min(N, forecast.length - i); n++) {
        forecast[i + n] = mean + deviation * score[n];
      }
    }
    return forecast;
  }

  /** [T,N,1]: the window of row n begins at from[n]. */
  private float[] windows(double[] values, int[] from) {
    float[] window = new float[WINDOW * N];
    for (int i = 0; i < window.length; i++) {
      window[i] = scaled(values[from[i % N] + i / N]);
    }
    return window;
  }

  private float scaled(double value) {
    return (float) ((value - mean) / deviation);
  }
}
