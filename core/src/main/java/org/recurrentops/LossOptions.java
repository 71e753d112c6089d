package org.recurrentops;

/** Choices common to all losses. Immutable; each setter returns a changed copy. */
public final class LossOptions {
  private static final LossOptions SUM = new LossOptions(null, false, 1);

  private final Tensor rowWeights;
  private final boolean mean;
  private final float gradientScale;

  private LossOptions(Tensor rowWeights, boolean mean, float gradientScale) {
    this.rowWeights = rowWeights;
    this.mean = mean;
    this.gradientScale = gradientScale;
  }

  /**
   * The loss is the sum over rows and features.
   *
   * @return unweighted, gradient scale 1
   */
  public static LossOptions sum() {
    return SUM;
  }

  /**
   * The loss is the mean over the rows that count (and over features for elementwise losses).
   *
   * @return unweighted, gradient scale 1
   */
  public static LossOptions mean() {
    return new LossOptions(null, true, 1);
  }

  /**
   * Weights rows; a weight of 0 leaves a padded row out, whatever it holds.
   *
   * @param weights F32 with the leading axes of the prediction, or null for all 1
   * @return a changed copy
   */
  public LossOptions rowWeights(Tensor weights) {
    return new LossOptions(weights, mean, gradientScale);
  }

  /**
   * Multiplies the gradient, not the loss: loss scaling for low precision.
   *
   * @param scale factor
   * @return a changed copy
   */
  public LossOptions gradientScale(float scale) {
    return new LossOptions(rowWeights, mean, scale);
  }

  /**
   * Row weights.
   *
   * @return the tensor or null
   */
  public Tensor rowWeights() {
    return rowWeights;
  }

  /**
   * Whether the mean is taken.
   *
   * @return false for the sum
   */
  public boolean isMean() {
    return mean;
  }

  /**
   * Factor of the gradient.
   *
   * @return the scale
   */
  public float gradientScale() {
    return gradientScale;
  }
}
