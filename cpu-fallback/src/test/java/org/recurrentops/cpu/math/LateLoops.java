package org.recurrentops.cpu.math;

/**
 * Calls the pointwise kernels many times with rows shorter than a vector, then asks whether they
 * allocate once rows are longer: a JVM of its own. A loop that is entered that late is compiled
 * before the operations in it have been profiled, at least where compilations are waited for.
 */
final class LateLoops {
  private static final int HIDDEN = 61;

  private final float[] x = new float[1000];
  private final float[] y = new float[1000];
  private final float[] a = new float[1000];
  private final float[] b = new float[1000];
  private final Activations f = CpuMath.select().activations();
  private final LstmUnits units = CpuMath.select().lstmUnits(HIDDEN);
  private final GruUnits gru = CpuMath.select().gruUnits(HIDDEN);

  private LateLoops() {}

  public static void main(String[] args) {
    LateLoops loops = new LateLoops();
    int lanes = VectorWidth.LANES;
    for (int i = 0; i < 50_000; i++) {
      loops.sigmoid(lanes - 1);
      loops.tanh(lanes - 1);
      loops.subnormals(lanes - 1);
      loops.forward(lanes - 1);
      loops.backward(lanes - 1);
      loops.gru(lanes - 1);
      loops.gruBackward(lanes - 1);
      loops.resetBefore(lanes - 1);
      loops.resetBeforeBackward(lanes - 1);
    }
    Allocation.assertNone("sigmoid", () -> loops.sigmoid(lanes));
    Allocation.assertNone("tanh", () -> loops.tanh(lanes));
    Allocation.assertNone("subnormals", () -> loops.subnormals(lanes));
    Allocation.assertNone("LSTM", () -> loops.forward(lanes));
    Allocation.assertNone("gradients of LSTM", () -> loops.backward(lanes));
    Allocation.assertNone("GRU", () -> loops.gru(lanes));
    Allocation.assertNone("gradients of GRU", () -> loops.gruBackward(lanes));
    Allocation.assertNone("GRU, reset before", () -> loops.resetBefore(lanes));
    Allocation.assertNone("gradients of that", () -> loops.resetBeforeBackward(lanes));
    System.out.println("nothing allocated");
  }

  private void sigmoid(int length) {
    f.sigmoid(x, 1, y, 0, length);
  }

  private void tanh(int length) {
    f.tanh(x, 0, y, 0, length);
  }

  private void subnormals(int length) {
    f.clearSubnormals(x, 0, length);
  }

  private void forward(int count) {
    units.forward(HIDDEN, 1, count, x, 0, a, 0, a, 500, y, 0);
  }

  private void backward(int count) {
    units.backward(HIDDEN, 1, count, x, 0, a, 0, a, 500, b, 0, b, 250, y, 0, b, 500);
  }

  private void gru(int count) {
    gru.forward(HIDDEN, 1, count, x, 0, a, 0, a, 500, y, 0);
  }

  private void gruBackward(int count) {
    gru.backward(HIDDEN, 1, count, x, 0, a, 0, a, 500, b, 0, y, 0, b, 500, a, 250);
  }

  private void resetBefore(int count) {
    gru.reset(HIDDEN, 1, count, x, 0, a, 0, b, 0);
    gru.update(HIDDEN, 1, count, x, 0, a, 0, y, 0);
  }

  private void resetBeforeBackward(int count) {
    gru.updateGradients(HIDDEN, 1, count, x, 0, a, 0, b, 0, y, 0, b, 500);
    gru.resetGradients(HIDDEN, 1, count, x, 0, a, 0, b, 250, y, 0, b, 500);
  }
}
