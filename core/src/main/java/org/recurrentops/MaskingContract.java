package org.recurrentops;

/**
 * What happens at padded steps of a row: t ≥ its length, or where the mask is 0. In every contract
 * padded input is never read into a result, the gradient of padded input is exactly zero, and a
 * direction's first step is the first valid one that it meets.
 */
public enum MaskingContract {
  /**
   * y is filled with {@link RnnSpec#fillValue()} and the state freezes: hN and cN are those of the
   * last valid step, without any they are h0 and c0. Padded dy is ignored. The valid steps of a row
   * are a sequence, so a mask with a gap between them is refused. PyTorch (packed), ONNX.
   */
  FREEZE_FILL,

  /**
   * The state freezes and y repeats the output of the valid step that the direction processed
   * before; while it has not processed any, y is zero. dy at a padded step counts towards the step
   * it repeats. Keras.
   */
  CARRY,

  /**
   * h, c and y become 0 at every padded step: the next valid step starts from 0 instead of what was
   * before it, h0 and c0 included, and hN and cN are 0 after padding. Padded dy is ignored. DL4J.
   */
  ZERO_STATE
}
