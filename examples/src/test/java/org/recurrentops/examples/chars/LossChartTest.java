package org.recurrentops.examples.chars;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LossChartTest {
  @TempDir Path folder;

  private static LossHistory history(int points) {
    LossHistory h = new LossHistory();
    for (int i = 1; i <= points; i++) {
      h.training().add(new LossHistory.Point(20L * i, 1.5 + 3.0 / i));
    }
    h.validation().add(new LossHistory.Point(20L * points, 1.7));
    return h;
  }

  @Test
  void drawsAllThreeLines() throws IOException {
    Path png = folder.resolve("loss.png");
    new LossChart("lstm", history(3000), 2.3).writePng(png);
    BufferedImage image = ImageIO.read(png.toFile());
    assertEquals(900, image.getWidth());
    Set<Integer> colours = new HashSet<>();
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        colours.add(image.getRGB(x, y) & 0xFFFFFF);
      }
    }
    assertTrue(colours.contains(0x8AB4E0), "training line");
    assertTrue(colours.contains(0x1B4F8F), "validation line");
    assertTrue(colours.contains(0xC05030), "bigram line");
  }

  @Test
  void drawsASinglePoint() throws IOException {
    LossHistory h = new LossHistory();
    h.validation().add(new LossHistory.Point(1, 4.5));
    new LossChart("lstm", h, 2.3).writePng(folder.resolve("one.png"));
    assertTrue(Files.size(folder.resolve("one.png")) > 1000);
  }

  @Test
  void writesTheNumbers() throws IOException {
    Path csv = folder.resolve("loss.csv");
    new LossChart("lstm", history(2), 2.25).writeCsv(csv);
    assertEquals(
        "series,step,nats\ntraining,20,4.500000\ntraining,40,3.000000\n"
            + "validation,40,1.700000\nbigram,40,2.250000\n",
        Files.readString(csv).replace("\r\n", "\n"));
  }
}
