package org.recurrentops.bench.layers;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recurrentops.Backends;
import org.recurrentops.BackwardArgs;
import org.recurrentops.ForwardArgs;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.Tensor;

/** The check accepts what the CPU backend computes and refuses it with one value changed. */
class LayerCheckTest {
  private LayerShape shape;
  private float[] weights;
  private float[] input;
  private float[] y;
  private float[] dy;
  private float[] dx;
  private float[] dParams;
  private LayerCheck check;

  private void compute(String text) {
    shape = LayerShape.parse(text);
    try (RecurrentOps ops = Backends.open("cpu")) {
      PlanOptions options = PlanOptions.training(shape.steps(), shape.batch());
      RecurrentPlan plan = ops.plan(shape.spec(), options);
      Tensor p = ops.allocate(plan.parameterLayout().shape());
      Tensor x = ops.allocate(shape.steps(), shape.batch(), shape.inputSize());
      Tensor out = ops.allocate(shape.steps(), shape.batch(), shape.hiddenSize());
      Tensor dOut = ops.allocate(out.shape());
      Tensor dIn = ops.allocate(x.shape());
      Tensor dp = ops.allocate(p.shape());
      weights = LayerSetup.uniform(p.shape().elements(), 0.4, 1);
      input = LayerSetup.uniform(x.shape().elements(), 1, 2);
      check = new LayerCheck(shape, weights, input);
      dy = check.onlyCheckedRows(LayerSetup.uniform(out.shape().elements(), 1, 3));
      p.upload(weights);
      x.upload(input);
      dOut.upload(dy);
      Reserve reserve = plan.newReserve();
      plan.forward(ForwardArgs.of(p, x, out), reserve);
      plan.backward(BackwardArgs.of(p, x, dOut, dIn, dp), reserve);
      y = out.toFloats();
      dx = dIn.toFloats();
      dParams = dp.toFloats();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lstm-t5n3c4h7",
        "gru-t5n3c4h7",
        "vanilla-t5n3c4h7",
        "lstm-t1n1c1h1",
        "gru-t5n3h7"
      })
  void acceptsTheCpuBackend(String text) {
    compute(text);
    check.forward(y);
    check.backward(dy, dx, dParams);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lstm-t5n3c4h7", "gru-t5n3c4h7", "vanilla-t5n3c4h7", "lstm-t5n3h7"})
  void refusesEveryChangedValueOfTheCheckedRows(String text) {
    compute(text);
    refusesEachChange(y, shape.hiddenSize(), () -> check.forward(y));
    refusesEachChange(dx, shape.inputSize(), () -> check.backward(dy, dx, dParams));
    for (int i = 0; i < dParams.length; i++) {
      refusesChange(dParams, i, () -> check.backward(dy, dx, dParams));
    }
  }

  private void refusesEachChange(float[] sequence, int width, Runnable judge) {
    for (int i = 0; i < sequence.length; i++) {
      int row = i / width % shape.batch();
      if (row == 0 || row == shape.batch() - 1) {
        refusesChange(sequence, i, judge);
      }
    }
  }

  private static void refusesChange(float[] values, int at, Runnable judge) {
    float right = values[at];
    for (float wrong : new float[] {right + 0.01f, Float.NaN}) {
      values[at] = wrong;
      IllegalStateException e = assertThrows(IllegalStateException.class, judge::run, "at " + at);
      assertTrue(e.getMessage().contains("expected"), e::getMessage);
    }
    values[at] = right;
  }

  @Test
  void refusesSwappedGates() {
    compute("lstm-t5n3c4h7");
    int block = shape.hiddenSize() * shape.inputSize();
    float[] swapped = weights.clone();
    System.arraycopy(weights, 0, swapped, block, block);
    System.arraycopy(weights, block, swapped, 0, block);
    LayerCheck other = new LayerCheck(shape, swapped, input);
    assertThrows(IllegalStateException.class, () -> other.forward(y));
  }

  @Test
  void refusesAGradientThatStopsBeforeTheFirstStep() {
    compute("gru-t5n3c4h7");
    float[] stopped = dx.clone();
    Arrays.fill(stopped, 0, shape.batch() * shape.inputSize(), 0);
    assertThrows(IllegalStateException.class, () -> check.backward(dy, stopped, dParams));
  }
}
