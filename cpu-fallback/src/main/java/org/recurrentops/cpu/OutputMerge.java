package org.recurrentops.cpu;

import org.recurrentops.MergeMode;
import org.recurrentops.RnnSpec;

/**
 * How one direction's output meets the other's, see {@link MergeMode}: the first direction writes
 * its output, the second combines what it finds with its own.
 *
 * @param mode the mode
 * @param direction index of the direction
 * @param width width of h
 */
record OutputMerge(MergeMode mode, int direction, int width) {
  static OutputMerge of(RnnSpec spec, int direction) {
    return new OutputMerge(spec.merge(), direction, spec.stateSize());
  }

  /** Of rows that belong to one direction alone. */
  static OutputMerge alone(int width) {
    return new OutputMerge(MergeMode.CONCAT, 0, width);
  }

  /** First feature of this direction in the output. */
  int column() {
    return mode == MergeMode.CONCAT ? direction * width : 0;
  }

  /** Whether there is another direction's output to combine with. */
  boolean combines() {
    return mode != MergeMode.CONCAT && direction > 0;
  }

  /** found = merge(found, own). */
  void combine(float[] found, float[] own, int count) {
    switch (mode) {
      case SUM:
        for (int k = 0; k < count; k++) {
          found[k] = found[k] + own[k];
        }
        break;
      case AVERAGE:
        for (int k = 0; k < count; k++) {
          found[k] = 0.5f * (found[k] + own[k]);
        }
        break;
      default:
        for (int k = 0; k < count; k++) {
          found[k] = found[k] * own[k];
        }
    }
  }

  /** Makes the gradient of the output that of this direction's part. */
  void backward(float[] gradient, float[] other, int count) {
    for (int k = 0; mode == MergeMode.AVERAGE && k < count; k++) {
      gradient[k] = 0.5f * gradient[k];
    }
    for (int k = 0; needsOther() && k < count; k++) {
      gradient[k] = gradient[k] * other[k];
    }
  }

  /** Whether backward reads the other direction's output. */
  boolean needsOther() {
    return mode == MergeMode.MULTIPLY;
  }
}
