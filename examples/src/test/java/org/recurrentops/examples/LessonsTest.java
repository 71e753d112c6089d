package org.recurrentops.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every short program with a small budget: its number against its own baseline. */
class LessonsTest {
  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... options) {
    List<String> args = new ArrayList<>(List.of(options));
    if (!args.contains("--out")) {
      args.addAll(List.of("--out", picture().toString()));
    }
    if (!args.contains("--backend")) {
      args.addAll(List.of("--backend", "cpu"));
    }
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return Main.run(args.toArray(new String[0]), new PrintWriter(out), new PrintWriter(err));
  }

  private Path picture() {
    return folder.resolve("picture.png");
  }

  private void learns(String... options) throws Exception {
    assertEquals(0, run(options), log());
    assertTrue(ImageIO.read(picture().toFile()).getWidth() >= 300, "picture");
    assertFalse(Files.exists(folder.resolve("picture.png.tmp")));
  }

  private String log() {
    return out + "\n" + err;
  }

  private double number(String pattern) {
    Matcher m = Pattern.compile("(?m)" + pattern).matcher(out.toString());
    assertTrue(m.find(), "no " + pattern + " in\n" + log());
    return Double.parseDouble(m.group(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "opencl"})
  void shapesAreThoseOfTheTextbook(String backend) throws Exception {
    learns("shapes", "--backend", backend);
    String text = out.toString();
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
    assertTrue(out.toString().contains("0 copies in, 0 copies out, 0 allocations"), log());
    assertTrue(number("^error +([0-9.]+)") < 0.2 * number("against ([0-9.]+)"), log());
  }

  @Test
  void forecastsBetterThanPersistenceAndAutoregression() throws Exception {
    learns("forecast", "--networks", "2", "--steps", "150", "--seed", "1");
    double network = number("^network +([0-9.]+)");
    assertTrue(network < number("^AR.9. +([0-9.]+)"), log());
    assertTrue(network < number("^persistence +([0-9.]+)"), log());
  }

  @Test
  void classifiesBetterThanMajorityAndByteBag() throws Exception {
    learns("classify", "--steps", "500", "--seed", "1");
    double network = number("^network +([0-9.]+)");
    assertTrue(network > number("^byte bag +([0-9.]+)"), log());
    assertTrue(network > number("^majority +([0-9.]+)") + 15, log());
  }

  @Test
  void twoClassesWithOneSigmoid() throws Exception {
    learns("classify", "--two", "--steps", "250", "--seed", "1");
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
      {"embed", "--backend", "opencl"},
      {"embed", "--out", folder.resolve("missing/x.png").toString()},
      {"tag", "--out", folder.toString()}
    };
    for (String[] args : wrong) {
      assertEquals(2, run(args), log());
      assertEquals(1, err.toString().lines().filter(l -> l.startsWith("error: ")).count(), log());
      assertFalse(Files.exists(picture()), args[0]);
    }
  }
}
