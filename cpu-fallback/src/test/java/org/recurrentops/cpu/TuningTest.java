package org.recurrentops.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.recurrentops.Backends;
import org.recurrentops.DType;
import org.recurrentops.MathMode;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.RnnSpec;
import org.recurrentops.UnsupportedSpecException;

/** Decisions are named, described, taken back, and refused where they do not belong. */
class TuningTest {
  private static final RnnSpec SPEC = RnnSpec.lstm(3, 4).build();
  private static final PlanOptions OPTIONS = PlanOptions.inference(2, 2);

  @Test
  void aDecisionIsTakenBack() {
    try (RecurrentOps ops = Backends.open("cpu")) {
      for (String algorithm : ops.algorithms()) {
        try (RecurrentPlan forced = ops.plan(SPEC, OPTIONS.algorithm(algorithm));
            RecurrentPlan again = ops.plan(SPEC, OPTIONS.tuning(forced.tuning()))) {
          assertEquals(algorithm, forced.algorithm());
          assertEquals(algorithm, again.algorithm());
          assertTrue(forced.describe().contains(algorithm), forced.describe());
          for (String choice :
              new String[] {"columns", "chunks of", "threads ", "instruction path"}) {
            assertTrue(forced.describe().contains(choice), forced.describe());
          }
        }
      }
    }
  }

  @Test
  void theVectorFormIsOfferedWhereTheModuleIs() {
    boolean present = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    boolean off = "off".equals(System.getProperty("recurrentops.cpu.vector"));
    try (RecurrentOps ops = Backends.open("cpu")) {
      assertEquals(present && !off, ops.algorithms().contains("stepped/vector"));
      assertTrue(ops.algorithms().contains("stepped/java"));
      assertTrue(ops.device().detail().contains(Runtime.version().toString()));
    }
  }

  @Test
  void whatCannotBeDoneIsRefusedWithAReason() {
    refused(OPTIONS.tuning("cuda/7:persistent"), "cuda/7:persistent");
    refused(OPTIONS.tuning("cpu/1:stepped/abacus"), "stepped/abacus");
    refused(OPTIONS.tuning(""), "tuning");
    refused(OPTIONS.mathMode(MathMode.BF16), "FP32");
    refused(OPTIONS.ioType(DType.F16), "F32");
    refused(OPTIONS.parameterType(DType.BF16), "F32");
    try (RecurrentOps ops = Backends.open("cpu")) {
      if (ops.algorithms().size() > 1) {
        refused(OPTIONS.algorithm("stepped/java").tuning("cpu/1:stepped/vector"), "stepped/vector");
      }
    }
  }

  private static void refused(PlanOptions options, String part) {
    try (RecurrentOps ops = Backends.open("cpu")) {
      String message =
          assertThrows(UnsupportedSpecException.class, () -> ops.plan(SPEC, options)).getMessage();
      assertTrue(message.contains(part), message);
    }
  }
}
