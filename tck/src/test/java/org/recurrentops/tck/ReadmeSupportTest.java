package org.recurrentops.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.recurrentops.CellType;
import org.recurrentops.PlanOptions;
import org.recurrentops.SpecOption;

/** The README's table of options is the one that the kit checks. */
class ReadmeSupportTest {
  private static final String BEGIN = "<!-- made of support.txt, see ReadmeSupportTest -->\n";
  private static final String END = "<!-- end -->";

  @Test
  void theReadmeHoldsTheTableThatTheKitChecks() throws IOException {
    String readme = Files.readString(Path.of("..", "README.md"));
    int from = readme.indexOf(BEGIN);
    assertTrue(from >= 0, "README.md: expected the line " + BEGIN);
    String table = readme.substring(from + BEGIN.length(), readme.indexOf(END, from));
    assertEquals(SupportTable.committed().markdown(), table);
  }

  @Test
  void tableIsAskedByBackendAndAlgorithm() {
    SupportTable table = SupportTable.committed();
    Set<SpecOption> projection = EnumSet.of(SpecOption.PROJECTION);
    assertTrue(table.has("opencl", "stepped/vector", projection));
    assertTrue(!table.has("opencl", "sorted", projection));
    assertTrue(table.has("opencl", PlanOptions.AUTO, projection));
    assertTrue(!table.knows("abacus"));
    assertTrue(table.lacks("cuda", "persistent", CellType.GRU_RESET_BEFORE));
    assertTrue(!table.lacks("cuda", "persistent", CellType.GRU));
    assertTrue(!table.lacks("cuda", PlanOptions.AUTO, CellType.GRU_RESET_BEFORE));
    assertEquals(
        EnumSet.allOf(SpecOption.class),
        EnumSet.copyOf(
            List.of(SpecOption.values()).stream()
                .filter(o -> table.has("cpu", "stepped/java", EnumSet.of(o)))
                .toList()),
        "the CPU has every option");
  }

  @Test
  void everyOptionFitsSomeCellAndContradictionsSayWhich() {
    for (SpecOption option : SpecOption.values()) {
      long fits = 0;
      for (CellType cell : CellType.values()) {
        OptionCombination one = OptionCombination.of(cell, EnumSet.of(option));
        fits += one.spec().isPresent() ? 1 : 0;
        assertTrue(
            one.spec().isPresent() || one.contradiction().contains(cell.label()), option.label());
      }
      assertTrue(fits > 0, option.label());
    }
  }
}
