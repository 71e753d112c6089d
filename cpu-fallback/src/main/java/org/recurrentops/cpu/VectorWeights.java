package org.recurrentops.cpu;

import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;

/**
 * Weights of one layer and direction that act on each unit by itself, in blocks of H: the peepholes
 * of i, f and o, or the recurrent weights of independent units.
 *
 * @param data where they are
 * @param offset first element
 * @param hidden H
 */
record VectorWeights(float[] data, int offset, int hidden) {
  static final int I = 0;
  static final int F = 1;
  static final int O = 2;

  /** The recurrent weights of independent units. */
  static final int OWN_PAST = 0;

  /** The parameter that a spec's vectors are, or null if it has none. */
  static Kind kind(RnnSpec spec) {
    if (spec.hasPeepholes()) {
      return Kind.PEEPHOLES;
    }
    return spec.cellOptions().independent() ? Kind.WEIGHT_HH : null;
  }

  /** Floats of a spec's vectors. */
  static int count(RnnSpec spec) {
    return spec.hasPeepholes()
        ? 3 * spec.hiddenSize()
        : spec.cellOptions().independent() ? spec.hiddenSize() : 0;
  }

  /** In memory of {@link #count} floats from {@code at} on, or null. */
  static VectorWeights of(RnnSpec spec, float[] data, int at) {
    return kind(spec) == null ? null : new VectorWeights(data, at, spec.hiddenSize());
  }

  /** Copies the parameters. */
  void load(RnnSpec spec, ParameterRows parameters) {
    parameters.get(kind(spec)).read(0, 0, count(spec), data, offset);
  }

  /** a += p∘c for units {@code u … u + count}; p is a lane to use. */
  void add(int block, int u, float[] c, float[] p, float[] a, int count) {
    System.arraycopy(data, offset + block * hidden + u, p, 0, count);
    for (int k = 0; k < count; k++) {
      a[k] = a[k] + p[k] * c[k];
    }
  }

  /** to = p∘d. */
  void scale(int block, int u, float[] d, float[] to, int count) {
    System.arraycopy(data, offset + block * hidden + u, to, 0, count);
    for (int k = 0; k < count; k++) {
      to[k] = to[k] * d[k];
    }
  }
}
