package org.recurrentops;

/** How the slices of a parameter buffer get their first values. */
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
    return (spec, slice, values, offset) -> {
      float bound = (float) (1 / Math.sqrt(spec.hiddenSize()));
      int stream = (slice.layer() * 2 + slice.direction()) * 16 + slice.kind().ordinal();
      for (int i = 0; i < slice.elements(); i++) {
        int word = Philox.word(seed, i >>> 2, stream, 0, 0x1417, i & 3);
        values[offset + i] = bound * (2 * Philox.uniform(word) - 1);
      }
    };
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
    Initializer first = this;
    return (spec, slice, values, offset) -> {
      first.fill(spec, slice, values, offset);
      boolean input = slice.kind() == ParameterSlice.Kind.BIAS_IH;
      if (spec.cell() == CellType.LSTM && (input || slice.kind() == ParameterSlice.Kind.BIAS_HH)) {
        int from = offset + spec.hiddenSize();
        java.util.Arrays.fill(values, from, from + spec.hiddenSize(), input ? value : 0f);
      }
    };
  }
}
