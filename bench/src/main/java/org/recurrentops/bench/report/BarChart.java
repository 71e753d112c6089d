package org.recurrentops.bench.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;

/**
 * Horizontal bars, grouped by row, one colour per series, with the interval as a whisker; or one
 * bar per row, made of its series.
 */
final class BarChart {
  private static final int WIDTH = 860;
  private static final int LEFT = 225;
  private static final int RIGHT = 90;
  private static final int BAR = 17;
  private static final int GAP = 12;
  private static final int TOP = 34;
  private static final int BOTTOM = 46;
  private static final int LEGEND = 18;

  /** One bar; low and high may be NaN for no whisker. */
  record Bar(String row, String series, double value, double low, double high) {}

  private final String title;
  private final String axis;
  private final List<String> known;
  private final List<Bar> bars = new ArrayList<>();
  private final Map<String, String> ends = new HashMap<>();

  /**
   * Begins a chart.
   *
   * @param axis its name with the unit
   * @param known series in the order of their colours, the same in all charts of a page
   */
  BarChart(String title, String axis, List<String> known) {
    this.title = title;
    this.axis = axis;
    this.known = known;
  }

  private int colour(String series, List<String> all) {
    return known.contains(series) ? known.indexOf(series) : all.indexOf(series);
  }

  void add(Bar bar) {
    bars.add(bar);
  }

  /** Puts the bars of a row behind each other, and a text at their end. */
  void stack(String row, String end) {
    ends.put(row, end);
  }

  private boolean isStacked(String row) {
    return ends.containsKey(row);
  }

  private double length(String row) {
    DoubleStream ofRow =
        bars.stream()
            .filter(b -> b.row().equals(row))
            .mapToDouble(b -> Math.max(b.value(), orZero(b.high())));
    return isStacked(row) ? ofRow.sum() : ofRow.max().orElse(0);
  }

  private int thickness(String row) {
    return isStacked(row)
        ? BAR
        : BAR * (int) bars.stream().filter(b -> b.row().equals(row)).count();
  }

  boolean isEmpty() {
    return bars.isEmpty();
  }

  Svg draw() {
    List<String> rows = distinct(bars.stream().map(Bar::row).toList());
    List<String> series = distinct(bars.stream().map(Bar::series).toList());
    List<double[]> places = places(series);
    double begin = TOP + places.get(places.size() - 1)[1] - places.get(0)[1];
    int height = (int) begin + BOTTOM + rows.stream().mapToInt(r -> GAP + thickness(r)).sum();
    Svg svg = new Svg(title, WIDTH, height);
    double most = rows.stream().mapToDouble(this::length).max().orElse(1);
    double step = Ticks.step(most);
    double top = Math.ceil(most / step - 1e-9) * step;
    double scale = (WIDTH - LEFT - RIGHT) / top;
    for (int i = 0; i * step <= top * 1.0001; i++) {
      double x = LEFT + i * step * scale;
      svg.line("grid", x, begin, x, height - BOTTOM);
      svg.text("soft", "middle", x, height - BOTTOM + 16, Ticks.text(i * step));
    }
    svg.text("soft", "middle", LEFT + (WIDTH - LEFT - RIGHT) / 2.0, height - 8, axis);
    legend(svg, series, places);
    double y = begin + GAP / 2.0;
    for (String row : rows) {
      List<Bar> group = bars.stream().filter(b -> b.row().equals(row)).toList();
      svg.text("ink", "end", LEFT - 8, y + thickness(row) / 2.0 + 4, row);
      double x = LEFT;
      for (int i = 0; i < group.size(); i++) {
        Bar b = group.get(i);
        int colour = colour(b.series(), series);
        if (isStacked(row)) {
          svg.bar(Style.series(colour), x, y + 1, b.value() * scale, BAR - 3);
          x += b.value() * scale;
        } else {
          draw(svg, b, colour, y + i * BAR, scale);
        }
      }
      if (isStacked(row)) {
        svg.text("ink", "start", x + 6, y + 12, ends.get(row));
      }
      y += thickness(row) + GAP;
    }
    return svg;
  }

  private static void draw(Svg svg, Bar b, int k, double y, double scale) {
    svg.bar(Style.series(k), LEFT, y + 1, b.value() * scale, BAR - 3);
    double end = b.value();
    if (b.low() < b.high()) {
      double middle = y + (BAR - 1) / 2.0;
      svg.line("whisker", LEFT + b.low() * scale, middle, LEFT + b.high() * scale, middle);
      svg.line("whisker", LEFT + b.low() * scale, middle - 3, LEFT + b.low() * scale, middle + 3);
      svg.line("whisker", LEFT + b.high() * scale, middle - 3, LEFT + b.high() * scale, middle + 3);
      end = Math.max(end, b.high());
    }
    svg.text("ink", "start", LEFT + end * scale + 6, y + 12, number(b.value()));
  }

  /** Places of the legend's entries, in as many rows as they need. */
  private static List<double[]> places(List<String> series) {
    List<double[]> places = new ArrayList<>();
    double x = LEFT;
    double y = 8;
    for (String name : series) {
      double width = 40 + 7.2 * name.length();
      if (x > LEFT && x + width > WIDTH) {
        x = LEFT;
        y += LEGEND;
      }
      places.add(new double[] {x, y});
      x += width;
    }
    return places;
  }

  private void legend(Svg svg, List<String> series, List<double[]> places) {
    for (int k = 0; k < series.size(); k++) {
      double x = places.get(k)[0];
      double y = places.get(k)[1];
      svg.bar(Style.series(colour(series.get(k), series)), x, y, 12, 12);
      svg.text("ink", "start", x + 17, y + 10, series.get(k));
    }
  }

  private static String number(double v) {
    return v >= 100 ? String.format(Locale.ROOT, "%.0f", v) : String.format(Locale.ROOT, "%.3g", v);
  }

  private static double orZero(double v) {
    return Double.isNaN(v) ? 0 : v;
  }

  private static List<String> distinct(List<String> values) {
    return List.copyOf(new LinkedHashSet<>(values));
  }
}
