package org.recurrentops.examples.lesson;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.recurrentops.BackwardArgs;
import org.recurrentops.CellType;
import org.recurrentops.DType;
import org.recurrentops.ForwardArgs;
import org.recurrentops.GradientMode;
import org.recurrentops.Initializer;
import org.recurrentops.ParameterLayout;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;

/**
 * ‖∂L/∂h_t‖ for every t, where ∂L/∂h_T is a random unit vector. A plan over the whole sequence
 * gives only ∂L/∂h_0, so the sequence is run as windows of one step, each with a reserve of its
 * own; the gradient of one window's first state is that of the last state of the one before.
 *
 * @param perStep norms, t = 0 … T
 * @param ofParameters norm of the gradient of all recurrent parameters
 * @param clipped the same after clipping to 1
 */
public record GradientNorms(double[] perStep, double ofParameters, double clipped) {

  /**
   * Runs forward and backward once, at the first values of the weights.
   *
   * @param ops the device
   * @param rnn one layer, forward
   * @param steps T
   * @param scale factor of the first weights
   * @param seed of weights and inputs
   * @return the norms
   */
  public static GradientNorms measure(
      RecurrentOps ops, RnnSpec rnn, int steps, float scale, long seed) {
    boolean hasCell = rnn.cell() == CellType.LSTM;
    int units = rnn.hiddenSize();
    RecurrentPlan plan = ops.plan(rnn, PlanOptions.training(1, 1));
    float[] weights =
        plan.parameterLayout().initialValues(Initializer.pytorch(seed).withForgetBias(1));
    for (int i = 0; i < weights.length; i++) {
      weights[i] *= scale;
    }
    Tensor params = ops.allocate(weights.length);
    Tensor gradient = ops.allocate(weights.length);
    params.upload(weights);
    if (rnn.cell() != CellType.VANILLA_TANH) {
      ops.math().fill(keepingGate(rnn, params), (float) Math.log(steps));
    }
    ops.math().fill(gradient, 0);
    Random random = new Random(seed);
    Tensor x = ops.allocate(DType.I32, steps, 1);
    x.upload(random.ints(steps, 0, rnn.inputSize()).toArray());
    Tensor h = zero(ops, units);
    Tensor c = hasCell ? zero(ops, units) : null;
    List<Reserve> reserves = new ArrayList<>();
    for (int t = 0; t < steps; t++) {
      reserves.add(plan.newReserve());
      ForwardArgs args = ForwardArgs.of(params, x.slice(0, t, t + 1), null);
      plan.forward(args.initialState(h, c).finalState(h, c), reserves.get(t));
    }
    Tensor[] dh = {zero(ops, units), zero(ops, units)};
    Tensor[] dc = hasCell ? new Tensor[] {zero(ops, units), zero(ops, units)} : new Tensor[2];
    float[] direction = new float[units];
    for (int j = 0; j < units; j++) {
      direction[j] = (float) random.nextGaussian();
    }
    float length = (float) norm(direction);
    for (int j = 0; j < units; j++) {
      direction[j] /= length;
    }
    double[] norms = new double[steps + 1];
    norms[steps] = 1;
    dh[steps % 2].upload(direction);
    for (int t = steps - 1; t >= 0; t--) { // ∂L/∂h_{t+1} in, ∂L/∂h_t out
      BackwardArgs args = BackwardArgs.of(params, x.slice(0, t, t + 1), null, null, gradient);
      args.finalStateGradient(dh[(t + 1) % 2], dc[(t + 1) % 2]);
      args.initialStateGradient(dh[t % 2], dc[t % 2]).mode(GradientMode.ACCUMULATE);
      plan.backward(args, reserves.get(t));
      norms[t] = Math.max(norm(dh[t % 2].toFloats()), 1e-30);
    }
    double before = norm(gradient.toFloats());
    ops.math().clipByGlobalNorm(List.of(gradient), 1, null, null);
    return new GradientNorms(norms, before, norm(gradient.toFloats()));
  }

  /**
   * The bias of the gate that keeps the old state: f of an LSTM, z of a GRU, both second.
   *
   * @param rnn one layer with gates
   * @param params its flat parameters
   * @return [H] view
   */
  public static Tensor keepingGate(RnnSpec rnn, Tensor params) {
    long from = ParameterLayout.of(rnn).slice("bias_ih_l0").offset() + rnn.hiddenSize();
    return params.slice(0, from, from + rnn.hiddenSize());
  }

  private static Tensor zero(RecurrentOps ops, int units) {
    Tensor t = ops.allocate(1, 1, units);
    ops.math().fill(t, 0);
    return t;
  }

  private static double norm(float[] v) {
    double sum = 0;
    for (float f : v) {
      sum += (double) f * f;
    }
    return Math.sqrt(sum);
  }
}
