package org.recurrentops.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.recurrentops.Forward;
import org.recurrentops.ForwardArgs;
import org.recurrentops.Initializer;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;

/**
 * A bound call allocates nothing, neither on the caller's thread nor on the team's. The Vector API
 * boxes until it is compiled, and a deoptimisation may allocate once: rounds are repeated until one
 * allocates nothing, which no call that allocates by itself can reach.
 */
class AllocationFreeTest {
  private static final int RUNS = 1000;
  private static final int WARM_UPS = 40;

  @Test
  void plainJava() {
    for (RnnSpec spec : PlanSpecs.all(5, 7)) {
      assertEquals(
          0, PlanAllocation.bytes(spec, 3, 2, 1, "stepped/java", RUNS, 5), spec.toString());
    }
  }

  @Test
  void bestForm() {
    RnnSpec spec = RnnSpec.lstm(24, 32).layers(2).bidirectional().dropout(0.3).build();
    assertEquals(
        0, PlanAllocation.bytes(spec, 4, 3, 1, PlanOptions.AUTO, RUNS, WARM_UPS), spec.toString());
  }

  @Test
  void team() {
    RnnSpec spec = RnnSpec.lstm(24, 48).layers(2).build();
    assertEquals(
        0, PlanAllocation.bytes(spec, 5, 16, 2, "stepped/java", RUNS / 5, 5), spec.toString());
  }

  @Test
  void vectorsOfBatchRows() {
    for (RnnSpec spec :
        new RnnSpec[] {
          RnnSpec.lstm(37, 256).layers(2).build(), RnnSpec.gru(37, 352).bidirectional().build()
        }) {
      try (RecurrentOps ops = PlanRun.open(2);
          RecurrentPlan plan = ops.plan(spec, PlanOptions.inference(3, 32))) {
        Tensor params = ops.allocate(plan.parameterLayout().shape());
        Tensor x = ops.allocate(3, 32, 37);
        Tensor y = ops.allocate(3, 32, spec.outputSize());
        Forward forward = plan.bindForward(ForwardArgs.of(plan.pack(params), x, y), null);
        forward.run();
        long bytes = -1;
        for (int i = 0; i < WARM_UPS && bytes != 0; i++) {
          bytes = PlanAllocation.own(forward, 100);
        }
        assertEquals(0, bytes, spec.toString());
      }
    }
  }

  /**
   * A small step a million times: the last calls allocate nothing and compute what the first did.
   */
  @Test
  void millionCalls() {
    RnnSpec spec = RnnSpec.lstm(5, 8).build();
    try (RecurrentOps ops = PlanRun.open(2);
        RecurrentPlan plan = ops.plan(spec, PlanOptions.inference(1, 1));
        Tensor params = ops.allocate(plan.parameterLayout().shape());
        Tensor x = ops.allocate(1, 1, 5);
        Tensor y = ops.allocate(1, 1, 8)) {
      plan.parameterLayout().initialise(params, Initializer.pytorch(42));
      x.upload(new float[] {1, -2, 3, -4, 5});
      Forward forward = plan.bindForward(ForwardArgs.of(params, x, y), null);
      forward.run();
      float[] first = y.toFloats();
      for (int i = 0; i < 900_000; i++) {
        forward.run();
      }
      long bytes = -1;
      for (int i = 0; i < 40 && bytes != 0; i++) {
        bytes = PlanAllocation.own(forward, 100_000);
      }
      assertEquals(0, bytes);
      assertArrayEquals(first, y.toFloats());
    }
  }
}
