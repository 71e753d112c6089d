package org.recurrentops.bench.report;

import java.util.ArrayList;
import java.util.List;

/** Lines of points with positive coordinates on two logarithmic axes. */
final class LogChart {
  private static final int WIDTH = 860;
  private static final int HEIGHT = 380;
  private static final int LEFT = 76;
  private static final int RIGHT = 24;
  private static final int TOP = 34;
  private static final int BOTTOM = 52;
  private static final int COLUMN = 390;
  private static final int MARK = 17;

  /** Width of a character of the legend, on average and rounded up. */
  private static final double CHARACTER = 6.6;

  /** One line and its name; x ascends. */
  record Line(String name, double[] x, double[] y) {}

  private final String title;
  private final String xAxis;
  private final String yAxis;
  private final String[] xNames;
  private final List<Line> lines = new ArrayList<>();

  /**
   * Begins a chart.
   *
   * @param xNames names of x = 1, 2, 3 … in their place; null for a logarithmic axis of numbers
   */
  LogChart(String title, String xAxis, String yAxis, String... xNames) {
    this.title = title;
    this.xAxis = xAxis;
    this.yAxis = yAxis;
    this.xNames = xNames.length == 0 ? null : xNames;
  }

  void add(Line line) {
    lines.add(line);
  }

  boolean isEmpty() {
    return lines.isEmpty();
  }

  Svg draw() {
    double x0 = 1e300;
    double x1 = 0;
    double y0 = 1e300;
    double y1 = 0;
    for (Line l : lines) {
      for (int i = 0; i < l.x().length; i++) {
        x0 = Math.min(x0, l.x()[i]);
        x1 = Math.max(x1, l.x()[i]);
        y0 = Math.min(y0, l.y()[i]);
        y1 = Math.max(y1, l.y()[i]);
      }
    }
    double low = Math.pow(10, Math.floor(Math.log10(y0)));
    double high = Math.pow(10, Math.max(Math.ceil(Math.log10(y1)), Math.log10(low) + 1));
    int columns = columns();
    int rows = (lines.size() + columns - 1) / columns;
    int top = TOP + 18 * rows - 18;
    Svg svg = new Svg(title, WIDTH, HEIGHT + top - TOP);
    double[] y = {HEIGHT + top - TOP - BOTTOM, top};
    double[] xs = {x0, x1};
    grid(svg, xs, new double[] {low, high}, y);
    for (int k = 0; k < lines.size(); k++) {
      draw(svg, k, xs, new double[] {low, high}, y);
    }
    return svg;
  }

  private void draw(Svg svg, int k, double[] xs, double[] ys, double[] span) {
    Line l = lines.get(k);
    double lastX = 0;
    double lastY = 0;
    for (int i = 0; i < l.x().length; i++) {
      double px = x(l.x()[i], xs);
      double py = place(l.y()[i], ys, span[0], span[1]);
      if (i > 0) {
        svg.line(Style.line(k), lastX, lastY, px, py);
      }
      lastX = px;
      lastY = py;
    }
    for (int i = 0; i < l.x().length; i++) {
      svg.mark(k, x(l.x()[i], xs), place(l.y()[i], ys, span[0], span[1]));
    }
    double at = LEFT + (k % columns()) * COLUMN;
    double line = 14 + 18 * (k / columns());
    svg.mark(k, at + 6, line);
    svg.text("ink", "start", at + MARK, line + 4, l.name());
  }

  /** Of the legend: names that are too long for one of two get a row each. */
  private int columns() {
    int longest = lines.stream().mapToInt(l -> l.name().length()).max().orElse(0);
    return MARK + longest * CHARACTER > COLUMN ? 1 : 2;
  }

  private double x(double value, double[] xs) {
    if (xNames != null) {
      double room = (double) (WIDTH - LEFT - RIGHT) / xNames.length;
      return LEFT + (value - 0.5) * room;
    }
    return place(value, xs, LEFT + 16, WIDTH - RIGHT - 16);
  }

  private void grid(Svg svg, double[] xs, double[] ys, double[] span) {
    for (double v = ys[0]; v <= ys[1] * 1.0001; v *= 10) {
      double py = place(v, ys, span[0], span[1]);
      svg.line("grid", LEFT, py, WIDTH - RIGHT, py);
      svg.text("soft", "end", LEFT - 8, py + 4, Ticks.text(v));
    }
    if (xNames == null) {
      List<Double> ticks =
          lines.stream()
              .flatMap(l -> java.util.Arrays.stream(l.x()).boxed())
              .distinct()
              .sorted()
              .toList();
      for (double v : ticks) {
        svg.line("grid", x(v, xs), span[0], x(v, xs), span[1]);
        svg.text("soft", "middle", x(v, xs), span[0] + 18, Ticks.text(v));
      }
    } else {
      for (int i = 0; i < xNames.length; i++) {
        svg.text("soft", "middle", x(i + 1, xs), span[0] + 18, xNames[i]);
      }
    }
    svg.text("soft", "middle", (LEFT + WIDTH - RIGHT) / 2.0, span[0] + 40, xAxis);
    svg.upwards("soft", 14, (span[0] + span[1]) / 2, yAxis);
  }

  private static double place(double v, double[] range, double from, double to) {
    double all = Math.log(range[1] / range[0]);
    return all == 0 ? (from + to) / 2 : from + (to - from) * Math.log(v / range[0]) / all;
  }
}
