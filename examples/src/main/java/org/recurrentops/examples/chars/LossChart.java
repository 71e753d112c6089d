package org.recurrentops.examples.chars;

import java.awt.Color;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws losses over steps: training, validation and the bigram baseline, in nats and as CSV. */
public final class LossChart {
  private static final Color TRAINING = new Color(0x8A, 0xB4, 0xE0);
  private static final Color VALIDATION = new Color(0x1B, 0x4F, 0x8F);
  private static final Color BASELINE = new Color(0xC0, 0x50, 0x30);

  private final LossHistory history;
  private final double bigram;
  private final String title;

  /**
   * Prepares to draw.
   *
   * @param title above the picture
   * @param history at least one value
   * @param bigram cross-entropy of the baseline, nats per character
   */
  public LossChart(String title, LossHistory history, double bigram) {
    this.title = title;
    this.history = history;
    this.bigram = bigram;
  }

  /**
   * Writes the picture.
   *
   * @param png the file
   * @throws IOException if it cannot be written
   */
  public void writePng(Path png) throws IOException {
    byte[] bytes = BitmapEncoder.getBitmapBytes(chart(), BitmapEncoder.BitmapFormat.PNG);
    new AtomicFile(png).write(out -> out.write(bytes));
  }

  private XYChart chart() {
    XYChart chart =
        new XYChartBuilder()
            .width(900)
            .height(540)
            .title(title)
            .xAxisTitle("optimiser steps")
            .yAxisTitle("nats per character")
            .build();
    chart.getStyler().setLegendPosition(Styler.LegendPosition.InsideNE);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setPlotBorderVisible(false);
    chart.getStyler().setYAxisDecimalPattern("0.0");
    chart.getStyler().setXAxisDecimalPattern("#,##0");
    line(chart, "training", history.training(), TRAINING, 1.5f);
    line(chart, "validation", history.validation(), VALIDATION, 2.5f)
        .setMarker(SeriesMarkers.CIRCLE);
    long last = lastStep();
    List<LossHistory.Point> flat =
        List.of(new LossHistory.Point(0, bigram), new LossHistory.Point(last, bigram));
    line(chart, String.format(Locale.ROOT, "bigram %.3f", bigram), flat, BASELINE, 1.5f);
    return chart;
  }

  private long lastStep() {
    return java.util.stream.Stream.concat(
            history.training().stream(), history.validation().stream())
        .mapToLong(LossHistory.Point::step)
        .max()
        .orElse(1);
  }

  private static XYSeries line(
      XYChart chart, String name, List<LossHistory.Point> points, Color color, float width) {
    // The picture is 900 pixels wide; more points than that only slow it down.
    int stride = Math.max(1, points.size() / 900);
    List<LossHistory.Point> shown = new java.util.ArrayList<>();
    for (int i = 0; i < points.size(); i += stride) {
      shown.add(points.get(i));
    }
    if (shown.isEmpty()) {
      shown.add(new LossHistory.Point(0, Double.NaN));
    }
    double[] x = shown.stream().mapToDouble(LossHistory.Point::step).toArray();
    double[] y = shown.stream().mapToDouble(LossHistory.Point::loss).toArray();
    XYSeries series = chart.addSeries(name, x, y);
    series.setLineColor(color);
    series.setMarkerColor(color);
    series.setMarker(SeriesMarkers.NONE);
    series.setLineWidth(width);
    return series;
  }

  /**
   * Writes the numbers.
   *
   * @param csv the file
   * @throws IOException if it cannot be written
   */
  public void writeCsv(Path csv) throws IOException {
    StringBuilder s = new StringBuilder("series,step,nats\n");
    history.training().forEach(p -> row(s, "training", p));
    history.validation().forEach(p -> row(s, "validation", p));
    row(s, "bigram", new LossHistory.Point(lastStep(), bigram));
    Files.writeString(csv, s, StandardCharsets.UTF_8);
  }

  private static void row(StringBuilder s, String series, LossHistory.Point p) {
    s.append(String.format(Locale.ROOT, "%s,%d,%.6f%n", series, p.step(), p.loss()));
  }
}
