package org.recurrentops.bench.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ProbeCommandTest {
  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @AfterEach
  void right() {
    FakeProbes.wrong = false;
  }

  private int run(String... args) {
    return new CommandLine(new ProbeCommand())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(args);
  }

  private JsonArray entries(Path file) throws IOException {
    JsonObject all = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    assertEquals(1, all.get("version").getAsInt());
    assertTrue(all.has("device") && all.has("environment"), all::toString);
    return all.getAsJsonArray("entries");
  }

  @Test
  void figuresReasonsAndCountsAreWritten() throws IOException {
    Path file = folder.resolve("new/probes.json");
    assertEquals(0, run("--device=cpu", "--out=" + file), err::toString);
    JsonArray entries = entries(file);
    assertEquals(3, entries.size());
    JsonObject rate = entries.get(1).getAsJsonObject();
    assertEquals("MEASURED", rate.get("outcome").getAsString());
    assertEquals(12.5, rate.get("value").getAsDouble());
    assertTrue(out.toString().contains("b/rate: 12.50 TB/s (of cpu"), out::toString);
    assertTrue(out.toString().contains("c/none: unavailable (not here)"), out::toString);
    String counts = "1 right, 1 measured, 0 untimed, 1 unavailable, 0 wrong";
    assertTrue(out.toString().contains(counts), out::toString);
  }

  @Test
  void untimedMeasuresNothing() throws IOException {
    Path file = folder.resolve("probes.json");
    assertEquals(0, run("--device=cpu", "--untimed", "--out=" + file), err::toString);
    JsonObject rate = entries(file).get(1).getAsJsonObject();
    assertEquals("UNTIMED", rate.get("outcome").getAsString());
    assertEquals(0, rate.get("value").getAsDouble());
  }

  @Test
  void aWrongResultIsExitCodeOneAndTheOthersAreKept() throws IOException {
    FakeProbes.wrong = true;
    Path file = folder.resolve("probes.json");
    assertEquals(1, run("--device=cpu", "--out=" + file), err::toString);
    assertEquals(3, entries(file).size());
    assertTrue(out.toString().contains("a/check: wrong (expected 1, got 2)"), out::toString);
  }
}
