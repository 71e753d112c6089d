package org.recurrentops.bench.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recurrentops.formats.BundledCases;
import picocli.CommandLine;

class ConformanceCommandTest {
  @TempDir private Path folder;
  private Path cases;
  private Path results;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void makeFolders() throws IOException {
    cases = Files.createDirectory(folder.resolve("cases"));
    results = folder.resolve("results");
  }

  private void copy(String path) throws IOException {
    try (InputStream in = BundledCases.class.getResourceAsStream("cases/" + path)) {
      Files.copy(in, cases.resolve(path.substring(path.indexOf('/') + 1)));
    }
  }

  private void edit(String name, String from, String to) throws IOException {
    Path file = cases.resolve(name);
    String text = Files.readString(file);
    assertTrue(text.contains(from), name + " lacks " + from);
    Files.writeString(file, text.replace(from, to));
  }

  private int run(String... more) {
    CommandLine line = new CommandLine(new ConformanceCommand());
    line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    String[] args = {"--backend", "cpu", "--cases", cases.toString(), "--out", results.toString()};
    String[] all = java.util.Arrays.copyOf(args, args.length + more.length);
    System.arraycopy(more, 0, all, args.length, more.length);
    return line.execute(all);
  }

  private void isBadInput(int exit, String word) {
    assertEquals(2, exit, out + "\n" + err);
    List<String> lines = err.toString().lines().toList();
    assertEquals(1, lines.size(), err::toString);
    assertTrue(lines.get(0).contains(word), err::toString);
  }

  @Test
  void allBundledCasesPassOnTheCpuAndLeaveResults() throws IOException {
    for (String path : BundledCases.paths()) {
      copy(path);
    }
    assertEquals(0, run("--strict"), () -> out + "\n" + err);
    assertTrue(out.toString().contains("36 cases: PASS 36, FAIL 0, REFUSED 0"), out::toString);
    assertTrue(out.toString().endsWith(String.format("RESULT: PASS%n")), out::toString);
    JsonObject result =
        JsonParser.parseString(Files.readString(results.resolve("clip_lstmp.json")))
            .getAsJsonObject();
    assertTrue(result.getAsJsonObject("grads").has("P"), result::toString);
    assertEquals(36, results.toFile().list().length);
  }

  @Test
  void aWrongExpectationFailsAndNamesTheTensor() throws IOException {
    copy("onnx/test_lstm_defaults.json");
    edit("test_lstm_defaults.json", "\"outputs\":", "\"outputs_\":");
    edit("test_lstm_defaults.json", "\"outputs_\":", "\"outputs\":");
    String text = Files.readString(cases.resolve("test_lstm_defaults.json"));
    int at = text.indexOf("\"data\"", text.indexOf("\"Y_h\"", text.indexOf("\"outputs\"")));
    int value = text.indexOf('[', at) + 1;
    Files.writeString(
        cases.resolve("test_lstm_defaults.json"),
        text.substring(0, value) + "1" + text.substring(value).stripLeading());
    assertEquals(1, run(), () -> out + "\n" + err);
    assertTrue(out.toString().contains("FAIL"), out::toString);
    assertTrue(out.toString().contains("outputs.Y_h"), out::toString);
  }

  @Test
  void aRefusedCaseIsListedAndCountsOnlyIfStrict() throws IOException {
    copy("onnx/test_lstm_defaults.json");
    copy("onnx/test_simple_rnn_defaults.json");
    edit("test_simple_rnn_defaults.json", "\"Tanh\"", "\"Gelu\"");
    assertEquals(0, run(), () -> out + "\n" + err);
    assertTrue(out.toString().contains("REFUSED"), out::toString);
    assertTrue(out.toString().contains("Gelu"), out::toString);
    String note = Files.readString(results.resolve("test_simple_rnn_defaults.json"));
    assertTrue(note.contains("\"skipped\":") && note.contains("Gelu"), note);
    assertEquals(1, run("--strict"), () -> out + "\n" + err);
  }

  @Test
  void aRunOfRefusalsOnlyIsNoPass() throws IOException {
    copy("onnx/test_simple_rnn_defaults.json");
    edit("test_simple_rnn_defaults.json", "\"Tanh\"", "\"Gelu\"");
    assertEquals(1, run(), () -> out + "\n" + err);
    assertTrue(out.toString().contains("REFUSED 1"), out::toString);
  }

  @Test
  void badInputIsOneLineAndNothingRuns() throws IOException {
    isBadInput(run(), "expected .json files");
  }

  @Test
  void missingFolderIsBadInput() throws IOException {
    Files.delete(cases);
    isBadInput(run(), "expected a folder");
  }

  @Test
  void aMalformedFileIsBadInputBeforeAnythingRuns() throws IOException {
    copy("onnx/test_lstm_defaults.json");
    Files.writeString(cases.resolve("zz.json"), "{\"format\": ", StandardCharsets.UTF_8);
    isBadInput(run(), "zz.json");
    assertFalse(Files.exists(results));
  }

  @Test
  void twoCasesOfOneNameAreBadInput() throws IOException {
    copy("onnx/test_lstm_defaults.json");
    Path sub = Files.createDirectory(cases.resolve("sub"));
    Files.copy(cases.resolve("test_lstm_defaults.json"), sub.resolve("test_lstm_defaults.json"));
    isBadInput(run(), "test_lstm_defaults.json");
  }

  @Test
  void unknownBackendAndAlgorithmAreBadInput() throws IOException {
    copy("onnx/test_lstm_defaults.json");
    isBadInput(run("--algorithm", "magic"), "magic");
  }

  @Test
  void resultsInsideTheCasesAreRefused() throws IOException {
    copy("onnx/test_lstm_defaults.json");
    results = cases.resolve("out");
    isBadInput(run(), "--out");
  }
}
