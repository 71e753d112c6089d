package org.recurrentops.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.recurrentops.Backends;
import org.recurrentops.DType;
import org.recurrentops.ForwardArgs;
import org.recurrentops.Initializer;
import org.recurrentops.PackedWeights;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;
import org.recurrentops.UnsupportedSpecException;
import org.recurrentops.WorkspaceAllocator;

/** What float64 plans share with the others, and what they refuse. */
class Float64Test {
  private static final RnnSpec SPEC = RnnSpec.lstm(64, 96).layers(2).build();
  private static final int T = 24;
  private static final int N = 16;

  private static double[] run(int threads) {
    try (RecurrentOps ops = PlanRun.open(threads);
        RecurrentPlan plan = ops.plan(SPEC, PlanOptions.inference(T, N).float64())) {
      Tensor params = ops.allocate(DType.F64, plan.parameterLayout().elements());
      plan.parameterLayout().initialise(params, Initializer.pytorch(3));
      double[] x = new Random(4).doubles(T * N * 64, -1, 1).toArray();
      double[] y = new double[T * N * 96];
      try (PackedWeights weights = plan.pack(params)) {
        plan.forward(ForwardArgs.of(weights, ops.wrap(x, T, N, 64), ops.wrap(y, T, N, 96)));
      }
      return y;
    }
  }

  @Test
  void wrapsArraysAndDoesNotDependOnThreads() {
    double[] one = run(1);
    assertTrue(Arrays.stream(one).anyMatch(v -> v != (float) v), "more digits than float32 has");
    assertArrayEquals(one, run(3), 0);
  }

  @Test
  void countsBytesOfItsOwnType() {
    try (RecurrentOps ops = Backends.open("cpu")) {
      PlanOptions options = PlanOptions.training(T, N).algorithm("stepped/java");
      long narrow = ops.estimate(SPEC, options).reserveBytes();
      assertEquals(2 * narrow, ops.estimate(SPEC, options.float64()).reserveBytes());
    }
  }

  @Test
  void refusesWithReason() {
    try (RecurrentOps ops = Backends.open("cpu")) {
      PlanOptions o = PlanOptions.inference(T, N);
      String mixed = ops.refusal(SPEC, o.ioType(DType.F64)).orElseThrow();
      assertTrue(mixed.contains("parameterType F32") && mixed.contains("float64()"), mixed);
      String vector = ops.refusal(SPEC, o.float64().algorithm("stepped/vector")).orElseThrow();
      assertTrue(vector.contains("stepped/java only"), vector);
      try (RecurrentPlan plan = ops.plan(SPEC, o.float64());
          Tensor params = ops.allocate(DType.F64, plan.parameterLayout().elements())) {
        plan.parameterLayout().initialise(params, Initializer.pytorch(3));
        try (PackedWeights weights = plan.pack(params)) {
          assertThrows(UnsupportedSpecException.class, () -> plan.newSession(weights));
        }
        Tensor narrow = ops.allocate(T, N, 64);
        String message =
            assertThrows(
                    IllegalArgumentException.class,
                    () -> plan.forward(ForwardArgs.of(params, narrow, null)))
                .getMessage();
        assertTrue(message.contains("expected F64") && message.contains("F32"), message);
      }
    }
  }

  @Test
  void allocatorsOfFloat32Refuse() {
    WorkspaceAllocator narrow =
        new WorkspaceAllocator() {
          @Override
          public Tensor allocate(RecurrentOps ops, long elements) {
            return ops.allocate(elements);
          }

          @Override
          public void release(Tensor memory) {
            memory.close();
          }
        };
    try (RecurrentOps ops = Backends.open("cpu")) {
      PlanOptions o = PlanOptions.inference(T, N).allocator(narrow).float64();
      String message =
          assertThrows(UnsupportedSpecException.class, () -> ops.plan(SPEC, o)).getMessage();
      assertTrue(message.contains("override allocate(ops, type, elements)"), message);
    }
  }
}
