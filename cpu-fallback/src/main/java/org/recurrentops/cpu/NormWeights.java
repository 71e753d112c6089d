package org.recurrentops.cpu;

import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;

/**
 * The parameters of layer normalisation of one layer and direction, and the biases, which are added
 * after it.
 *
 * @param data where they are
 * @param inputGain first element of γ_ih [G·H]; γ_hh [G·H], the biases [G·H], γ_c [H] and β_c [H]
 *     follow
 * @param gateRows G·H
 * @param hidden H
 */
record NormWeights(float[] data, int inputGain, int gateRows, int hidden) {
  /** Floats of a spec's normalisation, 0 without it. */
  static int count(RnnSpec spec) {
    int gateRows = spec.cell().gates() * spec.hiddenSize();
    int cell = spec.cell().hasCellState() ? 2 * spec.hiddenSize() : 0;
    return spec.isLayerNormalised() ? 3 * gateRows + cell : 0;
  }

  /** In memory of {@link #count} floats from {@code at} on, or null. */
  static NormWeights of(RnnSpec spec, float[] data, int at) {
    int gateRows = spec.cell().gates() * spec.hiddenSize();
    return count(spec) == 0 ? null : new NormWeights(data, at, gateRows, spec.hiddenSize());
  }

  int recurrentGain() {
    return inputGain + gateRows;
  }

  int bias() {
    return inputGain + 2 * gateRows;
  }

  int cellGain() {
    return inputGain + 3 * gateRows;
  }

  int cellShift() {
    return cellGain() + hidden;
  }

  /** Copies the parameters, but for the biases. */
  void load(ParameterRows parameters) {
    parameters.get(Kind.LN_GAMMA_IH).read(0, 0, gateRows, data, inputGain);
    parameters.get(Kind.LN_GAMMA_HH).read(0, 0, gateRows, data, recurrentGain());
    if (parameters.get(Kind.LN_GAMMA_C) != null) {
      parameters.get(Kind.LN_GAMMA_C).read(0, 0, hidden, data, cellGain());
      parameters.get(Kind.LN_BETA_C).read(0, 0, hidden, data, cellShift());
    }
  }
}
