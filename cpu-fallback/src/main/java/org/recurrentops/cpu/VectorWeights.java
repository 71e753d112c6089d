package org.recurrentops.cpu;

import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;

/**
 * Weights of one layer and direction that act on each unit by itself, in blocks of H: the peepholes
 * of i, f and o, or the recurrent weights of independent units; and those of layer normalisation.
 *
 * @param data where they are
 * @param offset first element of the former
 * @param hidden H
 * @param norm the latter, or null
 */
record VectorWeights(float[] data, int offset, int hidden, NormWeights norm) {
  static final int I = 0;
  static final int F = 1;
  static final int O = 2;

  /** The recurrent weights of independent units. */
  static final int OWN_PAST = 0;

  /** The parameter that a spec's vectors are but for layer normalisation, or null. */
  static Kind kind(RnnSpec spec) {
    if (spec.hasPeepholes()) {
      return Kind.PEEPHOLES;
    }
    return spec.cellOptions().independent() ? Kind.WEIGHT_HH : null;
  }

  /** Floats of a spec's vectors. */
  static int count(RnnSpec spec) {
    return ownCount(spec) + NormWeights.count(spec);
  }

  private static int ownCount(RnnSpec spec) {
    return spec.hasPeepholes()
        ? 3 * spec.hiddenSize()
        : spec.cellOptions().independent() ? spec.hiddenSize() : 0;
  }

  /** In memory of {@link #count} floats from {@code at} on, or null. */
  static VectorWeights of(RnnSpec spec, float[] data, int at) {
    NormWeights norm = NormWeights.of(spec, data, at + ownCount(spec));
    return count(spec) == 0 ? null : new VectorWeights(data, at, spec.hiddenSize(), norm);
  }

  /** Copies the parameters. */
  void load(RnnSpec spec, ParameterRows parameters) {
    if (kind(spec) != null) {
      parameters.get(kind(spec)).read(0, 0, ownCount(spec), data, offset);
    }
    if (norm != null) {
      norm.load(parameters);
    }
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
