package org.recurrentops;

import java.util.List;

/**
 * A non-linearity φ of a cell, one of ONNX's. Coefficients that a function does not have are 0.
 *
 * @param function which
 * @param alpha α
 * @param beta β
 */
public record Activation(Function function, float alpha, float beta) {

  /** The functions of an argument x. */
  public enum Function {
    /** 1 / (1 + e^(−x)). */
    SIGMOID("sigmoid", 0),
    /** tanh(x). */
    TANH("tanh", 0),
    /** x &lt; 0 ? 0 : x; derivative 0 at 0. */
    RELU("relu", 0),
    /** α·x + β. */
    AFFINE("affine", 2),
    /** x ≥ 0 ? x : α·x; derivative 1 at 0. */
    LEAKY_RELU("leaky-relu", 1),
    /** x ≥ α ? x : 0; derivative 1 at α. */
    THRESHOLDED_RELU("thresholded-relu", 1),
    /** α·tanh(β·x). */
    SCALED_TANH("scaled-tanh", 2),
    /** min(max(α·x + β, 0), 1); derivative 0 at the bounds. */
    HARD_SIGMOID("hard-sigmoid", 2),
    /** x ≥ 0 ? x : α·(e^x − 1); derivative 1 at 0. */
    ELU("elu", 1),
    /** x / (1 + |x|). */
    SOFTSIGN("softsign", 0),
    /** ln(1 + e^x). */
    SOFTPLUS("softplus", 0);

    private final String label;
    private final int coefficients;

    Function(String label, int coefficients) {
      this.label = label;
      this.coefficients = coefficients;
    }

    /**
     * Name for people.
     *
     * @return such as {@code hard-sigmoid}
     */
    public String label() {
      return label;
    }

    /**
     * Which coefficients there are.
     *
     * @return 0 for none, 1 for α, 2 for α and β
     */
    public int coefficients() {
      return coefficients;
    }
  }

  /** The logistic function. */
  public static final Activation SIGMOID = of(Function.SIGMOID);

  /** The hyperbolic tangent. */
  public static final Activation TANH = of(Function.TANH);

  /** The rectifier. */
  public static final Activation RELU = of(Function.RELU);

  /**
   * Checks the coefficients.
   *
   * @throws IllegalArgumentException if one is not finite, or is given to a function without it
   */
  public Activation {
    if (!Float.isFinite(alpha) || !Float.isFinite(beta)) {
      throw new IllegalArgumentException(
          function.label() + ": expected finite coefficients, got " + alpha + " and " + beta);
    }
    if (function.coefficients() < 1 && alpha != 0 || function.coefficients() < 2 && beta != 0) {
      throw new IllegalArgumentException(
          function.label()
              + ": expected "
              + function.coefficients()
              + " coefficients, got alpha="
              + alpha
              + ", beta="
              + beta);
    }
  }

  /**
   * A function without coefficients.
   *
   * @param function which
   * @return the activation
   */
  public static Activation of(Function function) {
    return new Activation(function, 0, 0);
  }

  /**
   * A function with coefficients.
   *
   * @param function which
   * @param alpha α
   * @param beta β, 0 for functions without one
   * @return the activation
   * @throws IllegalArgumentException if one is not finite, or is given to a function without it
   */
  public static Activation of(Function function, double alpha, double beta) {
    return new Activation(function, (float) alpha, (float) beta);
  }

  /**
   * What a cell uses unless told otherwise: f; f, g; or f, g, h, see {@link RnnSpec#activation}.
   *
   * @param cell which
   * @return one to three functions
   */
  public static List<Activation> defaults(CellType cell) {
    switch (cell) {
      case VANILLA_TANH:
        return List.of(TANH);
      case VANILLA_RELU:
        return List.of(RELU);
      case LSTM:
        return List.of(SIGMOID, TANH, TANH);
      default:
        return List.of(SIGMOID, TANH);
    }
  }

  /**
   * Name with coefficients.
   *
   * @return such as {@code elu(1.0)}
   */
  public String label() {
    String name = function.label();
    switch (function.coefficients()) {
      case 0:
        return name;
      case 1:
        return name + "(" + alpha + ")";
      default:
        return name + "(" + alpha + "," + beta + ")";
    }
  }
}
