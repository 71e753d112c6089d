package org.recurrentops;

import java.util.function.Predicate;

/**
 * How the slices of a parameter buffer get their first values. Those of layer normalisation begin
 * with gain 1 and β = 0, unless everything is to be 0.
 */
@FunctionalInterface
public interface Initializer {
  /**
   * Fills one slice.
   *
   * @param spec the layer's spec
   * @param slice which slice
   * @param values destination
   * @param offset first element of the slice in {@code values}
   */
  void fill(RnnSpec spec, ParameterSlice slice, float[] values, int offset);

  /**
   * PyTorch's default: every weight and bias uniform in ±1/√H. The numbers are this library's own
   * (Philox, one stream per slice), the distribution is PyTorch's.
   *
   * @param seed any number; equal seeds give equal parameters on every machine
   * @return the initialiser
   */
  static Initializer pytorch(long seed) {
    return (spec, slice, values, offset) ->
        new RandomWeights(seed, slice)
            .uniformOrPlain(1 / Math.sqrt(spec.hiddenSize()), values, offset);
  }

  /**
   * Every weight and bias uniform in ±bound.
   *
   * @param seed any number
   * @param bound not negative
   * @return the initialiser
   * @throws IllegalArgumentException if the bound is negative or NaN
   */
  static Initializer uniform(long seed, double bound) {
    if (!(bound >= 0)) {
      throw new IllegalArgumentException("uniform: expected a bound ≥ 0, got " + bound);
    }
    return (spec, slice, values, offset) ->
        new RandomWeights(seed, slice).uniformOrPlain(bound, values, offset);
  }

  /**
   * Glorot and Bengio 2010, gate by gate: a matrix uniform in ±√(6 / (columns + rows of a gate)),
   * biases 0, weights that act on each unit by itself as {@link #pytorch}.
   *
   * @param seed any number
   * @return the initialiser
   */
  static Initializer xavier(long seed) {
    return (spec, slice, values, offset) -> {
      if (RandomWeights.isBias(slice)) {
        zero().fill(spec, slice, values, offset);
        return;
      }
      double bound = 1 / Math.sqrt(spec.hiddenSize());
      if (RandomWeights.isMatrix(slice)) {
        boolean gates = slice.kind() != ParameterSlice.Kind.WEIGHT_HR;
        long rows = gates ? spec.hiddenSize() : slice.shape().dim(0);
        bound = Math.sqrt(6.0 / (slice.shape().dim(1) + rows));
      }
      new RandomWeights(seed, slice).uniformOrPlain(bound, values, offset);
    };
  }

  /**
   * The block of every gate in weight_hh orthogonal (Saxe, McClelland and Ganguli 2014), the rest
   * as {@link #xavier}. Takes H³ operations per gate.
   *
   * @param seed any number
   * @return the initialiser
   */
  static Initializer orthogonal(long seed) {
    Initializer rest = xavier(seed);
    return (spec, slice, values, offset) -> {
      if (slice.kind() == ParameterSlice.Kind.WEIGHT_HH && RandomWeights.isMatrix(slice)) {
        new RandomWeights(seed, slice).orthogonal(spec.cell().gates(), values, offset);
      } else {
        rest.fill(spec, slice, values, offset);
      }
    };
  }

  /**
   * Keras's defaults: weight_ih uniform in ±√(6 / (C_l + G·H)), weight_hh orthogonal as one [G·H,
   * H] matrix, biases 0, and 1 for the forget gate of an LSTM. The numbers are this library's own.
   *
   * @param seed any number
   * @return the initialiser
   */
  static Initializer keras(long seed) {
    Initializer rest = xavier(seed);
    Initializer all =
        (spec, slice, values, offset) -> {
          RandomWeights random = new RandomWeights(seed, slice);
          if (slice.kind() == ParameterSlice.Kind.WEIGHT_IH) {
            double fans = slice.shape().dim(0) + (double) slice.shape().dim(1);
            random.uniform(Math.sqrt(6 / fans), values, offset);
          } else if (slice.kind() == ParameterSlice.Kind.WEIGHT_HH
              && RandomWeights.isMatrix(slice)) {
            random.orthogonal(1, values, offset);
          } else {
            rest.fill(spec, slice, values, offset);
          }
        };
    return all.withForgetBias(1);
  }

  /**
   * Everything 0.
   *
   * @return the initialiser
   */
  static Initializer zero() {
    return (spec, slice, values, offset) ->
        java.util.Arrays.fill(values, offset, offset + (int) slice.elements(), 0f);
  }

  /**
   * Sets the LSTM's forget-gate part of bias_ih after another initialiser, and that part of bias_hh
   * to 0, so that their sum is {@code value}. Other cells are left alone. Jozefowicz, Zaremba and
   * Sutskever 2015.
   *
   * @param value usually 1
   * @return the combined initialiser
   */
  default Initializer withForgetBias(float value) {
    return withGateBias(value, spec -> spec.cell() == CellType.LSTM);
  }

  /**
   * Sets the GRU's z part of bias_ih after another initialiser, and that part of bias_hh to 0: with
   * a positive value units begin by keeping their state. Other cells are left alone.
   *
   * @param value usually 1
   * @return the combined initialiser
   */
  default Initializer withUpdateBias(float value) {
    return withGateBias(value, spec -> spec.cell().gates() == 3);
  }

  /** Sets the bias of the second gate: f of an LSTM, z of a GRU. */
  private Initializer withGateBias(float value, Predicate<RnnSpec> applies) {
    Initializer first = this;
    return (spec, slice, values, offset) -> {
      first.fill(spec, slice, values, offset);
      if (applies.test(spec) && RandomWeights.isBias(slice)) {
        boolean input = slice.kind() == ParameterSlice.Kind.BIAS_IH;
        int from = offset + spec.hiddenSize();
        java.util.Arrays.fill(values, from, from + spec.hiddenSize(), input ? value : 0f);
      }
    };
  }
}
