package org.recurrentops.bench.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recurrentops.ParameterLayout;
import org.recurrentops.bench.layers.ReferenceCell.Step;

/** What the float64 reference computes of the values would be subnormal in float32. */
class StressTest {
  private static final long SEED = 42;

  private LayerShape shape;
  private float[] weights;
  private float[] x;
  private float[] dy;
  private Step[] steps;
  private double[][] dx;

  private void compute(String text, Stress stress) {
    shape = LayerShape.parse(text);
    ParameterLayout layout = ParameterLayout.of(shape.spec());
    float[] ordinary =
        LayerSetup.uniform(layout.elements(), 1 / Math.sqrt(shape.hiddenSize()), SEED);
    weights = stress.weights(layout, ordinary);
    x = stress.input(shape, SEED + 1);
    dy = stress.outputGradient(shape, SEED + 2);
    ReferenceLayer reference = new ReferenceLayer(shape, weights);
    steps = reference.forward(x, 0);
    dx = reference.backward(steps, x, dy, 0, new double[weights.length]);
  }

  private static boolean isSubnormal(double v) {
    double size = Math.abs(v);
    return size >= 0x1p-149 && size < 0x1p-126;
  }

  /** Share of subnormal values in the blocks of all steps. */
  private double subnormal(java.util.function.Function<Step, double[]> values) {
    return share(Arrays.stream(steps).map(values).toArray(double[][]::new), v -> isSubnormal(v));
  }

  private static double share(double[][] values, java.util.function.DoublePredicate wanted) {
    ToDoubleFunction<double[]> found = v -> Arrays.stream(v).filter(wanted).count();
    double all = Arrays.stream(values).mapToDouble(v -> v.length).sum();
    return Arrays.stream(values).mapToDouble(found).sum() / all;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lstm-t100n2c64h64",
        "gru-t100n2c64h64",
        "vanilla-t100n2c64h64",
        "lstm-t300n1c33h129",
        "gru-t97n1h65"
      })
  void halfOfTheDecayingStatesAndGradientsWouldBeSubnormal(String text) {
    compute(text, Stress.DECAY);
    assertTrue(subnormal(Step::h) > 0.5, () -> text + " h: " + subnormal(Step::h));
    double gradients = share(dx, StressTest::isSubnormal);
    assertTrue(gradients > 0.5, () -> text + " dx: " + gradients);
    // and all of them decay to nothing before the next impulse
    int last = Math.min(2, shape.steps() / Stress.PERIOD) * Stress.PERIOD - 1;
    for (double h : steps[last].h()) {
      assertTrue(Math.abs(h) < 0x1p-140, () -> text + " h[" + last + "]: " + h);
    }
    for (double h : steps[0].h()) {
      assertTrue(Math.abs(h) < 0x1p-100, () -> text + " h[0]: " + h);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lstm-t60n1c64h64", "gru-t60n1c33h65", "lstm-t60n1h64"})
  void someSaturatedGatesWouldBeSubnormalAndMostAreZeroOrOne(String text) {
    compute(text, Stress.SATURATION);
    double gates = subnormal(Step::gates);
    assertTrue(gates > 0.01, () -> text + " gates: " + gates);
    double[][] all = Arrays.stream(steps).map(Step::gates).toArray(double[][]::new);
    double flat = share(all, v -> Math.min(Math.abs(v), Math.abs(1 - Math.abs(v))) < 0x1p-24);
    assertTrue(flat > 0.6, () -> text + " flat: " + flat);
  }

  @Test
  void ordinaryValuesAreNotSubnormal() {
    compute("lstm-t100n2c64h64", Stress.DECAY);
    float[] ordinary = LayerSetup.uniform(x.length, 1, SEED + 1);
    steps = new ReferenceLayer(shape, weights).forward(ordinary, 0);
    assertEquals(0, subnormal(Step::h));
  }

  /** What is set to zero passes, a state of the first steps that is wrong does not. */
  @Test
  void theCheckKnowsWhatMayBeZero() {
    compute("lstm-t60n1c64h64", Stress.DECAY);
    LayerCheck check = new LayerCheck(shape, weights, x, 0x1p-24, Stress.DECAY.floor());
    int hidden = shape.hiddenSize();
    float[] y = new float[shape.steps() * hidden];
    for (int t = 0; t < shape.steps(); t++) {
      for (int j = 0; j < hidden; j++) {
        double h = steps[t].h()[j];
        y[t * hidden + j] = isSubnormal(h) ? 0 : (float) h;
      }
    }
    check.forward(y);
    float right = y[3];
    y[3] = 0;
    assertThrows(IllegalStateException.class, () -> check.forward(y));
    y[3] = right;
    y[y.length - 1] = 1e-20f;
    assertThrows(IllegalStateException.class, () -> check.forward(y));
  }
}
