package org.recurrentops.examples.lesson;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.util.List;

/** A grid of pictures with captions: what was said, and below it the truth where it differs. */
public final class CaptionSheet {
  private static final int COLUMNS = 4;
  private static final int ROWS = 3;
  private static final int WIDTH = 230;
  private static final int IMAGE = 120;

  private CaptionSheet() {}

  /**
   * Draws the first twelve.
   *
   * @param table features, drawn as grey squares row by row, and true captions
   * @param said captions, as many
   * @return the picture
   */
  public static Picture draw(FeatureTable table, List<String> said) {
    int count = Math.min(COLUMNS * ROWS, said.size());
    int rows = (count + COLUMNS - 1) / COLUMNS;
    Picture p = new Picture(COLUMNS * WIDTH, rows * (IMAGE + 60) + 20);
    for (int i = 0; i < count; i++) {
      int x = i % COLUMNS * WIDTH;
      int y = i / COLUMNS * (IMAGE + 60) + 20;
      image(p.graphics(), table.rows()[i], x + (WIDTH - IMAGE) / 2, y);
      boolean right = said.get(i).equals(table.captions().get(i));
      p.graphics().setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
      p.graphics().setColor(right ? Picture.colour(3) : Picture.colour(2));
      p.centred(shortened(said.get(i)), x + WIDTH / 2.0, y + IMAGE + 16);
      if (!right) {
        p.graphics().setColor(Color.GRAY);
        String truth = "truth: " + table.captions().get(i);
        p.centred(shortened(truth), x + WIDTH / 2.0, y + IMAGE + 34);
      }
    }
    return p;
  }

  private static String shortened(String text) {
    return text.length() > 32 ? text.substring(0, 31) + "…" : text;
  }

  /** The smallest square that holds all features, from black (least) to white. */
  private static void image(Graphics2D g, float[] row, int left, int top) {
    int side = (int) Math.ceil(Math.sqrt(row.length));
    float least = Float.POSITIVE_INFINITY;
    float most = Float.NEGATIVE_INFINITY;
    for (float v : row) {
      least = Math.min(least, v);
      most = Math.max(most, v);
    }
    for (int i = 0; i < side * side; i++) {
      float v = i < row.length && most > least ? (row[i] - least) / (most - least) : 0;
      int grey = Math.round(255 * v);
      int x0 = i % side * IMAGE / side;
      int y0 = i / side * IMAGE / side;
      g.setColor(new Color(grey, grey, grey));
      int x1 = (i % side + 1) * IMAGE / side;
      int y1 = (i / side + 1) * IMAGE / side;
      g.fillRect(left + x0, top + y0, x1 - x0, y1 - y0);
    }
  }
}
