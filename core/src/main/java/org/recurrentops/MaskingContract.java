package org.recurrentops;

/**
 * What happens at steps t ≥ length of a row. In every contract padded input is never read into a
 * result, the gradient of padded input is exactly zero, and a reverse direction starts at the row's
 * own last valid step.
 */
public enum MaskingContract {
  /**
   * y is filled with {@link RnnSpec#fillValue()} and the state freezes: hN and cN are those of the
   * last valid step, for length 0 they are h0 and c0. Padded dy is ignored. PyTorch (packed), ONNX.
   */
  FREEZE_FILL,

  /**
   * The state freezes and y repeats the output of the step processed before it; a direction that
   * has not processed a valid step yet (a reverse direction, or length 0) writes zero. dy at a
   * padded step counts towards the step it repeats. Keras.
   */
  CARRY,

  /**
   * h, c and y become 0 at every padded step: hN and cN of a shorter row are 0 in the forward
   * direction, and a reverse direction starts such a row from 0 instead of h0 and c0. Padded dy is
   * ignored. DL4J.
   */
  ZERO_STATE
}
