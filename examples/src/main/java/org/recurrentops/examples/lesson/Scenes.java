package org.recurrentops.examples.lesson;

import java.awt.Color;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Small pictures of up to four circles and up to four squares, and what they show in words. */
public final class Scenes {
  /** Width and height in pixels. */
  public static final int SIZE = 24;

  private static final int CELLS = 3; // per row; no two shapes share a cell
  private static final int MOST = 4;

  private Scenes() {}

  /**
   * Draws pictures.
   *
   * @param count how many
   * @param seed of everything
   * @return grey values in [0, 1] as features, row by row
   */
  public static FeatureTable draw(int count, long seed) {
    Random random = new Random(seed);
    float[][] rows = new float[count][];
    List<String> captions = new ArrayList<>();
    List<Integer> cells = new ArrayList<>(IntStream.range(0, CELLS * CELLS).boxed().toList());
    for (int i = 0; i < count; i++) {
      int which = 1 + random.nextInt((MOST + 1) * (MOST + 1) - 1); // not zero and zero
      int circles = which / (MOST + 1);
      int squares = which % (MOST + 1);
      Collections.shuffle(cells, random);
      rows[i] = pixels(cells, circles, squares, random);
      captions.add(caption(circles, squares));
    }
    return new FeatureTable(rows, captions);
  }

  static String caption(int circles, int squares) {
    String some = circles == 0 ? "" : words(circles, "circle");
    String others = squares == 0 ? "" : words(squares, "square");
    return some + (circles == 0 || squares == 0 ? "" : " and ") + others;
  }

  private static String words(int count, String shape) {
    return NumberWords.of(count) + " " + shape + (count == 1 ? "" : "s");
  }

  /** Each shape lies up to a pixel off the middle of its cell, drawn with soft edges. */
  private static float[] pixels(List<Integer> cells, int circles, int squares, Random random) {
    BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_BYTE_GRAY);
    var g = image.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    g.setColor(Color.WHITE);
    double width = SIZE / (double) CELLS;
    for (int k = 0; k < circles + squares; k++) {
      int cell = cells.get(k);
      g.setTransform(
          AffineTransform.getTranslateInstance(
              cell % CELLS * width + 2 * random.nextDouble() - 1,
              cell / CELLS * width + 2 * random.nextDouble() - 1));
      g.fill(
          k < circles
              ? new Ellipse2D.Double(1, 1, width - 2, width - 2)
              : new Rectangle2D.Double(1, 1, width - 2, width - 2));
    }
    g.dispose();
    int[] grey = image.getRaster().getPixels(0, 0, SIZE, SIZE, (int[]) null);
    float[] values = new float[grey.length];
    for (int i = 0; i < grey.length; i++) {
      values[i] = grey[i] / 255f;
    }
    return values;
  }
}
