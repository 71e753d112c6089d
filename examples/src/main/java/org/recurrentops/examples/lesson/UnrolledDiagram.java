package org.recurrentops.examples.lesson;

import java.awt.Color;

/** One cell, drawn once per step: inputs below, states in the middle, outputs above. */
public final class UnrolledDiagram {
  private UnrolledDiagram() {}

  /**
   * Draws it.
   *
   * @param steps T
   * @return the picture
   */
  public static Picture draw(int steps) {
    Picture p = new Picture(135 + 125 * steps, 300);
    var g = p.graphics();
    for (int t = 0; t <= steps; t++) {
      int x = 70 + 125 * t;
      String[] names = {"h" + t, "x" + t, "y" + t};
      int[] rows = {150, 250, 50};
      for (int r = 0; r < (t == 0 ? 1 : 3); r++) {
        g.setColor(Picture.colour(r + 1));
        g.fillRoundRect(x - 30, rows[r] - 20, 60, 40, 16, 16);
        g.setColor(Color.WHITE);
        p.centred(t == 0 ? "h0 = 0" : names[r], x, rows[r]);
      }
      g.setColor(Color.BLACK);
      if (t > 0) {
        p.arrow(x, 230, x, 170, "W_x");
        p.arrow(x, 130, x, 70, "");
        p.arrow(x - 95, 150, x - 30, 150, "W_h");
      }
    }
    p.centred("one cell, unrolled: W_x, W_h and b are shared by all steps", 67 + 62 * steps, 288);
    return p;
  }
}
