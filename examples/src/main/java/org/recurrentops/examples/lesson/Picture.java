package org.recurrentops.examples.lesson;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.recurrentops.examples.CommandException;
import org.recurrentops.examples.chars.AtomicFile;

/** A white sheet to draw on, written to a PNG as a whole or not at all. */
public final class Picture {
  /** Colours that stay apart in print and for most eyes. */
  private static final Color[] COLOURS = {
    new Color(0x20, 0x20, 0x20),
    new Color(0x1B, 0x4F, 0x8F),
    new Color(0xC0, 0x50, 0x30),
    new Color(0x2E, 0x8B, 0x57),
    new Color(0x8A, 0x5C, 0xB0),
    new Color(0xB8, 0x86, 0x0B),
    new Color(0x80, 0x80, 0x80)
  };

  private final BufferedImage image;
  private final Graphics2D g;

  /**
   * A white sheet.
   *
   * @param width in pixels
   * @param height in pixels
   */
  public Picture(int width, int height) {
    image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    g = image.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    g.setColor(Color.WHITE);
    g.fillRect(0, 0, width, height);
    g.setStroke(new BasicStroke(1.5f));
    g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 14));
  }

  /**
   * One of the colours.
   *
   * @param i any index
   * @return black, blue, red, green, violet, ochre, grey, and again
   */
  public static Color colour(int i) {
    return COLOURS[Math.floorMod(i, COLOURS.length)];
  }

  /**
   * To draw with.
   *
   * @return the sheet's graphics
   */
  public Graphics2D graphics() {
    return g;
  }

  /**
   * Writes text around a point.
   *
   * @param text one line
   * @param x centre
   * @param y middle
   */
  public void centred(String text, double x, double y) {
    var m = g.getFontMetrics();
    g.drawString(
        text, (float) (x - m.stringWidth(text) / 2.0), (float) (y + m.getAscent() / 2.0 - 2));
  }

  /**
   * Draws an arrow along an axis, with a label beside it.
   *
   * @param x0 from
   * @param y0 from
   * @param x1 to
   * @param y1 to
   * @param label may be empty
   */
  public void arrow(int x0, int y0, int x1, int y1, String label) {
    g.drawLine(x0, y0, x1, y1);
    int dx = Integer.signum(x1 - x0) * 7;
    int dy = Integer.signum(y1 - y0) * 7;
    g.drawLine(x1, y1, x1 - dx - dy / 2, y1 - dy - dx / 2);
    g.drawLine(x1, y1, x1 - dx + dy / 2, y1 - dy + dx / 2);
    boolean upright = dx == 0;
    centred(label, (x0 + x1) / 2.0 + (upright ? 22 : 0), (y0 + y1) / 2.0 - (upright ? 0 : 10));
  }

  /**
   * An empty line chart.
   *
   * @param title above
   * @param x below the axis
   * @param y beside the axis
   * @return to which series are added by {@link #line}
   */
  public static XYChart chart(String title, String x, String y) {
    XYChart chart =
        new XYChartBuilder()
            .width(800)
            .height(420)
            .title(title)
            .xAxisTitle(x)
            .yAxisTitle(y)
            .build();
    chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setPlotBorderVisible(false);
    chart.getStyler().setXAxisDecimalPattern("0");
    chart.getStyler().setXAxisTickMarkSpacingHint(90);
    return chart;
  }

  /**
   * Adds a line in the next colour.
   *
   * @param chart from {@link #chart}
   * @param name in the legend
   * @param x abscissae
   * @param y ordinates
   */
  public static void line(XYChart chart, String name, double[] x, double[] y) {
    Color c = colour(chart.getSeriesMap().size());
    chart
        .addSeries(name, x, y)
        .setMarker(SeriesMarkers.NONE)
        .setLineColor(c)
        .setLineWidth(chart.getSeriesMap().size() == 1 ? 2.5f : 1.8f);
  }

  /**
   * Draws a chart over the sheet.
   *
   * @param chart as large as the sheet
   * @return the sheet
   */
  public static Picture of(XYChart chart) {
    Picture p = new Picture(chart.getWidth(), chart.getHeight());
    chart.paint(p.g, chart.getWidth(), chart.getHeight());
    return p;
  }

  /**
   * A confusion matrix: a row per true class, each cell with its share of the row.
   *
   * @param title above
   * @param names of the classes
   * @param counts [true][said]
   * @return the sheet
   */
  public static Picture matrix(String title, String[] names, int[][] counts) {
    int cell = 74;
    int size = cell * names.length;
    Picture p = new Picture(Math.max(size + 150, 380), size + 110);
    p.g.setColor(Color.BLACK);
    p.centred(title + "  (rows: truth, columns: answer, % of row)", p.image.getWidth() / 2.0, 20);
    for (int r = 0; r < names.length; r++) {
      int sum = Math.max(1, java.util.Arrays.stream(counts[r]).sum());
      p.g.setColor(Color.BLACK);
      p.centred(names[r], 60, 70 + (r + 0.5) * cell);
      p.centred(names[r], 110 + (r + 0.5) * cell, 54);
      for (int c = 0; c < names.length; c++) {
        float share = counts[r][c] / (float) sum;
        int fade = Math.round(235 * (1 - share));
        p.g.setColor(new Color(20 + fade, 79 + fade * 170 / 235, 143 + fade * 110 / 235));
        p.g.fillRect(110 + c * cell, 70 + r * cell, cell - 2, cell - 2);
        p.g.setColor(share > 0.5 ? Color.WHITE : Color.BLACK);
        p.centred(
            Integer.toString(Math.round(100 * share)),
            110 + (c + 0.5) * cell,
            70 + (r + 0.5) * cell);
      }
    }
    return p;
  }

  /**
   * A table of up to twelve rows; answers unlike the truth are red.
   *
   * @param header question, truth and names of answers
   * @param rows as wide as the header
   * @return the sheet
   */
  public static Picture table(String[] header, java.util.List<String[]> rows) {
    int count = Math.min(12, rows.size());
    Picture p = new Picture(320 + 110 * (header.length - 1), 50 + 26 * count);
    for (int r = -1; r < count; r++) {
      String[] cells = r < 0 ? header : rows.get(r);
      for (int c = 0; c < cells.length; c++) {
        p.g.setColor(r >= 0 && c > 1 && !cells[c].equals(cells[1]) ? colour(2) : colour(0));
        p.g.setFont(p.g.getFont().deriveFont(r < 0 ? Font.BOLD : Font.PLAIN));
        p.g.drawString(cells[c], c == 0 ? 20 : 220 + 110 * c, 30 + 26 * (r + 1));
      }
    }
    return p;
  }

  /**
   * Writes the file.
   *
   * @param png replaced as a whole or not at all
   */
  public void write(Path png) {
    try {
      new AtomicFile(png).write(out -> ImageIO.write(image, "png", out));
    } catch (IOException e) {
      throw CommandException.failure("--out: cannot write " + png + ": " + e.getMessage(), e);
    }
  }
}
