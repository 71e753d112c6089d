package org.recurrentops.cpu.math;

/**
 * The gates' non-linearities, over ranges of {@code float[]} and for one value, with bit-identical
 * results in both forms of one implementation.
 *
 * <p>For every float32 input: the relative error is at most a few units in the last place (asserted
 * by a sweep in the tests); NaN gives NaN; {@code sigmoid(−∞) = 0}, {@code sigmoid(+∞) = 1}, {@code
 * tanh(±∞) = ±1}, {@code tanh(±0) = ±0} exactly. A sigmoid below the smallest normal float32
 * (2⁻¹²⁶, that is x below about −87.3) is 0: subnormal gates slow every product that follows.
 *
 * <p>Source and destination may be the same range; otherwise they must not overlap.
 */
public interface Activations {

  /**
   * {@code y[i] = 1 / (1 + e^(−x[i]))} for {@code length} elements.
   *
   * @param x arguments
   * @param xOffset first argument
   * @param y results
   * @param yOffset first result
   * @param length number of elements
   */
  void sigmoid(float[] x, int xOffset, float[] y, int yOffset, int length);

  /**
   * {@code y[i] = tanh(x[i])} for {@code length} elements.
   *
   * @param x arguments
   * @param xOffset first argument
   * @param y results
   * @param yOffset first result
   * @param length number of elements
   */
  void tanh(float[] x, int xOffset, float[] y, int yOffset, int length);

  /**
   * The logistic function of one value, equal to the bulk form's bit for bit.
   *
   * @param x argument
   * @return 1 / (1 + e^(−x))
   */
  float sigmoid(float x);

  /**
   * The hyperbolic tangent of one value, equal to the bulk form's bit for bit.
   *
   * @param x argument
   * @return tanh(x)
   */
  float tanh(float x);

  /**
   * Sets the elements below the smallest normal float32 to 0 (of either sign), in place; NaN stays.
   * Java cannot ask the processor for that, and some compute many times slower with subnormals.
   *
   * @param x elements
   * @param offset first element
   * @param length number of elements
   */
  void clearSubnormals(float[] x, int offset, int length);
}
