package org.recurrentops.tck.cases;

import java.util.Arrays;

/** Brings a {@link Trial}'s time-major data into its plan's layout and back. */
final class AxisOrder {
  private final boolean batchMajor;
  private final int steps;
  private final int batch;

  AxisOrder(Trial trial) {
    batchMajor = trial.batchMajor;
    steps = trial.steps;
    batch = trial.batch;
  }

  int first() {
    return batchMajor ? batch : steps;
  }

  int second() {
    return batchMajor ? steps : batch;
  }

  float[] toLayout(float[] timeMajor, int width) {
    return batchMajor ? transposed(timeMajor, steps, batch, width) : timeMajor;
  }

  float[] toTimeMajor(float[] values, int width) {
    return batchMajor ? transposed(values, batch, steps, width) : values;
  }

  int[] toLayout(int[] timeMajor) {
    int[] out = timeMajor.clone();
    for (int i = 0; batchMajor && i < out.length; i++) {
      out[i % batch * steps + i / batch] = timeMajor[i];
    }
    return out;
  }

  byte[] toLayout(byte[] timeMajor) {
    byte[] out = timeMajor.clone();
    for (int i = 0; batchMajor && i < out.length; i++) {
      out[i % batch * steps + i / batch] = timeMajor[i];
    }
    return out;
  }

  /** The same for several sequences, one after the other. */
  float[] toLayout(int sequences, float[] timeMajor, int width) {
    return eachOf(sequences, timeMajor, one -> toLayout(one, width));
  }

  float[] toTimeMajor(int sequences, float[] values, int width) {
    return eachOf(sequences, values, one -> toTimeMajor(one, width));
  }

  private static float[] eachOf(
      int sequences, float[] values, java.util.function.UnaryOperator<float[]> reorder) {
    float[] out = new float[values.length];
    int size = values.length / sequences;
    for (int s = 0; s < sequences; s++) {
      float[] one = Arrays.copyOfRange(values, s * size, (s + 1) * size);
      System.arraycopy(reorder.apply(one), 0, out, s * size, size);
    }
    return out;
  }

  private static float[] transposed(float[] in, int rows, int columns, int width) {
    float[] out = new float[in.length];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        System.arraycopy(in, (r * columns + c) * width, out, (c * rows + r) * width, width);
      }
    }
    return out;
  }
}
