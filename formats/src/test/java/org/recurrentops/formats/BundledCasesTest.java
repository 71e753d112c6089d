package org.recurrentops.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.recurrentops.CellType;
import org.recurrentops.Direction;

class BundledCasesTest {
  /** Cases that RnnSpec cannot express yet; each line goes when its feature comes. */
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
  void everyCaseIsConverted() {
    for (String path : BundledCases.paths()) {
      CaseFile file = BundledCases.read(path);
      assertEquals(path.substring(0, path.indexOf('/')), file.suite(), path);
      assertEquals(Optional.empty(), file.refusal(), path);
      LayerCase layer = file.toLayer();
      assertEquals(
          (long) layer.steps() * layer.batch() * layer.spec().inputSize(),
          layer.data().x().length,
          path);
    }
    assertEquals(36, BundledCases.paths().size());
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
