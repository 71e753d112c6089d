package org.recurrentops.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class LogChartTest {
  private static String draw(String first, String second) {
    LogChart chart = new LogChart("memory", "T", "bytes");
    chart.add(new LogChart.Line(first, new double[] {1, 4096}, new double[] {2e5, 8e7}));
    chart.add(new LogChart.Line(second, new double[] {1, 4096}, new double[] {3e5, 5e7}));
    return chart.draw().inline();
  }

  /** y of the text in the legend. */
  private static String row(String svg, String name) {
    Matcher text = Pattern.compile(" y='([^']*)'[^>]*>" + name + "<").matcher(svg);
    assertTrue(text.find(), () -> name + " is not in " + svg);
    return text.group(1);
  }

  @Test
  void namesShareARowOfTheLegendWhereTheyFit() {
    String svg = draw("cpu", "opencl");
    assertEquals(row(svg, "cpu"), row(svg, "opencl"));
  }

  @Test
  void longNamesDoNotLieOnEachOther() {
    String longName = "training lstm on cpu 1 thread computing steps again, T to the power of 0.99";
    String svg = draw(longName, "cpu");
    assertNotEquals(row(svg, longName), row(svg, "cpu"));
  }

  @Test
  void millionsAreShort() {
    assertEquals("100 M", Ticks.text(1e8));
    assertEquals("100000", Ticks.text(1e5));
    assertEquals("0.01", Ticks.text(0.01));
  }
}
