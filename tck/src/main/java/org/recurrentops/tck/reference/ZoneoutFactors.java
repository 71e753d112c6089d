package org.recurrentops.tck.reference;

import org.recurrentops.RnnSpec;

/**
 * How much of a unit's new value zoneout takes, the rest being the old one: in training 0 or 1,
 * from the definition key = seed; counter = (kind and layer, low word of stepOffset + t, row, j /
 * 4), kind 1 for h and 2 for c; word j mod 4, unsigned, at least ⌊p·2³²⌋ for 1; j counts the units
 * of both directions. In inference 1 − p.
 */
final class ZoneoutFactors {
  private static final int KIND_HIDDEN = 1;
  private static final int KIND_CELL = 2;

  private final RnnSpec spec;
  private final ReferenceCall call;
  private final int layer;
  private final int direction;
  private final int row;

  ZoneoutFactors(RnnSpec spec, ReferenceCall call, int layer, int direction, int row) {
    this.spec = spec;
    this.call = call;
    this.layer = layer;
    this.direction = direction;
    this.row = row;
  }

  double[] hidden(int t) {
    return factors(KIND_HIDDEN, spec.cellOptions().zoneoutHidden(), t, spec.stateSize());
  }

  double[] cell(int t) {
    return factors(KIND_CELL, spec.cellOptions().zoneoutCell(), t, spec.hiddenSize());
  }

  private double[] factors(int kind, float p, int t, int width) {
    int[] key = {(int) call.seed, (int) (call.seed >>> 32)};
    long threshold = (long) Math.floor(p * 4294967296.0);
    double[] factors = new double[width];
    if (p == 0) {
      java.util.Arrays.fill(factors, 1);
      return factors;
    }
    for (int u = 0; u < width; u++) {
      int j = direction * width + u;
      int[] counter = {(kind << 16) | layer, (int) (call.stepOffset + t), row, j / 4};
      long word = Integer.toUnsignedLong(ReferencePhilox.block(counter, key)[j % 4]);
      factors[u] = !call.dropout ? 1 - (double) p : word >= threshold ? 1 : 0;
    }
    return factors;
  }

  /** m∘fresh + (1 − m)∘old. */
  static double[] mix(double[] m, double[] fresh, double[] old) {
    double[] mixed = new double[m.length];
    for (int j = 0; j < m.length; j++) {
      // selected, because 0 times infinity is NaN
      mixed[j] = m[j] == 1 ? fresh[j] : m[j] == 0 ? old[j] : m[j] * fresh[j] + (1 - m[j]) * old[j];
    }
    return mixed;
  }

  /** target + (1 − m)∘d, the gradient of the old value. */
  static double[] addKept(double[] target, double[] m, double[] d) {
    double[] sum = target.clone();
    for (int j = 0; j < m.length; j++) {
      sum[j] += m[j] == 1 ? 0 : (1 - m[j]) * d[j];
    }
    return sum;
  }

  /** m∘d, the gradient of the fresh value. */
  static double[] ofFresh(double[] m, double[] d) {
    double[] part = new double[m.length];
    for (int j = 0; j < m.length; j++) {
      part[j] = m[j] == 0 ? 0 : m[j] * d[j];
    }
    return part;
  }
}
