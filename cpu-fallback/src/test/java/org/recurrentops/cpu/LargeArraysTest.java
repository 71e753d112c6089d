package org.recurrentops.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.RnnSpec;

/** Memory of plans is large enough to be placed well, and no larger. */
class LargeArraysTest {
  private static final RnnSpec SPEC = RnnSpec.lstm(40, 48).build();
  private static final PlanOptions OPTIONS = PlanOptions.training(5, 7);

  @AfterEach
  void asByDefault() {
    System.clearProperty(LargeArrays.PROPERTY);
  }

  /** Half a region and a header, in floats; 0 where the collector is another. */
  private static long half() {
    HotSpotDiagnosticMXBean options =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    return options.getVMOption("UseG1GC").getValue().equals("true")
        ? Long.parseLong(options.getVMOption("G1HeapRegionSize").getValue()) / 8
        : 0;
  }

  @Test
  void growsToHalfARegionAndNoFurther() {
    long half = half();
    assertEquals(8191, LargeArrays.padded(8191), "nothing to gain");
    assertEquals(Math.max(8192, half), LargeArrays.padded(8192));
    assertEquals(half + 1, LargeArrays.padded(half + 1));
    assertEquals(0, LargeArrays.padded(0));
    System.setProperty(LargeArrays.PROPERTY, "never");
    assertEquals(8192, LargeArrays.padded(8192));
  }

  @Test
  void refusesAMisspeltChoice() {
    System.setProperty(LargeArrays.PROPERTY, "nevr");
    String message =
        assertThrows(IllegalArgumentException.class, () -> LargeArrays.padded(9000)).getMessage();
    assertEquals("-Drecurrentops.cpu.padding: expected auto or never, got 'nevr'", message);
  }

  @Test
  void plansSayWhatItTakesAndComputeTheSame() {
    Map<String, float[]> padded;
    long bytes;
    try (RecurrentOps ops = PlanRun.open(1)) {
      bytes = ops.estimate(SPEC, OPTIONS).workspaceBytes();
      padded = new PlanRun(SPEC, 5, 7, false).on(ops, OPTIONS);
      try (RecurrentPlan plan = ops.plan(SPEC, OPTIONS)) {
        assertEquals(half() > 0, plan.describe().contains("begin at cache lines"), plan::describe);
        assertEquals(bytes, plan.workspaceBytes());
      }
    }
    System.setProperty(LargeArrays.PROPERTY, "never");
    try (RecurrentOps ops = PlanRun.open(1);
        RecurrentPlan plan = ops.plan(SPEC, OPTIONS)) {
      assertFalse(plan.describe().contains("begin at cache lines"), plan::describe);
      assertTrue(half() == 0 || plan.workspaceBytes() < bytes, bytes + " before");
      new PlanRun(SPEC, 5, 7, false)
          .on(ops, OPTIONS)
          .forEach((name, v) -> assertArrayEquals(padded.get(name), v, name));
    }
  }
}
