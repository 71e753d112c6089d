package org.recurrentops.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.RnnSpec;
import org.recurrentops.cpu.math.CpuMath;

/** Plans with oneDNN's products: when they are taken, and what all plans promise. */
class OneDnnPlanTest {
  private static final String ONEDNN = "stepped/onednn";

  @BeforeEach
  void on() {
    System.setProperty(CpuMath.ONEDNN, "on");
  }

  @AfterEach
  void off() {
    System.clearProperty(CpuMath.ONEDNN);
  }

  @Test
  void onlyWhoeverAsksHasThem() {
    System.clearProperty(CpuMath.ONEDNN);
    try (RecurrentOps ops = PlanRun.open(1)) {
      assertEquals(List.of("stepped/vector", "stepped/java"), ops.algorithms());
    }
  }

  @Test
  void largePlansTakeThemByThemselves() {
    try (RecurrentOps ops = PlanRun.open(2)) {
      assertEquals(List.of("stepped/vector", "stepped/java", ONEDNN), ops.algorithms());
      assertEquals("stepped/vector", algorithm(ops, 512, PlanOptions.training(2, 31)));
      assertEquals(ONEDNN, algorithm(ops, 512, PlanOptions.training(2, 32)));
      assertEquals("stepped/vector", algorithm(ops, 255, PlanOptions.training(2, 32)));
      assertEquals("stepped/vector", algorithm(ops, 1024, PlanOptions.inference(2, 64)));
      assertEquals("stepped/vector", algorithm(ops, 2048, PlanOptions.inference(2, 15)));
      assertEquals(ONEDNN, algorithm(ops, 2048, PlanOptions.inference(2, 16)));
    }
  }

  private static String algorithm(RecurrentOps ops, int hidden, PlanOptions options) {
    try (RecurrentPlan plan = ops.plan(RnnSpec.vanilla(3, hidden).build(), options)) {
      String said = plan.describe();
      assertEquals(plan.algorithm().equals(ONEDNN), said.contains("oneDNN's sgemm"), said);
      return plan.algorithm();
    }
  }

  /** Where workers share rows, where they share units, and where some have no unit. */
  @Test
  void resultsDoNotDependOnThreads() {
    compare(3, 20, 29, 70);
    compare(4, 5, 45, 300);
    compare(3, 2, 20, 33);
    compare(2, 1, 20, 130);
  }

  private static void compare(int steps, int batch, int inputSize, int hiddenSize) {
    for (RnnSpec spec : PlanSpecs.all(inputSize, hiddenSize)) {
      Map<String, float[]> one = run(spec, steps, batch, 1);
      for (int threads : new int[] {2, 3}) {
        Map<String, float[]> more = run(spec, steps, batch, threads);
        one.forEach(
            (name, values) ->
                assertArrayEquals(values, more.get(name), spec + " " + name + " " + threads));
      }
    }
  }

  private static Map<String, float[]> run(RnnSpec spec, int steps, int batch, int threads) {
    try (RecurrentOps ops = PlanRun.open(threads)) {
      return new PlanRun(spec, steps, batch, false).on(ops, ONEDNN);
    }
  }

  @Test
  void theyAgreeWithThoseInJava() {
    RnnSpec spec = RnnSpec.lstm(29, 300).build();
    try (RecurrentOps ops = PlanRun.open(2)) {
      Map<String, float[]> java = new PlanRun(spec, 5, 20, false).on(ops, "stepped/vector");
      Map<String, float[]> calls = new PlanRun(spec, 5, 20, false).on(ops, ONEDNN);
      java.forEach((name, v) -> assertArrayEquals(v, calls.get(name), 1e-3f, name));
      assertTrue(java.keySet().stream().anyMatch(k -> !same(java.get(k), calls.get(k))));
    }
  }

  /** Not one bit apart would mean that nobody called the library. */
  private static boolean same(float[] a, float[] b) {
    return java.util.Arrays.equals(a, b);
  }

  /** Segments over arrays, where C2 does not remove them; no copies of what they hold. */
  @Test
  void callsAllocateNoMoreThanSegments() {
    RnnSpec spec = RnnSpec.lstm(24, 256).build();
    int floatsOfGates = 4 * 16 * 4 * 256;
    long bytes = PlanAllocation.bytes(spec, 4, 16, 2, ONEDNN, 100, 10) / 100;
    assertTrue(bytes < floatsOfGates / 2, bytes + " bytes a run");
  }
}
