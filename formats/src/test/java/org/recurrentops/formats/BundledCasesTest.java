package org.recurrentops.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.recurrentops.CellType;
import org.recurrentops.Direction;

class BundledCasesTest {
  /** Cases that RnnSpec cannot express yet; each line goes when its feature comes. */
  private static final Map<String, String> REFUSED =
      Map.of(
          "clip_lstmp", "peephole",
          "test_lstm_with_peepholes", "peephole");

  @Test
  void indexListsEveryFileThatIsThere() throws Exception {
    URI index = BundledCases.class.getResource("cases/index.txt").toURI();
    Path folder = Path.of(index).getParent();
    try (Stream<Path> files = Files.walk(folder)) {
      List<String> there =
          files
              .filter(p -> p.toString().endsWith(".json"))
              .map(p -> folder.relativize(p).toString().replace('\\', '/'))
              .sorted()
              .toList();
      assertEquals(there, BundledCases.paths());
    }
  }

  @Test
  void everyCaseIsConvertedOrRefusedWithAKnownReason() {
    Map<String, String> refused = new TreeMap<>();
    int converted = 0;
    for (String path : BundledCases.paths()) {
      CaseFile file = BundledCases.read(path);
      assertEquals(path.substring(0, path.indexOf('/')), file.suite(), path);
      if (file.refusal().isPresent()) {
        String reason = file.refusal().get();
        refused.put(file.name(), reason);
        String message =
            assertThrows(UnsupportedCaseException.class, file::toLayer, path).getMessage();
        assertTrue(message.contains(file.name()) && message.contains(reason), message);
      } else {
        LayerCase layer = file.toLayer();
        assertEquals(
            (long) layer.steps() * layer.batch() * layer.spec().inputSize(),
            layer.data().x().length,
            path);
        converted++;
      }
    }
    assertEquals(REFUSED.keySet(), refused.keySet());
    REFUSED.forEach((name, word) -> assertTrue(refused.get(name).contains(word), name));
    assertEquals(34, converted);
  }

  @Test
  void torchCaseKeepsItsConfig() {
    TorchCase c = (TorchCase) BundledCases.read("torch/lstm_l1_uni_proj3_T6_B3_I4_H6.json");
    assertEquals(CellType.LSTM, c.config().cell());
    assertEquals(3, c.toLayer().spec().projectionSize());
    assertEquals(6, c.toLayer().steps());
    TorchCase packed = (TorchCase) BundledCases.read("torch/lstm_l2_bi_packed_T6_B3_I4_H5.json");
    assertEquals(List.of(3, 6, 2), java.util.Arrays.stream(packed.lengths()).boxed().toList());
    assertEquals(Direction.BIDIRECTIONAL, packed.toLayer().spec().direction());
  }

  @Test
  void missingCaseSaysWhatToDo() {
    String message =
        assertThrows(
                java.io.UncheckedIOException.class, () -> BundledCases.read("onnx/absent.json"))
            .getMessage();
    assertTrue(message.contains("onnx/absent.json") && message.contains("paths()"), message);
  }
}
