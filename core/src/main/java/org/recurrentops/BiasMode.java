package org.recurrentops;

/** Which bias vectors a layer has. */
public enum BiasMode {
  /** No bias. */
  NONE(0),
  /** One, on the input side: {@code bias_ih}. The recurrent side counts as zero. */
  SINGLE(1),
  /** Two, as in PyTorch and cuDNN: {@code bias_ih} and {@code bias_hh}. */
  DOUBLE(2);

  private final int count;

  BiasMode(int count) {
    this.count = count;
  }

  /**
   * Number of bias vectors per layer and direction.
   *
   * @return 0, 1 or 2
   */
  public int count() {
    return count;
  }
}
