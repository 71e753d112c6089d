package org.recurrentops;

/**
 * One named part of the flat parameter buffer.
 *
 * @param name PyTorch's name, such as {@code weight_ih_l0} or {@code bias_hh_l1_reverse}
 * @param kind which part it is
 * @param layer 0 ≤ layer &lt; L
 * @param direction index within the layer, 0 ≤ direction &lt; D
 * @param offset first element in the flat buffer
 * @param shape its extents, row-major
 */
public record ParameterSlice(
    String name, Kind kind, int layer, int direction, long offset, Shape shape) {

  /** The parts a layer and direction can have, in their order in the buffer. */
  public enum Kind {
    /** [G·H, C_l], gate blocks of H rows; not where the input is added as it is. */
    WEIGHT_IH("weight_ih"),
    /** [G·H, H], [G·H, P] with a projection, or [H] where units are independent. */
    WEIGHT_HH("weight_hh"),
    /** [G·H]. */
    BIAS_IH("bias_ih"),
    /** [G·H]. */
    BIAS_HH("bias_hh"),
    /** [P, H], the projection. */
    WEIGHT_HR("weight_hr"),
    /** [3·H], the peepholes of i, f and o. */
    PEEPHOLES("peepholes"),
    /** [G·H], the gains of W x; layer normalisation. */
    LN_GAMMA_IH("ln_gamma_ih"),
    /** [G·H], the gains of R h₋; layer normalisation. */
    LN_GAMMA_HH("ln_gamma_hh"),
    /** [H], the gains of c; layer normalisation of an LSTM. */
    LN_GAMMA_C("ln_gamma_c"),
    /** [H], what is added to c; layer normalisation of an LSTM. */
    LN_BETA_C("ln_beta_c");

    private final String prefix;

    Kind(String prefix) {
      this.prefix = prefix;
    }

    /**
     * Start of the slice's name.
     *
     * @return such as {@code weight_ih}
     */
    public String prefix() {
      return prefix;
    }
  }

  /**
   * Number of elements.
   *
   * @return product of the extents
   */
  public long elements() {
    return shape.elements();
  }
}
