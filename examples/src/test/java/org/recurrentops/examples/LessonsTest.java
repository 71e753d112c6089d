package org.recurrentops.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every short program with a small budget: its number against its own baseline. */
class LessonsTest {
  @TempDir Path folder;
  private LessonRun run;

  private void learns(String... options) throws Exception {
    Path picture = folder.resolve("picture.png");
    run = new LessonRun(picture, options);
    assertEquals(0, run.code, run.toString());
    assertTrue(ImageIO.read(picture.toFile()).getWidth() >= 300, "picture");
    assertFalse(Files.exists(folder.resolve("picture.png.tmp")));
  }

  private double number(String pattern) {
    return run.number(pattern);
  }

  private String log() {
    return run.toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "opencl"})
  void shapesAreThoseOfTheTextbook(String backend) throws Exception {
    LessonRun.needs(backend);
    learns("shapes", "--backend", backend);
    String text = run.out;
    assertTrue(text.contains("12 + 9 + 3 = 24"), text);
    assertTrue(text.contains("[samples, steps, features] = [2, 5, 4]"), text);
    assertTrue(text.contains("[samples, steps, units]    = [2, 5, 3]"), text);
    assertTrue(text.contains("[samples, steps, units]    = [2, 5, 6]"), text);
    assertTrue(text.contains("[samples, units]           = [2, 3]\n"), text);
    assertTrue(number("by hand. = ([0-9.e+-]+)") < 1e-6, text);
  }

  @Test
  void embeddingCopiesNothingAndLearns() throws Exception {
    learns("embed", "--steps", "400");
    assertTrue(run.out.contains("0 copies in, 0 copies out, 0 allocations"), log());
    assertTrue(number("^error +([0-9.]+)") < 0.2 * number("against ([0-9.]+)"), log());
  }

  @Test
  void forecastsBetterThanPersistenceAndAutoregression() throws Exception {
    learns("forecast", "--networks", "1", "--steps", "120", "--seed", "1");
    double network = number("^network +([0-9.]+)");
    assertTrue(network < 0.9 * number("^AR.[0-9]+. +([0-9.]+)"), log());
    assertTrue(network < 0.5 * number("^persistence +([0-9.]+)"), log());
  }

  @Test
  void sayWhatPicturesShow() throws Exception {
    learns("caption", "--steps", "300", "--seed", "1");
    double network = number("^network +([0-9.]+)");
    assertTrue(network > number("^nearest +([0-9.]+)") + 15, log());
    assertTrue(network > number("^majority +([0-9.]+)") + 15, log());
  }

  /** The snippets are from this project's files, so figures change with every commit a little. */
  @Test
  void classifiesBetterThanMajorityAndByteBag() throws Exception {
    learns("classify", "--steps", "600", "--seed", "1");
    double network = number("^network +([0-9.]+)");
    assertTrue(network > number("^byte bag +([0-9.]+)"), log());
    assertTrue(network > number("^majority +([0-9.]+)") + 15, log());
  }

  @Test
  void twoClassesWithOneSigmoid() throws Exception {
    learns("classify", "--two", "--steps", "120", "--seed", "1");
    assertTrue(number("^network +([0-9.]+)") > number("^majority +([0-9.]+)"), log());
  }

  @Test
  void bothDirectionsTagBetterThanOne() throws Exception {
    learns("tag", "--steps", "80", "--seed", "1");
    double forward = number("^forward +([0-9.]+)");
    assertTrue(forward > number("^majority +([0-9.]+)"), log());
    assertTrue(number("^both ways +([0-9.]+)") > forward, log());
  }

  @Test
  void gatesRememberWhereVanillaForgets() throws Exception {
    learns("memory", "--lag", "40", "--steps", "200", "--seed", "1");
    double gru = number("^gru +.*, ([0-9.]+) % at lag 40");
    assertTrue(gru > number("^vanilla +.*, ([0-9.]+) % at lag 40") + 15, log());
    assertTrue(gru > number("^truncated +([0-9.]+)") + 15, log());
    double vanilla = number("([0-9.e+-]+) of .* for vanilla;");
    assertTrue(vanilla < 1e-3 * number("([0-9.e+-]+) of .* for gru;"), log());
    assertTrue(number("([0-9.e+-]+) of .* for vanilla, 4 x weights;") > 1, log());
    assertTrue(number("4 x weights;.*clipped ([0-9.]+)") <= 1.01, log());
  }

  @Test
  void translatesNumbersNeverSeen() throws Exception {
    learns("translate", "--steps", "400", "--seed", "1");
    double nearest = number("^nearest +([0-9.]+)");
    assertTrue(number("^greedy +([0-9.]+)") > nearest, log());
    assertTrue(number("^beam of 3 +([0-9.]+)") > nearest, log());
  }

  @Test
  void impossibleOptionsAreOneLine() {
    String[][] wrong = {
      {"shapes", "--units", "0"},
      {"forecast", "--tau", "99"},
      {"classify", "--length", "2"},
      {"tag", "--steps", "0"},
      {"memory", "--lag", "7"},
      {"translate", "--beam", "0"},
      {"caption", "--features", "x.safetensors"},
      {"forecast", "--networks", "0"},
      {"embed", "--backend", "opencl"},
      {"embed", "--out", folder.resolve("missing/x.png").toString()},
      {"tag", "--out", folder.toString()}
    };
    for (String[] args : wrong) {
      Path picture = folder.resolve("picture.png");
      run = new LessonRun(picture, args);
      assertEquals(2, run.code, log());
      assertEquals(1, run.err.lines().count(), log());
      assertTrue(run.err.startsWith("error: "), log());
      assertFalse(Files.exists(picture), args[0]);
    }
  }
}
