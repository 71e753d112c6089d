package org.recurrentops.examples.lesson;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.recurrentops.Backends;
import org.recurrentops.RecurrentOps;
import org.recurrentops.examples.lesson.Holdout.Choice;
import org.recurrentops.examples.lesson.Holdout.Setting;

/** What is held out has no part in choosing and learning. */
class HoldoutTest {
  private static Series series(int known, int heldOut) {
    double[] values = new double[known + heldOut];
    Arrays.setAll(values, i -> i < known ? i * i : Double.NaN);
    return new Series("squares", "index", 0, values, heldOut);
  }

  @Test
  void choosesOnTheLastFifthOfWhatIsKnown() {
    Setting near = new Setting(3, false, 0);
    Setting best = new Setting(1, true, 0);
    Setting far = new Setting(2, false, 0);
    Holdout.Model model =
        (s, values, from, to) -> {
          assertEquals(100, values.length, "held-out values are not handed over");
          assertEquals(80, from);
          assertEquals(100, to);
          double[] forecast = Arrays.copyOfRange(values, from, to);
          return Arrays.stream(forecast).map(v -> v + s.size()).toArray();
        };
    Choice choice = Holdout.choose(series(100, 25), List.of(far, near), model);
    assertEquals(far, choice.setting());
    assertEquals(2, choice.error(), 1e-9);
    // (√v + 1)² − v is far more than 2 where v is large: errors are in the unit of the series
    assertEquals(far, Holdout.choose(series(100, 25), List.of(best, far), model).setting());
  }

  @Test
  void rootsAreOfTheSeriesAndSquaredBack() {
    Series series = series(100, 25);
    double[] got =
        Holdout.forecast(
            series,
            new Setting(0, true, 0),
            (s, values, from, to) -> {
              assertEquals(99, values[99]);
              assertEquals(100, from);
              double[] forecast = new double[to - from];
              Arrays.fill(forecast, 7);
              forecast[0] = -3;
              return forecast;
            });
    assertEquals(25, got.length);
    assertEquals(0, got[0]);
    assertEquals(49, got[1]);
  }

  @Test
  void negativeValuesHaveNoRootsAndNoNumberLosesToAnyNumber() {
    Series series = series(100, 25);
    series.values()[3] = -1;
    Setting roots = new Setting(0, true, 0);
    Setting nothing = new Setting(1, false, 0);
    Setting something = new Setting(2, false, 0);
    Holdout.Model model =
        (s, values, from, to) -> {
          double[] forecast = new double[to - from];
          Arrays.fill(forecast, s.roots() ? 1 : s.size() == 1 ? Double.NaN : 5);
          return forecast;
        };
    List<Setting> settings = List.of(roots, nothing, something);
    assertEquals(something, Holdout.choose(series, settings, model).setting());
  }

  /** Values that are not to be seen are NaN, which would spread. */
  @Test
  void modelsLearnOnlyWhatLiesBefore() {
    double[] values = new double[200];
    Arrays.setAll(values, i -> Math.sin(i) + 2);
    double[] cut = values.clone();
    Arrays.fill(cut, 150, 200, Double.NaN);
    double[] ar = Autoregression.fit(values, 150, 5).forecast(values, 150);
    assertEquals(ar[0], Autoregression.fit(cut, 150, 5).forecast(cut, 150)[0]);
    try (RecurrentOps ops = Backends.open("cpu")) {
      PrintWriter err = new PrintWriter(new StringWriter());
      double[] whole =
          new WindowForecaster(ops, values, 150, 5, 0.1, 3, err).forecast(values, 150, 151);
      double[] known = new WindowForecaster(ops, cut, 150, 5, 0.1, 3, err).forecast(cut, 150, 151);
      assertArrayEquals(whole, known);
      assertTrue(Double.isFinite(known[0]), "" + known[0]);
    }
  }

  @Test
  void packedSeriesAreWhatTheirFilesSay() {
    Series sunspots = Series.named("sunspots");
    assertEquals(289, sunspots.values().length);
    assertEquals(1921, sunspots.first() + sunspots.known());
    assertEquals(100.2, sunspots.values()[288]);
    Series laser = Series.named("laser");
    assertEquals(2000, laser.values().length);
    assertEquals(1000, laser.known());
    assertEquals(86, laser.values()[0]);
  }
}
