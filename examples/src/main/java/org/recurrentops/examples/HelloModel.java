package org.recurrentops.examples;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.AdamOptions;
import org.recurrentops.BackwardArgs;
import org.recurrentops.CellType;
import org.recurrentops.DType;
import org.recurrentops.ForwardArgs;
import org.recurrentops.GradientMode;
import org.recurrentops.Initializer;
import org.recurrentops.LossOptions;
import org.recurrentops.Optimizer;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.SequenceHead;
import org.recurrentops.Tensor;

/**
 * The smallest character model: one row, four steps, one-hot letters, zero initial state, softmax
 * cross-entropy summed over the steps. Written plainly, one call after the other.
 */
final class HelloModel implements AutoCloseable {
  static final String LETTERS = "helo";
  static final String INPUTS = "hell";
  static final String TARGETS = "ello";

  private static final int T = INPUTS.length();
  private static final int V = LETTERS.length();
  private static final float LEARNING_RATE = 0.05f;

  /**
   * What the model says.
   *
   * @param loss nats, summed over the steps
   * @param probabilities per step, of the letters in {@link #LETTERS}
   * @param text the likeliest letters
   */
  record Prediction(float loss, List<float[]> probabilities, String text) {}

  private final RecurrentOps ops;
  private final RecurrentPlan plan;
  private final Reserve reserve;
  private final SequenceHead head;
  private final Tensor params;
  private final Tensor dParams;
  private final Tensor headParams;
  private final Tensor dHead;
  private final Tensor x;
  private final Tensor targets;
  private final Tensor y;
  private final Tensor dy;
  private final Tensor logits;
  private final Tensor loss;
  private final Optimizer optimizer;
  private final Optimizer headOptimizer;

  HelloModel(RecurrentOps ops, CellType cell, int hidden, long seed) {
    this.ops = ops;
    RnnSpec spec = RnnSpec.of(cell, V, hidden).build();
    plan = ops.plan(spec, PlanOptions.training(T, 1));
    reserve = plan.newReserve();
    head = SequenceHead.of(ops, spec, V);
    params = ops.allocate(plan.parameterLayout().shape());
    dParams = ops.allocate(params.shape());
    headParams = ops.allocate(head.parameters());
    dHead = ops.allocate(head.parameters());
    x = ops.allocate(T, 1, V);
    targets = ops.allocate(DType.I32, T, 1);
    y = ops.allocate(T, 1, hidden);
    dy = ops.allocate(T, 1, hidden);
    logits = ops.allocate(T, 1, V);
    loss = ops.allocate(1);
    optimizer = Optimizer.adam(ops, params.dim(0), AdamOptions.of(LEARNING_RATE));
    headOptimizer = Optimizer.adam(ops, headParams.dim(0), AdamOptions.of(LEARNING_RATE));
    plan.parameterLayout().initialise(params, Initializer.pytorch(seed));
    headParams.upload(head.initialValues(seed));
    x.upload(oneHot());
    targets.upload(TARGETS.chars().map(LETTERS::indexOf).toArray());
  }

  /** [T,1,V]: a one in the place of each input letter. */
  private static float[] oneHot() {
    float[] rows = new float[T * V];
    for (int t = 0; t < T; t++) {
      rows[t * V + LETTERS.indexOf(INPUTS.charAt(t))] = 1;
    }
    return rows;
  }

  String label() {
    return plan.label();
  }

  /** Forward, loss, backward, one step of Adam. */
  void trainStep() {
    plan.forward(ForwardArgs.of(params, x, y), reserve);
    head.forward(headParams, y, logits);
    ops.math().softmaxCrossEntropy(logits, targets, LossOptions.sum(), loss, logits);
    head.backward(headParams, y, logits, dy, dHead, GradientMode.OVERWRITE);
    plan.backward(BackwardArgs.of(params, x, dy, null, dParams), reserve);
    optimizer.step(params, dParams);
    headOptimizer.step(headParams, dHead);
  }

  Prediction predict() {
    plan.forward(ForwardArgs.of(params, x, y), reserve);
    head.forward(headParams, y, logits);
    ops.math().softmaxCrossEntropy(logits, targets, LossOptions.sum(), loss, null);
    ops.math().softmax(logits, logits);
    float[] p = logits.toFloats();
    List<float[]> rows = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    for (int t = 0; t < T; t++) {
      float[] row = java.util.Arrays.copyOfRange(p, t * V, (t + 1) * V);
      rows.add(row);
      int best = 0;
      for (int i = 1; i < V; i++) {
        best = row[i] > row[best] ? i : best;
      }
      text.append(LETTERS.charAt(best));
    }
    return new Prediction(loss.toFloats()[0], rows, text.toString());
  }

  @Override
  public void close() {
    for (AutoCloseable c : new AutoCloseable[] {optimizer, headOptimizer, reserve, plan}) {
      closeOne(c);
    }
    for (Tensor t : List.of(params, dParams, headParams, dHead, x, targets, y, dy, logits, loss)) {
      t.close();
    }
  }

  private static void closeOne(AutoCloseable c) {
    try {
      c.close();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
