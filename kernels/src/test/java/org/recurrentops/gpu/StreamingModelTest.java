package org.recurrentops.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.recurrentops.CellType;
import org.recurrentops.MathMode;
import org.recurrentops.ParameterLayout;
import org.recurrentops.PlanOptions;
import org.recurrentops.RnnSpec;
import org.recurrentops.spi.PlanRequest;

/** What plans say of weights that are read from memory in every step, on a card's sizes. */
class StreamingModelTest {
  private static final Path PREDICTIONS =
      Path.of("..", "bench", "results", "predictions", "h200-streamed.md");

  /** A line that streams in some pass: shape, pass, mode, and both times. */
  private static final Pattern LINE =
      Pattern.compile(
          "\\| (\\w+)-t(\\d+)n(\\d+)c\\d+h(\\d+) \\| (\\w+) \\| (\\w+) \\|(?: [\\d.]+ \\|){3}"
              + " ([\\d.]+) \\| [\\d.]+ \\| ([\\d.]+) \\| (\\d+(?:, \\d+)?) \\|.*");

  private static final int STREAMED = 52;

  /** Two models of the same loop may differ by so much. */
  private static final double CLOSE = 0.03;

  /** Every block reads the mailbox: with many rows that costs more than weights once for all. */
  @Test
  void manyRowsAreExpectedToBeSlowerThanAGraph() {
    RnnSpec spec = RnnSpec.lstm(4, 1536).build();
    assertFalse(streaming(spec, PlanOptions.training(50, 1)).contains("slower"));
    assertTrue(streaming(spec, PlanOptions.training(50, 64)).contains("slower than graph"));
    PlanOptions reduced = PlanOptions.training(50, 64).mathMode(MathMode.TF32);
    assertTrue(streaming(spec, reduced).contains("slower than graph"));
  }

  /** Registers are not counted; shared memory that is not for weights that stay is. */
  @Test
  void whatComesByWayOfSharedMemoryIsSaid() {
    RnnSpec spec = RnnSpec.lstm(4, 2048).build();
    PlanOptions tensors = PlanOptions.inference(50, 1).mathMode(MathMode.TF32);
    String text = streaming(spec, tensors);
    String ahead = ", read from memory ahead of products for every ";
    assertTrue(text.contains(" MB by way of 32768 bytes of shared memory each" + ahead), text);
    text = streaming(spec, PlanOptions.inference(50, 1));
    assertTrue(text.contains(" MB" + ahead + "4 rows"), text);
  }

  /** What describe() expects is what the model of bench has written down. */
  @Test
  void plansExpectWhatIsPredicted() throws Exception {
    int found = 0;
    for (String line : Files.readAllLines(PREDICTIONS)) {
      Matcher m = LINE.matcher(line);
      if (!m.matches() || m.group(9).matches("0(, 0)?")) {
        continue;
      }
      int hidden = Integer.parseInt(m.group(4));
      RnnSpec spec = RnnSpec.of(cell(m.group(1)), hidden, hidden).build();
      int steps = Integer.parseInt(m.group(2));
      int rows = Integer.parseInt(m.group(3));
      PlanOptions options =
          m.group(5).equals("forward")
              ? PlanOptions.inference(steps, rows)
              : PlanOptions.training(steps, rows);
      String text = streaming(spec, options.mathMode(MathMode.valueOf(m.group(6))));
      double ratio = Double.parseDouble(m.group(8)) / Double.parseDouble(m.group(7));
      boolean close = Math.abs(ratio - 1) < CLOSE;
      assertTrue(close || ratio > 1 == text.contains("slower than graph"), line);
      found++;
    }
    assertEquals(STREAMED, found, "lines of " + PREDICTIONS + " that stream");
  }

  private static CellType cell(String name) {
    return switch (name) {
      case "lstm" -> CellType.LSTM;
      case "gru" -> CellType.GRU;
      default -> CellType.VANILLA_TANH;
    };
  }

  private static String streaming(RnnSpec spec, PlanOptions options) {
    DeviceLimits limits = new DeviceLimits(132, 256, 227 << 10, false, 0, 256);
    PlanRequest request = new PlanRequest(spec, options, ParameterLayout.of(spec));
    List<PersistentGrid> grids = PersistentGrid.all(request, limits);
    return StreamingModel.describe(request, grids);
  }
}
