package org.recurrentops.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.recurrentops.BackwardArgs;
import org.recurrentops.ForwardArgs;
import org.recurrentops.ParameterSlice;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;

/** Without initial states the product with zero is left out, without dh0 the last one backwards. */
class ZeroStateTest {
  private static final int STEPS = 3;
  private static final int BATCH = 5;

  @Test
  void resultsAreThoseOfZeros() {
    for (RnnSpec spec : PlanSpecs.all(6, 9)) {
      float[][] without = run(spec, false);
      float[][] with = run(spec, true);
      for (int i = 0; i < with.length; i++) {
        assertArrayEquals(with[i], without[i], spec + " output " + i);
      }
    }
  }

  /** y, dx and dParams. */
  private static float[][] run(RnnSpec spec, boolean states) {
    try (RecurrentOps ops = PlanRun.open(1);
        RecurrentPlan plan = ops.plan(spec, PlanOptions.training(STEPS, BATCH));
        Reserve reserve = plan.newReserve()) {
      Random random = new Random(3);
      Tensor params = random(ops, random, plan.parameterLayout().elements());
      Tensor x = random(ops, random, STEPS, BATCH, spec.inputSize());
      Tensor y = ops.allocate(STEPS, BATCH, spec.outputSize());
      Tensor dy = random(ops, random, STEPS, BATCH, spec.outputSize());
      Tensor dx = ops.allocate(STEPS, BATCH, spec.inputSize());
      Tensor gradient = ops.allocate(plan.parameterLayout().elements());
      ForwardArgs forward = ForwardArgs.of(params, x, y).seed(4);
      BackwardArgs backward = BackwardArgs.of(params, x, dy, dx, gradient);
      if (states) {
        boolean cell = spec.cell().hasCellState();
        forward = forward.initialState(state(ops, spec), cell ? cellState(ops, spec) : null);
        backward =
            backward.initialStateGradient(state(ops, spec), cell ? cellState(ops, spec) : null);
      }
      plan.forward(forward, reserve);
      plan.backward(backward, reserve);
      return new float[][] {y.toFloats(), dx.toFloats(), gradient.toFloats()};
    }
  }

  private static Tensor state(RecurrentOps ops, RnnSpec spec) {
    return ops.allocate(spec.stateCount(), BATCH, spec.stateSize());
  }

  private static Tensor cellState(RecurrentOps ops, RnnSpec spec) {
    return ops.allocate(spec.stateCount(), BATCH, spec.hiddenSize());
  }

  private static Tensor random(RecurrentOps ops, Random random, long... dims) {
    Tensor t = ops.allocate(dims);
    float[] values = new float[(int) t.shape().elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    t.upload(values);
    return t;
  }

  /** A product with NaN weights would show. */
  @Test
  void theProductIsLeftOut() {
    theProductIsLeftOut(2);
  }

  @Test
  void theStatesPartOfAJoinedProductIsLeftOut() {
    theProductIsLeftOut(16);
  }

  private static void theProductIsLeftOut(int batch) {
    RnnSpec spec = RnnSpec.lstm(4, 8).build();
    try (RecurrentOps ops = PlanRun.open(1);
        RecurrentPlan plan = ops.plan(spec, PlanOptions.inference(1, batch))) {
      float[] values = new float[(int) plan.parameterLayout().elements()];
      ParameterSlice r = plan.parameterLayout().find(ParameterSlice.Kind.WEIGHT_HH, 0, 0);
      for (int i = 0; i < r.elements(); i++) {
        values[(int) r.offset() + i] = Float.NaN;
      }
      Tensor params = ops.wrap(values);
      Tensor x = ops.allocate(1, batch, 4);
      Tensor y = ops.allocate(1, batch, 8);
      plan.forward(ForwardArgs.of(params, x, y));
      for (float v : y.toFloats()) {
        assertTrue(v == 0f, "y: " + v);
      }
      Tensor h0 = ops.allocate(1, batch, 8);
      Tensor c0 = ops.allocate(1, batch, 8);
      plan.forward(ForwardArgs.of(params, x, y).initialState(h0, c0));
      for (float v : y.toFloats()) {
        assertTrue(Float.isNaN(v), "y: " + v);
      }
    }
  }
}
