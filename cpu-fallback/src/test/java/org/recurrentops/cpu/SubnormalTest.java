package org.recurrentops.cpu;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.recurrentops.BackwardArgs;
import org.recurrentops.CellType;
import org.recurrentops.ForwardArgs;
import org.recurrentops.ParameterSlice;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;

/** States that decay to nothing, and gradients that vanish, never become subnormal. */
class SubnormalTest {
  private static final int STEPS = 60;
  private static final int HIDDEN = 19;

  @Test
  void statesAndGradients() {
    for (String form : new String[] {"stepped/java", PlanOptions.AUTO}) {
      for (CellType cell : CellType.values()) {
        decay(RnnSpec.of(cell, 3, HIDDEN).build(), form);
      }
    }
  }

  /** Without input, a forgetting bias of -4 and a recurrent weight of 0.02 per unit. */
  private static void decay(RnnSpec spec, String form) {
    try (RecurrentOps ops = PlanRun.open(1);
        RecurrentPlan plan = ops.plan(spec, PlanOptions.training(STEPS, 1).algorithm(form));
        Reserve reserve = plan.newReserve()) {
      float[] params = new float[(int) plan.parameterLayout().elements()];
      ParameterSlice bias = plan.parameterLayout().find(ParameterSlice.Kind.BIAS_IH, 0, 0);
      // f of the LSTM, z of the GRU, nothing of the others.
      for (int i = HIDDEN; i < 2 * HIDDEN && spec.cell().gates() > 1; i++) {
        params[(int) bias.offset() + i] = -4f;
      }
      ParameterSlice r = plan.parameterLayout().find(ParameterSlice.Kind.WEIGHT_HH, 0, 0);
      int rows = (int) (r.elements() / HIDDEN);
      for (int row = 0; row < rows; row++) {
        params[(int) r.offset() + row * HIDDEN + row % HIDDEN] = 0.02f;
      }
      boolean cell = spec.cell().hasCellState();
      Tensor p = ops.wrap(params);
      Tensor x = ops.allocate(STEPS, 1, 3);
      Tensor y = ops.allocate(STEPS, 1, HIDDEN);
      Tensor dy = ops.allocate(STEPS, 1, HIDDEN);
      Tensor dh0 = ops.allocate(1, 1, HIDDEN);
      Tensor dc0 = cell ? ops.allocate(1, 1, HIDDEN) : null;
      Tensor dx = ops.allocate(STEPS, 1, 3);
      plan.forward(
          ForwardArgs.of(p, x, y).initialState(ones(ops), cell ? ones(ops) : null), reserve);
      plan.backward(
          BackwardArgs.of(p, x, dy, dx, ops.allocate(params.length))
              .finalStateGradient(ones(ops), null)
              .initialStateGradient(dh0, dc0),
          reserve);
      float[] states = y.toFloats();
      normal(states, spec + " " + form + " y");
      assertTrue(states[0] > 0 && states[states.length - 1] == 0, spec + ": y does not decay");
      if (cell) {
        normal(dc0.toFloats(), spec + " " + form + " dc0");
      }
    }
  }

  private static Tensor ones(RecurrentOps ops) {
    float[] values = new float[HIDDEN];
    java.util.Arrays.fill(values, 1f);
    return ops.wrap(values, 1, 1, HIDDEN);
  }

  private static void normal(float[] values, String what) {
    for (int i = 0; i < values.length; i++) {
      assertTrue(
          values[i] == 0 || Math.abs(values[i]) >= Float.MIN_NORMAL,
          what + ": " + values[i] + " at " + i);
    }
  }
}
