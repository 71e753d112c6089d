package org.recurrentops.bench.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/**
 * What the kernels' list of proved algorithms says stands in committed results of the GPU bundle:
 * the kit passed, and where the algorithm ran none was faster.
 */
class ProvedAlgorithmsTest {
  private static final Path RESULTS = Path.of("results");
  private static final String LIST = "/org/recurrentops/gpu/proved.txt";

  /** An algorithm that auto may try, and the file that shows why. */
  private record Line(String architecture, String algorithm, String result) {
    String form() {
      return algorithm.replaceFirst("@.*", "");
    }

    /** The arithmetic that it is for. */
    String mode() {
      return algorithm.contains("@") ? algorithm.substring(form().length() + 1) : "FP32";
    }
  }

  @Test
  void everyLineIsShownByItsFile() throws Exception {
    for (Line line : lines()) {
      Path file = RESULTS.resolve(line.result());
      assertTrue(Files.exists(file), line + ": no such file in bench/results");
      JsonObject result = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
      assertEquals(List.of(), objections(result, line), line::toString);
    }
  }

  /** What the kernels' list says. */
  private static List<Line> lines() throws IOException {
    List<Line> lines = new ArrayList<>();
    try (InputStream in = ProvedAlgorithmsTest.class.getResourceAsStream(LIST)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (String line : text.split("\n")) {
        if (!line.isBlank() && !line.startsWith("#")) {
          String[] words = line.strip().split("\\s+");
          assertEquals(3, words.length, line);
          lines.add(new Line(words[0], words[1], words[2]));
        }
      }
    }
    return lines;
  }

  /** What speaks against a line; a file that shows it gives none. */
  private static List<String> objections(JsonObject result, Line line) {
    List<String> found = new ArrayList<>();
    int kits = 0;
    for (JsonElement e : result.getAsJsonArray("steps")) {
      JsonObject step = e.getAsJsonObject();
      if (text(step, "step").startsWith("tck")) {
        kits++;
        if (!text(step, "outcome").equals("passed")) {
          found.add(text(step, "step") + " " + text(step, "outcome"));
        }
      }
    }
    if (kits == 0) {
      found.add("the kit did not run");
    }
    JsonObject table = result.getAsJsonObject("table");
    String wanted = "compute capability " + line.architecture() + ",";
    if (text(table, "device").contains("software") || !text(table, "detail").contains(wanted)) {
      found.add("device " + text(table, "device") + ", " + text(table, "detail"));
    }
    if (line.form().contains(":")) {
      clusters(result, "tck-cluster-" + line.form().replaceFirst(".*:", ""), found);
    }
    slower(table.getAsJsonArray("entries"), line, found);
    return found;
  }

  /**
   * A size of clusters has a kit of its own, which a card without such clusters passes by refusals.
   */
  private static void clusters(JsonObject result, String kit, List<String> found) {
    for (JsonElement e : result.getAsJsonArray("steps")) {
      if (text(e.getAsJsonObject(), "step").equals(kit)) {
        if (text(e.getAsJsonObject(), "last").matches(".*: 0 passed.*")) {
          found.add(kit + ": nothing ran");
        }
        return;
      }
    }
    found.add(kit + " did not run");
  }

  /** Of the line's arithmetic: others are proved by lines of their own. */
  private static void slower(JsonArray entries, Line line, List<String> found) {
    String algorithm = line.form();
    Map<String, Double> own = new HashMap<>();
    Map<String, Double> others = new HashMap<>();
    for (JsonElement e : entries) {
      JsonObject entry = e.getAsJsonObject();
      if (!text(entry, "mode").equals(line.mode())) {
        continue;
      }
      boolean mine =
          text(entry, "chosen").equals(algorithm) || text(entry, "algorithm").equals(algorithm);
      String what = text(entry, "shape") + " " + text(entry, "pass") + " " + text(entry, "mode");
      if (mine && text(entry, "status").equals("failed")) {
        found.add(what + " failed");
      } else if (text(entry, "status").equals("timed")) {
        double millis = entry.get("medianMillis").getAsDouble();
        (mine ? own : others).merge(what, millis, Math::min);
      }
    }
    if (own.isEmpty()) {
      found.add(line.algorithm() + " was not timed");
    }
    own.forEach(
        (what, millis) -> {
          Double other = others.get(what);
          if (other == null || other < millis) {
            found.add(what + ": " + millis + " ms, the fastest of the others " + other);
          }
        });
  }

  private static String text(JsonObject object, String name) {
    return object.has(name) ? object.get(name).getAsString() : "";
  }

  /** The check of the check: a result that shows the line, and what is wrong with others. */
  @Test
  void whatSpeaksAgainstALineIsFound() {
    assertEquals(List.of(), withChange((result, own) -> {}));
    assertFound(
        "tck-cublas exit code 1", (r, own) -> step(r).addProperty("outcome", "exit code 1"));
    assertFound("did not run", (r, own) -> step(r).addProperty("step", "doctor"));
    assertFound("was not timed", (r, own) -> own.addProperty("status", "untimed"));
    assertFound("fastest of the others 2.0", (r, own) -> own.addProperty("medianMillis", 2.5));
    assertFound("others null", (r, own) -> own.addProperty("pass", "forward"));
    assertFound("was not timed", (r, own) -> own.addProperty("mode", "TF32"));
    assertFound("failed", (r, own) -> own.addProperty("status", "failed"));
    assertFound(
        "failed",
        (r, own) -> {
          own.addProperty("algorithm", "persistent");
          own.addProperty("chosen", "");
          own.addProperty("status", "failed");
        });
    assertFound("device card", (r, own) -> r.getAsJsonObject("table").remove("detail"));
    assertFound(
        "software", (r, own) -> r.getAsJsonObject("table").addProperty("device", "software"));
  }

  /** What was shown of clusters of eight says nothing of sixteen. */
  @Test
  void aSizeOfClustersIsShownForItself() {
    List<String> eight = inClusters("one-cluster:8", "cuda:0: 9 passed, 0 failed");
    assertEquals(List.of(), eight);
    List<String> sixteen = inClusters("one-cluster:16", "cuda:0: 9 passed, 0 failed");
    assertEquals(List.of("tck-cluster-16 did not run", "one-cluster:16 was not timed"), sixteen);
    List<String> refused = inClusters("one-cluster:8", "tck cuda:0: 0 passed, 0 failed, 9 refused");
    assertEquals(List.of("tck-cluster-8: nothing ran"), refused);
  }

  private static List<String> inClusters(String form, String last) {
    JsonObject result = shown("'one-cluster:8'");
    step(result).addProperty("step", "tck-cluster-8");
    step(result).addProperty("last", last);
    return objections(result, new Line("9.0", form, "result.json"));
  }

  private static JsonObject step(JsonObject result) {
    return result.getAsJsonArray("steps").get(0).getAsJsonObject();
  }

  private static void assertFound(String part, BiConsumer<JsonObject, JsonObject> change) {
    List<String> found = withChange(change);
    assertTrue(found.stream().anyMatch(f -> f.contains(part)), part + " in " + found);
  }

  private static List<String> withChange(BiConsumer<JsonObject, JsonObject> change) {
    JsonObject result = shown("persistent");
    JsonArray entries = result.getAsJsonObject("table").getAsJsonArray("entries");
    change.accept(result, entries.get(0).getAsJsonObject());
    return objections(result, new Line("9.0", "persistent", "result.json"));
  }

  /** Nor FP32 of other arithmetic. */
  @Test
  void aModeIsShownForItself() {
    JsonObject result = shown("persistent");
    Line half = new Line("9.0", "persistent@BF16", "result.json");
    assertEquals(List.of("persistent@BF16 was not timed"), objections(result, half));
    for (JsonElement e : result.getAsJsonObject("table").getAsJsonArray("entries")) {
      e.getAsJsonObject().addProperty("mode", "BF16");
    }
    assertEquals(List.of(), objections(result, half));
  }

  /** A result in which a form was faster than another algorithm. */
  private static JsonObject shown(String form) {
    String entry =
        "{shape: a, pass: training, mode: FP32, chosen: %s, status: timed, medianMillis: %s}";
    return JsonParser.parseString(
            "{steps: [{step: tck-cublas, outcome: passed}], table: {device: card, detail: "
                + "'compute capability 9.0, 132 multiprocessors', entries: ["
                + String.format(entry, form, "1.5")
                + ","
                + String.format(entry, "'stepped/cublas'", "2.0")
                + "]}}")
        .getAsJsonObject();
  }
}
