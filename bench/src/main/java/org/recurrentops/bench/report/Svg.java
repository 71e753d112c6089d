package org.recurrentops.bench.report;

import java.util.Locale;

/** A drawing as SVG text. Colours are classes that {@link Style} defines for light and dark. */
final class Svg {
  private final StringBuilder body = new StringBuilder();
  private final String title;
  private final int width;
  private final int height;

  Svg(String title, int width, int height) {
    this.title = title;
    this.width = width;
    this.height = height;
  }

  void line(String style, double x1, double y1, double x2, double y2) {
    add("<line class='%s' x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f'/>", style, x1, y1, x2, y2);
  }

  void bar(String style, double x, double y, double w, double h) {
    add(
        "<rect class='%s' x='%.1f' y='%.1f' width='%.1f' height='%.1f' rx='2'/>",
        style, x, y, w, h);
  }

  /** A mark of series k: shapes differ as well as colours. */
  void mark(int k, double x, double y) {
    String style = Style.series(k);
    switch (k % 4) {
      case 0 -> add("<circle class='%s' cx='%.1f' cy='%.1f' r='4'/>", style, x, y);
      case 1 -> bar(style, x - 3.7, y - 3.7, 7.4, 7.4);
      case 2 -> add("<path class='%s' d='M%.1f %.1fl4.8 8.4h-9.6z'/>", style, x, y - 5);
      default -> add("<path class='%s' d='M%.1f %.1fl5 5l-5 5l-5 -5z'/>", style, x, y - 5);
    }
  }

  /** Text anchored at start, middle or end. */
  void text(String style, String anchor, double x, double y, String text) {
    add(
        "<text class='%s' text-anchor='%s' x='%.1f' y='%.1f'>%s</text>",
        style, anchor, x, y, escape(text));
  }

  /** Text that runs upwards. */
  void upwards(String style, double x, double y, String text) {
    add(
        "<text class='%s' text-anchor='middle' transform='translate(%.1f %.1f) rotate(-90)'>%s"
            + "</text>",
        style, x, y, escape(text));
  }

  private void add(String format, Object... values) {
    body.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  /** For a page that has the styles. */
  String inline() {
    return String.format(
        "<svg xmlns='http://www.w3.org/2000/svg' role='img' viewBox='0 0 %d %d' width='%d'"
            + " height='%d'><title>%s</title>%n%s</svg>%n",
        width, height, width, height, escape(title), body);
  }

  /** A file of its own. */
  String alone() {
    return inline().replaceFirst("</title>", "</title><style>" + Style.CHART + "</style>");
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("'", "&#39;")
        .replace("\"", "&quot;");
  }
}
