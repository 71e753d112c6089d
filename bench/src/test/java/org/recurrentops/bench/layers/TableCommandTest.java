package org.recurrentops.bench.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recurrentops.MathMode;
import picocli.CommandLine;

class TableCommandTest {
  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return new CommandLine(new TableCommand())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(args);
  }

  private Path list(String... lines) throws IOException {
    return Files.write(folder.resolve("shapes.txt"), List.of(lines));
  }

  private JsonArray entries(Path file) throws IOException {
    JsonObject root = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    assertEquals(1, root.get("version").getAsInt());
    return root.getAsJsonArray("entries");
  }

  @Test
  void timesEveryAlgorithmAndGoesOnWhereItStopped() throws IOException {
    Path file = folder.resolve("table.json");
    String list = list("# two", "gru-t5n3c4h7", "vanilla-t1n1c1h1").toString();
    String[] args = {"--device=cpu", "--list=" + list, "--millis=1", "--out=" + file};
    assertEquals(0, run(args), err::toString);
    JsonArray first = entries(file);
    assertTrue(first.size() >= 8 && first.size() % 4 == 0, "entries: " + first.size());
    first.forEach(
        e -> {
          JsonObject o = e.getAsJsonObject();
          assertEquals("timed", o.get("status").getAsString(), o::toString);
          assertTrue(o.get("medianMillis").getAsDouble() > 0, o::toString);
          assertTrue(o.get("samples").getAsInt() >= 3, o::toString);
        });
    out.getBuffer().setLength(0);
    assertEquals(0, run(args));
    assertEquals("written: " + file, out.toString().strip());
    assertEquals(first, entries(file));
  }

  @Test
  void aRefusedModeIsAnEntryAndNotAFailure() throws IOException {
    Path file = folder.resolve("table.json");
    String list = list("lstm-t3n2c3h5").toString();
    int code =
        run("--device=cpu", "--list=" + list, "--mode=bf16", "--pass=forward", "--out=" + file);
    assertEquals(0, code, err::toString);
    JsonObject e = entries(file).get(0).getAsJsonObject();
    if (e.get("status").getAsString().equals("refused")) {
      assertTrue(e.get("reason").getAsString().contains("BF16"), e::toString);
    }
  }

  @Test
  void untimedChecksAndWritesOutputs() throws IOException {
    Path file = folder.resolve("table.json");
    Path outputs = folder.resolve("y");
    String list = list("lstm-t9n2c3h5").toString();
    assertEquals(
        0,
        run("--device=cpu", "--list=" + list, "--untimed", "--outputs=" + outputs, "--out=" + file),
        err::toString);
    entries(file)
        .forEach(
            e -> {
              assertEquals("untimed", e.getAsJsonObject().get("status").getAsString());
              assertEquals(0, e.getAsJsonObject().get("samples").getAsInt());
            });
    // three steps, two rows, five units
    assertEquals(4 * 3 * 2 * 5, Files.size(outputs.resolve("lstm-t9n2c3h5.FP32.y")));
  }

  @Test
  void aWrongResultFileListOrDeviceIsOneLine() throws IOException {
    Path file = Files.writeString(folder.resolve("table.json"), "{\"version\":7}");
    IOException other =
        assertThrows(
            IOException.class, () -> new TableFile(file, Environment.of("x"), "a device", ""));
    assertTrue(other.getMessage().contains("version 7"), other.getMessage());
    assertEquals(2, run("--device=cpu", "--list=" + folder.resolve("missing")));
    assertTrue(err.toString().startsWith("list: expected one of"), err.toString());
  }

  @Test
  void clustersOfASizeAreAskedForBehindAColon() {
    LayerShape shape = LayerShape.parse("lstm-t3n2c3h5");
    TableEntry.Key plain =
        new TableEntry.Key(shape, Pass.FORWARD, MathMode.FP32, "one-cluster/push");
    assertEquals("one-cluster/push", plain.name());
    assertNull(plain.cluster());
    TableEntry.Key sixteen =
        new TableEntry.Key(shape, Pass.FORWARD, MathMode.FP32, "one-cluster/push:16");
    assertEquals("one-cluster/push", sixteen.name());
    assertEquals("16", sixteen.cluster());
  }

  @Test
  void packagedListsAreRead() {
    assertEquals(52, ShapeList.read("deepbench-training").size());
    assertEquals(69, ShapeList.read("deepbench-inference").size());
    assertEquals(3, ShapeList.read("small").size());
    List<LayerShape> persistent = ShapeList.read("persistent");
    assertEquals(15, persistent.size());
    assertEquals(LayerShape.parse("lstm-t1024n16c768h768"), persistent.get(0));
  }
}
