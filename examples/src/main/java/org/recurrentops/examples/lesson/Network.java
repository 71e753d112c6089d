package org.recurrentops.examples.lesson;

import java.util.List;
import org.recurrentops.AdamOptions;
import org.recurrentops.BackwardArgs;
import org.recurrentops.DType;
import org.recurrentops.ForwardArgs;
import org.recurrentops.GradientMode;
import org.recurrentops.Initializer;
import org.recurrentops.Optimizer;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.SequenceHead;
import org.recurrentops.Tensor;

/**
 * Recurrent layers, a linear head and Adam, for sequences of exactly T steps in N rows. Layers and
 * head share one flat parameter buffer. Everything is freed when the ops closes.
 */
public final class Network {
  private static final float LARGEST_NORM = 1;

  private final RecurrentOps ops;
  private final RecurrentPlan plan;
  private final Reserve reserve;
  private final SequenceHead head;
  private final Optimizer adam;
  private final Tensor params;
  private final Tensor gradient;
  private final Tensor y;
  private final Tensor dy;
  private final Tensor hN;
  private final Tensor dhN;
  private final Tensor every;
  private final Tensor last;
  private final Tensor loss;
  private final Tensor nonFinite;

  /**
   * Plans, allocates and initialises (uniform in ±1/√H; forget gates start open).
   *
   * @param ops the device
   * @param spec the layers
   * @param outputs O, the width of the head
   * @param steps T
   * @param rows N
   * @param rate Adam's learning rate
   * @param seed of the parameters
   */
  public Network(
      RecurrentOps ops, RnnSpec spec, int outputs, int steps, int rows, double rate, long seed) {
    this.ops = ops;
    plan = ops.plan(spec, PlanOptions.training(steps, rows));
    reserve = plan.newReserve();
    head = SequenceHead.of(ops, spec, outputs);
    params = ops.allocate(plan.parameterLayout().elements() + head.parameters());
    gradient = ops.allocate(params.shape());
    adam = Optimizer.adam(ops, params.dim(0), AdamOptions.of(rate));
    y = ops.allocate(steps, rows, spec.outputSize());
    dy = ops.allocate(y.shape());
    hN = ops.allocate(spec.stateCount(), rows, spec.stateSize());
    dhN = ops.allocate(hN.shape());
    every = ops.allocate(steps, rows, outputs);
    last = ops.allocate(rows, outputs);
    loss = ops.allocate(1);
    nonFinite = ops.allocate(DType.I32, 1);
    Initializer first = Initializer.pytorch(seed).withForgetBias(1);
    layers(params).upload(plan.parameterLayout().initialValues(first));
    headOf(params).upload(head.initialValues(seed));
    ops.math().fill(gradient, 0);
  }

  private Tensor layers(Tensor flat) {
    return flat.slice(0, 0, plan.parameterLayout().elements());
  }

  private Tensor headOf(Tensor flat) {
    return flat.slice(0, plan.parameterLayout().elements(), flat.dim(0));
  }

  /**
   * Many-to-many: the head's scores of every step.
   *
   * @param x [T,N,C], or [T,N] indices
   * @param lengths valid steps per row, or null for T
   * @param h0 [L·D,N,H] first state, or null for zero
   * @return [T,N,O], overwritten by the next call
   */
  public Tensor everyStep(Tensor x, int[] lengths, Tensor h0) {
    forward(x, lengths, h0);
    head.forward(headOf(params), y, every);
    return every;
  }

  /**
   * Many-to-one: the head's scores of each row's last valid state.
   *
   * @param x [T,N,C], or [T,N] indices
   * @param lengths valid steps per row, or null for T
   * @return [N,O], overwritten by the next call
   */
  public Tensor lastStep(Tensor x, int[] lengths) {
    return lastStep(x, lengths, null);
  }

  /**
   * The same, from a state carried over; its gradient ends here.
   *
   * @param x [T,N,C], or [T,N] indices
   * @param lengths valid steps per row, or null for T
   * @param h0 [L·D,N,H] first state, or null for zero
   * @return [N,O], overwritten by the next call
   */
  public Tensor lastStep(Tensor x, int[] lengths, Tensor h0) {
    forward(x, lengths, h0);
    head.forwardLast(headOf(params), hN, last);
    return last;
  }

  /**
   * An encoder: each row's last valid state, without the head.
   *
   * @param x [T,N,C], or [T,N] indices
   * @param lengths valid steps per row, or null for T
   * @param h0 [L·D,N,H] first state, or null for zero
   * @return [L·D,N,H], overwritten by the next call
   */
  public Tensor encode(Tensor x, int[] lengths, Tensor h0) {
    forward(x, lengths, h0);
    return hN;
  }

  private void forward(Tensor x, int[] lengths, Tensor h0) {
    ForwardArgs args = ForwardArgs.of(layers(params), x, y).finalState(hN, null);
    plan.forward(args.initialState(h0, null).lengths(lengths), reserve);
  }

  /**
   * Back-propagates after {@link #everyStep}.
   *
   * @param x as there
   * @param dScores [T,N,O] gradient of the loss
   * @param dh0 [L·D,N,H] output, gradient of the first state, or null
   */
  public void backEveryStep(Tensor x, Tensor dScores, Tensor dh0) {
    head.backward(headOf(params), y, dScores, dy, headOf(gradient), GradientMode.OVERWRITE);
    BackwardArgs args = BackwardArgs.of(layers(params), x, dy, null, layers(gradient));
    plan.backward(args.initialStateGradient(dh0, null), reserve);
  }

  /**
   * Back-propagates after {@link #lastStep}.
   *
   * @param x as there
   * @param dScores [N,O] gradient of the loss
   */
  public void backLastStep(Tensor x, Tensor dScores) {
    Tensor dHead = headOf(gradient);
    head.backwardLast(headOf(params), hN, dScores, dhN, dHead, GradientMode.OVERWRITE);
    backEncode(x, dhN);
  }

  /**
   * Back-propagates after {@link #encode}.
   *
   * @param x as there
   * @param dFinal [L·D,N,H] gradient of the last state
   */
  public void backEncode(Tensor x, Tensor dFinal) {
    BackwardArgs args = BackwardArgs.of(layers(params), x, null, null, layers(gradient));
    plan.backward(args.finalStateGradient(dFinal, null), reserve);
  }

  /**
   * Clips the gradient to norm 1 and takes a step of Adam, unless it is not finite.
   *
   * @param rate factor of the learning rate
   */
  public void update(double rate) {
    ops.math().clipByGlobalNorm(List.of(gradient), LARGEST_NORM, null, nonFinite);
    adam.step(params, gradient, rate, nonFinite);
  }

  /**
   * Where a loss goes.
   *
   * @return [1]
   */
  public Tensor loss() {
    return loss;
  }

  /**
   * Fetches the loss, at every tenth step only, because the host waits for it.
   *
   * @param step index of the step
   * @return the loss, or NaN for a step in between
   */
  public double lossAt(int step) {
    return step % 10 == 0 ? loss.toFloats()[0] : Double.NaN;
  }

  /**
   * The layers' parameters.
   *
   * @return a view of the flat buffer
   */
  public Tensor layerParams() {
    return layers(params);
  }

  /**
   * The head on states that a session computed.
   *
   * @param h [N,F]
   * @param scores [N,O] output
   */
  public void score(Tensor h, Tensor scores) {
    Tensor p = headOf(params);
    ops.math().linear(h, head.weight(p), head.bias(p), scores, GradientMode.OVERWRITE);
  }

  /**
   * Number of parameters.
   *
   * @return layers and head
   */
  public long parameters() {
    return params.dim(0);
  }
}
