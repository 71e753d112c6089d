package org.recurrentops.cpu;

import org.recurrentops.Tensor;
import org.recurrentops.spi.RunState;

/** Valid steps of each row in one run. */
final class RowLengths {
  private final int steps;
  private final int[] values;
  private boolean ragged;

  RowLengths(int steps, int batch) {
    this.steps = steps;
    this.values = new int[batch];
  }

  /** Takes the host's lengths, or all rows full. */
  void of(RunState state) {
    int[] given = state.lengths();
    ragged = false;
    for (int n = 0; n < values.length; n++) {
      values[n] = given == null ? steps : given[n];
      ragged |= values[n] < steps;
    }
  }

  /** Takes lengths in device memory, clamped to 0 … T. */
  void of(IntMemory memory, Tensor tensor) {
    long stride = tensor.stride(0);
    ragged = false;
    for (int n = 0; n < values.length; n++) {
      values[n] = Math.max(0, Math.min(steps, memory.get(tensor.offset() + n * stride)));
      ragged |= values[n] < steps;
    }
  }

  /** Keeps the lengths for backward, bit by bit in floats. */
  void keep(float[] data, int at) {
    for (int n = 0; n < values.length; n++) {
      data[at + n] = Float.intBitsToFloat(values[n]);
    }
  }

  /** Takes what {@link #keep} kept. */
  void recall(float[] data, int at) {
    ragged = false;
    for (int n = 0; n < values.length; n++) {
      values[n] = Float.floatToRawIntBits(data[at + n]);
      ragged |= values[n] < steps;
    }
  }

  /** Whether a row has padding. */
  boolean ragged() {
    return ragged;
  }

  /** Valid steps of a row. */
  int of(int row) {
    return values[row];
  }

  /** Whether a row has padding. */
  boolean isShort(int row) {
    return values[row] < steps;
  }

  /** Whether step t of a row is valid. */
  boolean isValid(int t, int row) {
    return t < values[row];
  }
}
