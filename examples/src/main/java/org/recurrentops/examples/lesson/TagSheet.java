package org.recurrentops.examples.lesson;

import java.awt.Color;
import java.awt.Font;

/** Source text, each character in the colour of its label; what is wrong lies on red. */
public final class TagSheet {
  private static final int SHOWN = 6;

  private TagSheet() {}

  /**
   * Draws the first rows of a batch.
   *
   * @param symbols [T,N]
   * @param rows labels [T,N] by the tokenizer, reading forward, reading both ways
   * @param steps T
   * @return the picture
   */
  public static Picture draw(int[] symbols, int[][] rows, int steps) {
    int batch = symbols.length / steps;
    Picture p = new Picture(100 + 15 * steps, 50 + SHOWN * 85);
    var g = p.graphics();
    for (int k = 0; k < JavaTokens.LABELS.size(); k++) {
      g.setColor(Picture.colour(6 - k));
      g.drawString(JavaTokens.LABELS.get(k), 100 + 110 * k, 24);
    }
    String[] names = {"truth", "forward", "both ways"};
    for (int n = 0; n < SHOWN; n++) {
      for (int r = 0; r < 3; r++) {
        int y = 60 + n * 85 + r * 24;
        g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
        g.setColor(Color.GRAY);
        g.drawString(names[r], 12, y);
        g.setFont(new Font(Font.MONOSPACED, Font.BOLD, 16));
        for (int t = 0; t < steps; t++) {
          int i = t * batch + n;
          if (rows[r][i] != rows[0][i]) {
            g.setColor(new Color(0xFF, 0xD0, 0xC8));
            g.fillRect(90 + 15 * t - 2, y - 16, 15, 22);
          }
          g.setColor(Picture.colour(6 - rows[r][i]));
          char c = symbols[i] == '\n' ? '\u00B6' : (char) symbols[i];
          p.centred(Character.toString(c), 95 + 15 * t, y - 5);
        }
      }
    }
    return p;
  }
}
