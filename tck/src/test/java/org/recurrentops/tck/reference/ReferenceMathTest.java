package org.recurrentops.tck.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/** Values by hand, and gradients by central differences. */
class ReferenceMathTest {
  private static final double STEP = 1e-6;

  private static double[] random(int n) {
    return new Random(n).doubles(n, -1, 1).toArray();
  }

  private static void compare(double[] at, double[] gradient, ToDoubleFunction<double[]> function) {
    assertEquals(at.length, gradient.length);
    for (int i = 0; i < at.length; i++) {
      double[] up = at.clone();
      double[] down = at.clone();
      up[i] += STEP;
      down[i] -= STEP;
      double slope = (function.applyAsDouble(up) - function.applyAsDouble(down)) / (2 * STEP);
      assertEquals(slope, gradient[i], 1e-7, "element " + i);
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  @Test
  void linearByHand() {
    double[] y =
        ReferenceMath.linear(
            new double[] {1, 2, 3, 4},
            new double[] {1, 0, 0, 1, 1, 1},
            new double[] {0, 10, 0},
            2,
            3);
    assertArrayEquals(new double[] {1, 12, 3, 3, 14, 7}, y);
  }

  @Test
  void linearGradients() {
    double[] x = random(15);
    double[] w = random(12);
    double[] b = random(4);
    double[] dy = random(20);
    compare(
        x,
        ReferenceMath.linearInputGradient(dy, w, 3, 4),
        v -> dot(dy, ReferenceMath.linear(v, w, b, 3, 4)));
    compare(
        w,
        ReferenceMath.linearWeightGradient(dy, x, 3, 4),
        v -> dot(dy, ReferenceMath.linear(x, v, b, 3, 4)));
    compare(b, ReferenceMath.sumOfRows(dy, 4), v -> dot(dy, ReferenceMath.linear(x, w, v, 3, 4)));
  }

  @Test
  void embeddingGradient() {
    int[] indices = {2, 0, 2, 1};
    double[] table = random(8);
    double[] dy = random(8);
    assertEquals(table[4], ReferenceMath.embedding(indices, table, 2)[0]);
    compare(
        table,
        ReferenceMath.embeddingGradient(indices, dy, 4, 2),
        v -> dot(dy, ReferenceMath.embedding(indices, v, 2)));
  }

  @Test
  void softmaxByHand() {
    double[] p = ReferenceMath.softmax(new double[] {0, Math.log(3), 1000, 1000}, 2);
    assertArrayEquals(new double[] {0.25, 0.75, 0.5, 0.5}, p, 1e-15);
  }

  private static void checkLoss(double[] prediction, Function<double[], ReferenceLoss> loss) {
    compare(prediction, loss.apply(prediction).gradient(), v -> loss.apply(v).value());
  }

  @Test
  void lossGradients() {
    double[] a = random(12);
    double[] t = new Random(5).doubles(12).toArray();
    int[] classes = {2, -1, 0, 1};
    for (boolean mean : new boolean[] {false, true}) {
      for (double[] w : new double[][] {null, {1, 0.5, 0, 2}}) {
        checkLoss(a, v -> ReferenceLoss.softmaxCrossEntropy(v, classes, w, mean, 1));
        checkLoss(a, v -> ReferenceLoss.sigmoidCrossEntropy(v, t, 3, w, mean, 1));
        checkLoss(a, v -> ReferenceLoss.squaredError(v, t, 3, w, mean, 1));
      }
    }
  }

  @Test
  void lossesByHand() {
    double[] a = {0, Math.log(3)};
    int[] one = {1};
    double[] t = {1, 0};
    assertEquals(
        Math.log(4 / 3.0),
        ReferenceLoss.softmaxCrossEntropy(a, one, null, false, 1).value(),
        1e-15);
    assertEquals(
        Math.log(2) + Math.log(4),
        ReferenceLoss.sigmoidCrossEntropy(a, t, 2, null, false, 1).value(),
        1e-15);
    assertEquals(
        (1 + Math.log(3) * Math.log(3)) / 2,
        ReferenceLoss.squaredError(a, t, 2, null, true, 1).value(),
        1e-15);
    ReferenceLoss none = ReferenceLoss.softmaxCrossEntropy(a, new int[] {-1}, null, true, 1);
    assertEquals(0, none.value());
    assertArrayEquals(new double[2], none.gradient());
    assertArrayEquals(
        new double[] {3 * 2 * -1.0, 0},
        ReferenceLoss.squaredError(new double[] {0, 0}, t, 2, null, false, 3).gradient());
  }

  @Test
  void optimisersByHand() {
    double[] p = {1};
    double[] v = {0.5};
    ReferenceMath.sgd(p, new double[] {2}, v, 0.1, 0.9, false, 0.01);
    assertEquals(0.45 + 2.01, v[0], 1e-15);
    assertEquals(1 - 0.246, p[0], 1e-15);
    ReferenceMath.sgd(p, new double[] {0}, v, 0.1, 0.5, true, 0);
    assertEquals(0.754 - 0.1 * 0.5 * 1.23, p[0], 1e-15);
    double[] q = {1};
    // The first step of Adam is ±η whatever the gradient.
    ReferenceMath.adam(q, new double[] {-7}, new double[1], new double[1], 1, 0.1, 0.9, 0.99, 0, 0);
    assertEquals(1.1, q[0], 1e-12);
    ReferenceMath.adam(
        q, new double[1], new double[1], new double[] {1}, 1, 0.1, 0.9, 0.99, 1, 0.5);
    assertEquals(1.1 - 0.1 * 0.55, q[0], 1e-12);
    assertEquals(5, ReferenceMath.norm(new double[] {3}, new double[] {0, 4}));
  }
}
