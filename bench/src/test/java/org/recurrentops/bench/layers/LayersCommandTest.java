package org.recurrentops.bench.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class LayersCommandTest {
  private static final String LOCK = "jmh.ignoreLock";

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir private Path folder;

  /** JMH refuses to run twice on a machine at a time; here nothing is timed. */
  @BeforeAll
  static void ignoreLock() {
    System.setProperty(LOCK, "true");
  }

  @AfterAll
  static void restoreLock() {
    System.clearProperty(LOCK);
  }

  private int run(String... args) {
    return new CommandLine(new LayersCommand())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(
            (e, line, parsed) -> {
              line.getErr().println(e.getMessage());
              return 1;
            })
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(args);
  }

  private int tiny(String... more) {
    List<String> args =
        new ArrayList<>(
            List.of("--in-process", "--rounds=1", "--warmups=0", "--iterations=1", "--millis=20"));
    args.add("--out=" + folder);
    args.addAll(List.of(more));
    return run(args.toArray(String[]::new));
  }

  @Test
  void aTinyRunGivesATableWithPositiveNumbers() throws IOException {
    int exit = tiny("--backend=cpu", "--shape=lstm-t3n2c5h7", "--machine=test");
    assertEquals(0, exit, err::toString);
    assertEquals(2, rows().size(), out::toString);
    for (String row : rows()) {
      String[] cells = row.split("\\|");
      assertEquals("cpu", cells[3].strip(), row);
      assertTrue(Double.parseDouble(cells[5].strip()) > 0, row);
      assertTrue(Double.parseDouble(cells[8].strip()) > 0, row);
      assertEquals("1.00", cells[9].strip(), row);
    }
    Path results;
    try (var children = Files.list(folder)) {
      results = children.findFirst().orElseThrow();
    }
    assertTrue(results.getFileName().toString().matches("\\d{4}-\\d\\d-\\d\\d-test"));
    String json = Files.readString(results.resolve("layers.json"));
    JsonObject read = JsonParser.parseString(json).getAsJsonObject();
    assertEquals(2, read.getAsJsonArray("results").size());
    for (JsonElement e : read.getAsJsonArray("results")) {
      assertTrue(e.getAsJsonObject().get("samples").getAsInt() > 0, json);
    }
    String markdown = Files.readString(results.resolve("layers.md"));
    assertTrue(markdown.contains("java -jar bench/target/recurrent-bench.jar layers"), markdown);
    assertFalse((json + markdown).contains(folder.toString()), "names a folder of this machine");
  }

  private List<String> rows() {
    return out.toString().lines().filter(l -> l.startsWith("| lstm-")).toList();
  }

  @Test
  void aMissingBackendFailsBeforeAnythingIsMeasured() {
    assertEquals(1, tiny("--backend=cpu,warp", "--shape=lstm-t3n2c5h7"));
    assertTrue(err.toString().contains("warp"), err::toString);
    assertFalse(err.toString().contains("[1/"), err::toString);
    assertEquals("", out.toString());
  }

  @Test
  void autoIsNoBackendToMeasure() {
    assertEquals(1, tiny("--backend=auto", "--shape=lstm-t3n2c5h7"));
    assertTrue(err.toString().contains("got auto"), err::toString);
  }

  @Test
  void anUnknownAlgorithmFailsWithTheBackendsOwnMessage() {
    assertEquals(1, tiny("--backend=cpu", "--shape=lstm-t3n2c5h7", "--algorithm=warp"));
    assertTrue(err.toString().contains("warp"), err::toString);
    assertEquals("", out.toString());
  }

  @Test
  void badShapesAndCountsAreWrongUsage() {
    assertEquals(2, tiny("--shape=lstm-t3"));
    assertTrue(err.toString().contains("expected <cell>-t<T>n<N>c<C>h<H>"), err::toString);
    assertEquals(2, tiny("--backend=cpu", "--rounds=0"));
    assertEquals(2, tiny("--pass=sideways"));
  }
}
