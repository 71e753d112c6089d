package org.recurrentops.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every way to spoil a good file gives a message that names file and key. */
class CaseReaderTest {
  private static final String ONNX = "opt_zerolen_gru1.json";
  private static final String TORCH = "lstm_l2_bi_packed_T6_B3_I4_H5.json";

  private static String text(String path) throws IOException {
    try (InputStream in = BundledCases.class.getResourceAsStream("cases/" + path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String spoil(String path, String regex, String replacement) throws IOException {
    String good = text(path);
    String bad = good.replaceFirst(regex, replacement);
    assertTrue(!bad.equals(good), () -> "nothing in " + path + " matches " + regex);
    String file = path.substring(path.indexOf('/') + 1);
    String message =
        assertThrows(CaseFormatException.class, () -> CaseReader.read(file, new StringReader(bad)))
            .getMessage();
    assertTrue(message.startsWith(file + ": "), message);
    assertTrue(message.contains("expected") && message.contains("got"), message);
    assertEquals(1, message.lines().count(), message);
    return message;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "rnn-conformance/1"     | "rnn-conformance/2"     | key format
          "op": *"GRU"            | "op": "GRUU"            | key op
          "op": *"GRU"            | "op": "LSTM"            | key attrs.activations
          "direction": *"forward" | "direction": "sideways" | key attrs.direction
          "hidden_size": *3       | "hidden_size": 4        | key dims.H
          "hidden_size": *3       | "hidden_size": 2.5      | key attrs.hidden_size
          "layout": *0            | "layout": 2             | key attrs.layout
          "linear_before_reset": *1 | "linear_before_reset": 2 | key attrs.linear_before_reset
          "T": *[0-9]+            | "T": 3000000000         | key dims.T
          "T": *[0-9]+            | "T": 17                 | key inputs.X.dims
          "initial_h": *\\{"dtype | "initial_g": {"dtype     | key inputs.initial_g
          "initial_h": *\\{"dtype | "initial_c": {"dtype     | key inputs.initial_c
          "Y_h"                   | "Y_x"                   | key scale.outputs.Y_h
          "dtype": *"int32"       | "dtype": "float32"      | key inputs.sequence_lens.dtype
          "W": *\\{"dtype"        | "W": {"type"            | key inputs.W.dtype
          "name": *"opt           | "name": "other          | key name
          """)
  void spoiledOnnxCaseIsNamed(String regex, String replacement, String key) throws IOException {
    String message = spoil("random/" + ONNX, regex, replacement);
    assertTrue(message.contains(key + ":"), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "cell": *"lstm"         | "cell": "lstmm"         | key config.cell
          "num_layers": *2        | "num_layers": 0         | key config.num_layers
          "num_layers": *2        | "num_layers": 3         | key weights.weight_ih_l2
          "bidirectional": *true  | "bidirectional": 1      | key config.bidirectional
          "proj_size": *0         | "proj_size": 9          | key config
          "hidden_size": *5       | "hidden_size": 6        | key weights.weight_ih_l0.shape
          "lengths": *\\[3, *6    | "lengths": [3, 7        | key config.lengths[1]
          "lengths": *\\[3,       | "lengths": [3, 3,       | key config.lengths
          "weight_hh_l1_reverse"  | "weight_hh_l1_other"    | key weights.weight_hh_l1_reverse
          "loss": *               | "loss": true, "x":      | key loss
          """)
  void spoiledTorchCaseIsNamed(String regex, String replacement, String key) throws IOException {
    String message = spoil("torch/" + TORCH, regex, replacement);
    assertTrue(message.contains(key + ":"), message);
  }

  @Test
  void jsonThatIsNotStrictIsRefused() throws IOException {
    String onnx = "random/" + ONNX;
    spoil(onnx, "\"data\": *\\[[-0-9.e]+", "\"data\": [NaN");
    spoil(onnx, "\"data\": *\\[[-0-9.e]+", "\"data\": [1e999");
    spoil(onnx, "\"data\": *\\[[-0-9.e]+", "\"data\": [\"1\"");
    spoil(onnx, "\"data\": *\\[[-0-9.e]+,", "\"data\": [");
    spoil(onnx, "^\\{", "{ // a comment\n");
    spoil(onnx, "\\}\\s*$", "");
    spoil(onnx, "\\}\\s*$", "} {}");
    spoil(onnx, "(?s)^.*$", "");
    spoil(onnx, "(?s)^.*$", "[1, 2]");
    spoil(onnx, "(?s)^.*$", "not json");
    String twice = spoil(onnx, "\"op\":", "\"op\": \"GRU\", \"op\":");
    assertTrue(twice.contains("twice"), twice);
  }

  @Test
  void lengthsBeyondTheSequenceAreRefused() throws IOException {
    String message =
        spoil(
            "random/" + ONNX,
            "(\"int32\", *\"dims\": *\\[[0-9]+\\], *\"data\": *\\[)[0-9]+",
            "$199");
    assertTrue(message.contains("sequence_lens") && message.contains("99 for row 0"), message);
  }

  @Test
  void unknownAttributeThatIsOnRefusesTheCaseInsteadOfIgnoringIt() throws IOException {
    String on = text("random/" + ONNX).replaceFirst("\"attrs\": *\\{", "\"attrs\": {\"merge\": 1,");
    CaseFile c = CaseReader.read(ONNX, new StringReader(on));
    assertTrue(c.refusal().orElse("").contains("merge=1.0"), c.refusal().toString());
    String off = on.replace("\"merge\": 1", "\"merge\": null");
    assertTrue(CaseReader.read(ONNX, new StringReader(off)).refusal().isEmpty());
    String torch =
        text("torch/" + TORCH).replaceFirst("\"config\": *\\{", "\"config\": {\"dropout\": 0.5,");
    CaseFile t = CaseReader.read(TORCH, new StringReader(torch));
    assertTrue(t.refusal().orElse("").contains("dropout=0.5"), t.refusal().toString());
  }

  @Test
  void unreadableFilesSayWhich(@TempDir Path folder) throws IOException {
    Path absent = folder.resolve("absent.json");
    String message =
        assertThrows(CaseFormatException.class, () -> CaseReader.read(absent)).getMessage();
    assertTrue(message.contains("absent.json"), message);
    Path binary = Files.write(folder.resolve("binary.json"), new byte[] {(byte) 0xff, 0, 1, 2});
    message = assertThrows(CaseFormatException.class, () -> CaseReader.read(binary)).getMessage();
    assertTrue(message.contains("binary.json") && message.contains("UTF-8"), message);
  }
}
