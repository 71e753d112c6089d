package org.recurrentops.tck.reference;

import org.recurrentops.MaskingContract;
import org.recurrentops.MergeMode;
import org.recurrentops.RnnSpec;

/** The output of a layer from those of its directions, and the gradient's way back. */
final class DirectionMerge {
  private final RnnSpec spec;
  private final int width;

  DirectionMerge(RnnSpec spec) {
    this.spec = spec;
    width = spec.stateSize();
  }

  /** One step; a padded one has the fill value only once. */
  double[] merged(double[][] outputs, boolean valid) {
    double[] f = outputs[0];
    if (spec.merge() == MergeMode.CONCAT) {
      double[] wide = new double[outputs.length * width];
      for (int d = 0; d < outputs.length; d++) {
        System.arraycopy(outputs[d], 0, wide, d * width, width);
      }
      return wide;
    }
    if (!valid && spec.masking() == MaskingContract.FREEZE_FILL) {
      return f.clone();
    }
    double[] r = outputs[1];
    double[] one = new double[width];
    for (int j = 0; j < width; j++) {
      one[j] =
          switch (spec.merge()) {
            case SUM -> f[j] + r[j];
            case AVERAGE -> (f[j] + r[j]) / 2;
            default -> f[j] * r[j];
          };
    }
    return one;
  }

  /** The part of a step's gradient that goes to direction d. */
  double[] gradient(double[] dy, int d, double[][] outputs) {
    double[] part = new double[width];
    for (int j = 0; j < width; j++) {
      part[j] =
          switch (spec.merge()) {
            case CONCAT -> dy[d * width + j];
            case SUM -> dy[j];
            case AVERAGE -> dy[j] / 2;
            case MULTIPLY -> dy[j] * outputs[1 - d][j];
          };
    }
    return part;
  }
}
