package org.recurrentops.cpu.f64.math;

/** The non-linearities in float64, by {@link Math}: within a few units in the last place. */
final class DoubleActivations implements Activations {
  @Override
  public void sigmoid(double[] x, int xOffset, double[] y, int yOffset, int length) {
    for (int i = 0; i < length; i++) {
      y[yOffset + i] = sigmoid(x[xOffset + i]);
    }
  }

  @Override
  public void tanh(double[] x, int xOffset, double[] y, int yOffset, int length) {
    for (int i = 0; i < length; i++) {
      y[yOffset + i] = Math.tanh(x[xOffset + i]);
    }
  }

  @Override
  public double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  @Override
  public double tanh(double x) {
    return Math.tanh(x);
  }

  @Override
  public void clearSubnormals(double[] x, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      if (Math.abs(x[i]) < Double.MIN_NORMAL) {
        x[i] = 0;
      }
    }
  }
}
