package org.recurrentops.formats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaseResultTest {
  private static final CaseFile CASE =
      BundledCases.read("random/p12_gru1_rv_T2_B33_I5_H3_none_last_nobias.json");

  private static JsonObject json(Path file) throws IOException {
    return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
  }

  @Test
  void everyDigitIsWritten(@TempDir Path folder) throws IOException {
    double[] values = {(float) Math.PI, -1e-30f, 0, 16777217, 1.0 / 3, 123456789.125};
    CaseResult result = new CaseResult(Map.of("Y", CaseTensor.of(values, 2, 3)), Map.of());
    new CaseResultWriter(folder.resolve("deep/er")).write("some", result);
    JsonObject y =
        json(folder.resolve("deep/er/some.json")).getAsJsonObject("outputs").getAsJsonObject("Y");
    JsonArray data = y.getAsJsonArray("data");
    for (int i = 0; i < values.length; i++) {
      assertEquals(values[i], data.get(i).getAsDouble(), 0);
    }
    assertEquals("[2,3]", y.getAsJsonArray("dims").toString());
    try (var files = Files.list(folder.resolve("deep/er"))) {
      assertEquals(1, files.count(), "no temporary file is left");
    }
  }

  @Test
  void notANumberAndSkipsAreSaid(@TempDir Path folder) throws IOException {
    CaseResultWriter writer = new CaseResultWriter(folder);
    double[] bad = {Double.NaN, Double.NEGATIVE_INFINITY};
    writer.write("bad", new CaseResult(Map.of("Y", CaseTensor.of(bad, 2)), Map.of()));
    assertTrue(Files.readString(folder.resolve("bad.json")).contains("[\"NaN\",\"-Infinity\"]"));
    writer.writeSkipped("peep", "no \"peepholes\"");
    JsonObject skipped = json(folder.resolve("peep.json"));
    assertEquals("no \"peepholes\"", skipped.get("skipped").getAsString());
  }

  @Test
  void theJudgePassesTheExpectationAndFailsItsNeighbours() {
    assertTrue(CaseVerdict.of(CASE, CASE.expected()).passed());
    double scale = CASE.scales().get("grads.W");
    assertTrue(CaseVerdict.of(CASE, nudged("W", 0.5e-4 * scale)).passed());
    CaseVerdict off = CaseVerdict.of(CASE, nudged("W", 1.5e-4 * scale));
    assertFalse(off.passed());
    assertTrue(off.toString().contains("grads.W") && off.toString().contains("index 7"));
    assertEquals(1.5e-4, off.worstGradient(), 1e-6);
    assertFalse(CaseVerdict.of(CASE, nudged("W", Double.NaN)).passed());
    assertFalse(CaseVerdict.of(CASE, nudged("W", Double.POSITIVE_INFINITY)).passed());
    assertFalse(CaseVerdict.of(CASE, new CaseResult(CASE.expected().outputs(), Map.of())).passed());
  }

  private static CaseResult nudged(String key, double by) {
    Map<String, CaseTensor> grads = new LinkedHashMap<>(CASE.expected().grads());
    CaseTensor t = grads.get(key);
    double[] values = t.values().clone();
    values[7] += by;
    grads.put(key, CaseTensor.of(values, t.shape().dims()));
    return new CaseResult(CASE.expected().outputs(), grads);
  }

  @Test
  void resultsComeBackInTheNamesAndExtentsOfTheFile() {
    for (String path : BundledCases.paths()) {
      CaseFile file = BundledCases.read(path);
      if (file.refusal().isPresent()) {
        continue;
      }
      LayerCase layer = file.toLayer();
      LayerData d = layer.data();
      int y = layer.steps() * layer.batch() * layer.spec().outputSize();
      int h = layer.spec().stateCount() * layer.batch() * layer.spec().stateSize();
      int c = layer.spec().stateCount() * layer.batch() * layer.spec().hiddenSize();
      LayerResult echo =
          new LayerResult(
              new double[y],
              new double[h],
              new double[c],
              d.x(),
              d.params(),
              new double[h],
              new double[c]);
      CaseResult back = layer.toFileLayout(echo);
      assertEquals(file.expected().outputs().keySet(), back.outputs().keySet(), path);
      file.expected().outputs().forEach((k, t) -> same(path, k, t, back.outputs().get(k)));
      file.expected().grads().forEach((k, t) -> same(path, k, t, back.grads().get(k)));
      if (file instanceof OnnxCase onnx && layer.hasGradients()) {
        for (String key : new String[] {"X", "W", "R", "B"}) {
          if (onnx.inputs().containsKey(key)) {
            assertArrayEquals(
                onnx.inputs().get(key).singles(), back.grads().get(key).values(), path + key);
          }
        }
      }
    }
  }

  private static void same(String path, String key, CaseTensor expected, CaseTensor got) {
    assertEquals(expected.shape(), got.shape(), path + " " + key);
  }
}
