package org.recurrentops;

/**
 * Tensors of one backward call. Shapes are for {@link SequenceLayout#TIME_MAJOR}; T and N are those
 * of the forward call. Every output may be null and then costs nothing. A builder: set what is
 * needed, then hand it to a plan, which reads it at once.
 */
public final class BackwardArgs {
  Tensor params;
  Tensor x;
  Tensor dy;
  Tensor dhN;
  Tensor dcN;
  Tensor dcSequence;
  Tensor dx;
  Tensor dParams;
  Tensor dh0;
  Tensor dc0;
  Tensor dhSequence;
  GradientMode mode = GradientMode.OVERWRITE;

  private BackwardArgs() {}

  /**
   * The usual arguments.
   *
   * @param params flat parameters, unchanged since forward
   * @param x the input of the forward call, unchanged
   * @param dy [T,N,D·H] gradient of the loss with respect to y, not averaged over N; null for zero
   * @param dx [T,N,C] output, overwritten, padded steps exactly 0; null if not wanted or if x holds
   *     indices
   * @param dParams flat gradient in the plan's {@link ParameterLayout}, or null
   * @return the arguments
   */
  public static BackwardArgs of(Tensor params, Tensor x, Tensor dy, Tensor dx, Tensor dParams) {
    BackwardArgs a = new BackwardArgs();
    a.params = params;
    a.x = x;
    a.dy = dy;
    a.dx = dx;
    a.dParams = dParams;
    return a;
  }

  /**
   * Sets the gradient of the final state.
   *
   * @param dh [L·D,N,H] (P instead of H with a projection), or null for zero
   * @param dc [L·D,N,H], LSTM only, or null for zero
   * @return this
   */
  public BackwardArgs finalStateGradient(Tensor dh, Tensor dc) {
    dhN = dh;
    dcN = dc;
    return this;
  }

  /**
   * Asks for the gradient of the initial state.
   *
   * @param dh [L·D,N,H] (P instead of H with a projection) output, or null
   * @param dc [L·D,N,H] output, LSTM only, or null
   * @return this
   */
  public BackwardArgs initialStateGradient(Tensor dh, Tensor dc) {
    dh0 = dh;
    dc0 = dc;
    return this;
  }

  /**
   * Sets the gradient of what {@link ForwardArgs#cellSequence} asked for; it need not have been
   * asked for.
   *
   * @param dc [L·D,T,N,H] (batch-major [L·D,N,T,H]), LSTM only, ignored in padding; or null for
   *     zero
   * @return this
   */
  public BackwardArgs cellSequenceGradient(Tensor dc) {
    dcSequence = dc;
    return this;
  }

  /**
   * Asks for the total gradient of h after every step of every layer and direction: what comes from
   * the output, from later steps and from the final state together.
   *
   * @param dh [L·D,T,N,H] (P instead of H with a projection; batch-major [L·D,N,T,·]) output,
   *     exactly 0 in padding; or null
   * @return this
   */
  public BackwardArgs hiddenGradientSequence(Tensor dh) {
    dhSequence = dh;
    return this;
  }

  /**
   * Sets how dParams is written.
   *
   * @param gradientMode overwrite (default) or accumulate
   * @return this
   */
  public BackwardArgs mode(GradientMode gradientMode) {
    mode = gradientMode;
    return this;
  }
}
