package org.recurrentops;

/**
 * Tensors of one forward call. Shapes are for {@link SequenceLayout#TIME_MAJOR}; T and N are those
 * of x. A builder: set what is needed, then hand it to a plan, which reads it at once.
 */
public final class ForwardArgs {
  Tensor params;
  PackedWeights packed;
  Tensor x;
  Tensor y;
  Tensor h0;
  Tensor c0;
  Tensor hN;
  Tensor cN;
  Tensor cSequence;
  int[] lengths;
  Tensor deviceLengths;
  byte[] mask;
  Tensor deviceMask;
  long seed;
  long stepOffset;

  private ForwardArgs(Tensor params, PackedWeights packed, Tensor x, Tensor y) {
    this.params = params;
    this.packed = packed;
    this.x = x;
    this.y = y;
  }

  /**
   * With plain parameters.
   *
   * @param params flat parameters in the plan's {@link ParameterLayout}
   * @param x [T,N,C] F32, or [T,N] I32 indices in [0, C)
   * @param y [T,N,D·H] output, or null
   * @return the arguments; states default to zero, lengths to T
   */
  public static ForwardArgs of(Tensor params, Tensor x, Tensor y) {
    return new ForwardArgs(params, null, x, y);
  }

  /**
   * With packed weights.
   *
   * @param weights what the plan's {@link RecurrentPlan#pack} returned
   * @param x [T,N,C] F32, or [T,N] I32 indices in [0, C)
   * @param y [T,N,D·H] output, or null
   * @return the arguments; states default to zero, lengths to T
   */
  public static ForwardArgs of(PackedWeights weights, Tensor x, Tensor y) {
    return new ForwardArgs(null, weights, x, y);
  }

  /**
   * Sets the state before the first step.
   *
   * @param h [L·D,N,H] (P instead of H with a projection), or null for zero
   * @param c [L·D,N,H], LSTM only, or null for zero
   * @return this
   */
  public ForwardArgs initialState(Tensor h, Tensor c) {
    h0 = h;
    c0 = c;
    return this;
  }

  /**
   * Asks for the state after the last valid step. May be the very tensors of {@link #initialState}.
   *
   * @param h [L·D,N,H] (P instead of H with a projection) output, or null
   * @param c [L·D,N,H] output, LSTM only, or null
   * @return this
   */
  public ForwardArgs finalState(Tensor h, Tensor c) {
    hN = h;
    cN = c;
    return this;
  }

  /**
   * Asks for c after every step of every layer and direction.
   *
   * @param c [L·D,T,N,H] output (batch-major [L·D,N,T,H]), LSTM only, exactly 0 in padding under
   *     every {@link MaskingContract}; or null
   * @return this
   */
  public ForwardArgs cellSequence(Tensor c) {
    cSequence = c;
    return this;
  }

  /**
   * Sets how many steps of each row are valid; unsorted, zeros allowed.
   *
   * @param perRow N values in 0 … T, copied when the call is bound; null for all T
   * @return this
   */
  public ForwardArgs lengths(int... perRow) {
    lengths = perRow;
    deviceLengths = null;
    return this;
  }

  /**
   * Sets the lengths from device memory, which is read when the call runs, unchecked, and clamped
   * to 0 … T.
   *
   * @param perRow [N] I32
   * @return this
   */
  public ForwardArgs lengths(Tensor perRow) {
    deviceLengths = perRow;
    lengths = null;
    return this;
  }

  /**
   * Sets which steps of each row are valid, where lengths cannot say so: rows padded on the left,
   * or in between. {@link MaskingContract} says what padding does and which contract takes gaps.
   * Not together with lengths.
   *
   * @param valid T·N values in the order of x ([T,N], batch-major [N,T]), 0 is padding; copied when
   *     the call is bound; null for none
   * @return this
   */
  public ForwardArgs mask(byte... valid) {
    mask = valid;
    deviceMask = null;
    return this;
  }

  /**
   * Sets the mask from device memory, which is read when the call runs, unchecked: a gap under
   * {@link MaskingContract#FREEZE_FILL} freezes the state like any other padding.
   *
   * @param valid [T,N] U8 (batch-major [N,T]), 0 is padding
   * @return this
   */
  public ForwardArgs mask(Tensor valid) {
    deviceMask = valid;
    mask = null;
    return this;
  }

  /**
   * Sets the random key of dropout; the reserve remembers it for backward.
   *
   * @param key any number; equal keys give equal masks on every backend
   * @return this
   */
  public ForwardArgs seed(long key) {
    seed = key;
    return this;
  }

  /**
   * Sets the step number of t = 0 in the random counter, for a sequence fed in pieces.
   *
   * @param steps steps already fed
   * @return this
   */
  public ForwardArgs stepOffset(long steps) {
    stepOffset = steps;
    return this;
  }
}
