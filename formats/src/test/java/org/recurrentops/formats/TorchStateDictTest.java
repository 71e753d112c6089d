package org.recurrentops.formats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.recurrentops.ParameterLayout;
import org.recurrentops.RnnSpec;
import org.recurrentops.Shape;

class TorchStateDictTest {
  @TempDir private Path folder;

  static List<String> torchCases() {
    return BundledCases.paths().stream().filter(p -> p.startsWith("torch/")).toList();
  }

  private static float[] singles(double[] values) {
    float[] singles = new float[values.length];
    for (int i = 0; i < singles.length; i++) {
      singles[i] = (float) values[i];
    }
    return singles;
  }

  /** PyTorch's own names, shapes and values, in an order that is not ours. */
  @ParameterizedTest
  @MethodSource("torchCases")
  void aStateDictOfPyTorchBecomesItsParameters(String path) throws IOException {
    TorchCase torch = (TorchCase) BundledCases.read(path);
    SafetensorsWriter writer = new SafetensorsWriter().add("head.bias", Shape.of(1), new float[1]);
    List<String> names = new ArrayList<>(torch.weights().keySet());
    Collections.reverse(names);
    for (String name : names) {
      CaseTensor t = torch.weights().get(name);
      writer.add("rnn." + name, t.shape(), singles(t.singles()));
    }
    Path file = folder.resolve("model.safetensors");
    writer.write(file);
    LayerCase layer = torch.toLayer();
    float[] expected = singles(layer.data().params());
    TorchStateDict dict = TorchStateDict.of(layer.spec()).prefix("rnn.");
    assertArrayEquals(expected, dict.load(file), path);
    Path copy = folder.resolve("copy.safetensors");
    dict.save(copy, expected);
    assertArrayEquals(expected, dict.load(copy), path);
    try (SafetensorsFile saved = SafetensorsFile.open(copy)) {
      assertEquals(names.size(), saved.entries().size());
      torch
          .weights()
          .forEach((n, t) -> assertEquals(t.shape(), saved.entries().get("rnn." + n).shape(), n));
    }
  }

  /** PyTorch's own loader looks at the format; values in float64 are rounded only when asked. */
  @Test
  void formatAndDoubles() throws IOException {
    RnnSpec spec = RnnSpec.vanilla(1, 1).bias(org.recurrentops.BiasMode.NONE).build();
    TorchStateDict dict = TorchStateDict.of(spec);
    Path saved = folder.resolve("saved.safetensors");
    dict.save(saved, new float[] {1, 2});
    try (SafetensorsFile file = SafetensorsFile.open(saved)) {
      assertEquals("pt", file.metadata().get("format"));
    }
    String entry = "\"%s\":{\"dtype\":\"F64\",\"shape\":[1,1],\"data_offsets\":[%d,%d]}";
    String header =
        "{"
            + String.format(entry, "weight_ih_l0", 0, 8)
            + ","
            + String.format(entry, "weight_hh_l0", 8, 16)
            + "}";
    ByteBuffer bytes = ByteBuffer.allocate(24 + header.length()).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(header.length()).put(header.getBytes(StandardCharsets.US_ASCII));
    bytes.putDouble(0.5).putDouble(0.1);
    Path doubles = Files.write(folder.resolve("doubles.safetensors"), bytes.array());
    refused(spec, doubles, "'weight_hh_l0'", "0.1");
    assertArrayEquals(new float[] {0.5f, 0.1f}, dict.rounding().load(doubles));
  }

  private void refused(RnnSpec spec, Path file, String... words) {
    TorchStateDict dict = TorchStateDict.of(spec);
    String message = assertThrows(SafetensorsException.class, () -> dict.load(file)).getMessage();
    assertTrue(message.contains(file.getFileName().toString()), message);
    for (String word : words) {
      assertTrue(message.contains(word), message);
    }
  }

  @Test
  void missingExtraAndMisshapenTensorsAreNamed() throws IOException {
    RnnSpec spec = RnnSpec.gru(2, 3).build();
    Path file = folder.resolve("gru.safetensors");
    float[] flat = new float[(int) ParameterLayout.of(spec).elements()];
    TorchStateDict.of(spec).save(file, flat);
    refused(RnnSpec.gru(2, 3).layers(2).build(), file, "'weight_ih_l1'", "expected [9, 3]");
    refused(RnnSpec.gru(4, 3).build(), file, "'weight_ih_l0'", "[9, 4]", "[9, 2]");
    refused(
        RnnSpec.gru(2, 3).bias(org.recurrentops.BiasMode.NONE).build(),
        file,
        "[bias_hh_l0, bias_ih_l0]");
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> TorchStateDict.of(RnnSpec.gru(2, 3).resetBefore().build()))
            .getMessage();
    assertTrue(message.contains("reset gate before"), message);
  }
}
