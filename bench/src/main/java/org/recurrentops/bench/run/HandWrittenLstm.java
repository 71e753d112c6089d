package org.recurrentops.bench.run;

import java.util.Arrays;
import org.recurrentops.DeviceMath;
import org.recurrentops.GradientMode;
import org.recurrentops.ParameterLayout;
import org.recurrentops.RecurrentOps;
import org.recurrentops.Tensor;
import org.recurrentops.bench.layers.LayerShape;

/**
 * An LSTM as one writes it by hand over a matrix product, on the host's memory; what an {@link Rung
 * ablation} starts from. PyTorch's equations: c = σ(f)·c₋ + σ(i)·tanh(g), h = σ(o)·tanh(c).
 */
final class HandWrittenLstm {
  private static final int GATES = 4;

  private final LayerShape layer;
  private final Rung rung;
  private final RecurrentOps ops;
  private final DeviceMath math;
  private final int states;
  private final float[] bias;
  private final float[] gates;
  private final float[] cell;
  private final float[] tanhCell;
  private final float[] hidden;
  private final float[] y;
  private final Tensor x;
  private final Tensor weightIh;
  private final Tensor weightHh;
  private final Tensor a;
  private final Tensor h;

  /**
   * Takes what it works on; nothing is allocated later.
   *
   * @param x [T,N,C] on the host
   * @param params in the canonical layout
   * @param y [T,N,H], written by {@link #run}
   */
  HandWrittenLstm(
      RecurrentOps ops, LayerShape layer, Rung rung, Tensor x, Tensor params, float[] y) {
    this.ops = ops;
    this.math = ops.math();
    this.layer = layer;
    this.rung = rung;
    this.x = x;
    this.y = y;
    states = layer.batch() * layer.hiddenSize();
    ParameterLayout layout = ParameterLayout.of(layer.spec());
    weightIh = layout.view(params, "weight_ih_l0");
    weightHh = layout.view(params, "weight_hh_l0");
    bias = layout.view(params, "bias_ih_l0").toFloats();
    float[] second = layout.view(params, "bias_hh_l0").toFloats();
    for (int j = 0; j < bias.length; j++) {
      bias[j] += second[j];
    }
    gates = new float[(rung == Rung.BATCHED_INPUT ? layer.steps() : 1) * GATES * states];
    cell = new float[states];
    tanhCell = new float[states];
    hidden = new float[states];
    a = ops.wrap(gates, gates.length);
    h = ops.wrap(hidden, layer.batch(), layer.hiddenSize());
  }

  /** All steps from a state of zeros. */
  void run() {
    Arrays.fill(cell, 0);
    Arrays.fill(hidden, 0);
    if (rung == Rung.BATCHED_INPUT) {
      Tensor all = a.reshape(layer.steps(), layer.batch(), (long) GATES * layer.hiddenSize());
      math.linear(x, weightIh, null, all, GradientMode.OVERWRITE);
    }
    for (int t = 0; t < layer.steps(); t++) {
      products(t);
      ops.synchronize();
      int from = rung == Rung.BATCHED_INPUT ? t * GATES * states : 0;
      if (rung == Rung.SEPARATE_GATES || rung == Rung.COMBINED_GATES) {
        loopPerFunction(from);
      } else {
        oneLoop(from);
      }
      System.arraycopy(hidden, 0, y, t * states, states);
    }
  }

  private void products(int t) {
    switch (rung) {
      case SEPARATE_GATES -> {
        for (int g = 0; g < GATES; g++) {
          Tensor gate = a.slice(0, (long) g * states, (long) (g + 1) * states);
          Tensor out = gate.reshape(layer.batch(), layer.hiddenSize());
          math.linear(x.select(t), rows(weightIh, g), null, out, GradientMode.OVERWRITE);
          math.linear(h, rows(weightHh, g), null, out, GradientMode.ACCUMULATE);
        }
      }
      case BATCHED_INPUT -> {
        long from = (long) t * GATES * states;
        Tensor out = combined(a.slice(0, from, from + (long) GATES * states));
        math.linear(h, weightHh, null, out, GradientMode.ACCUMULATE);
      }
      default -> {
        math.linear(x.select(t), weightIh, null, combined(a), GradientMode.OVERWRITE);
        math.linear(h, weightHh, null, combined(a), GradientMode.ACCUMULATE);
      }
    }
  }

  private Tensor rows(Tensor weight, int gate) {
    long size = layer.hiddenSize();
    return weight.slice(0, gate * size, (gate + 1) * size);
  }

  private Tensor combined(Tensor step) {
    return step.reshape(layer.batch(), (long) GATES * layer.hiddenSize());
  }

  /** Distance between two rows of a gate. */
  private int rowStride() {
    return rung == Rung.SEPARATE_GATES ? layer.hiddenSize() : GATES * layer.hiddenSize();
  }

  /** Distance between two gates of a row. */
  private int gateStride() {
    return rung == Rung.SEPARATE_GATES ? states : layer.hiddenSize();
  }

  private void loopPerFunction(int from) {
    for (int g = 0; g < GATES; g++) {
      addBias(from, g);
      for (int n = 0; n < layer.batch(); n++) {
        int at = from + n * rowStride() + g * gateStride();
        for (int j = 0; j < layer.hiddenSize(); j++) {
          gates[at + j] = g == 2 ? tanh(gates[at + j]) : sigmoid(gates[at + j]);
        }
      }
    }
    forgetAndAdd(from);
    for (int i = 0; i < states; i++) {
      tanhCell[i] = tanh(cell[i]);
    }
    for (int n = 0; n < layer.batch(); n++) {
      int o = from + n * rowStride() + 3 * gateStride();
      for (int j = 0; j < layer.hiddenSize(); j++) {
        int at = n * layer.hiddenSize() + j;
        hidden[at] = gates[o + j] * tanhCell[at];
      }
    }
  }

  private void addBias(int from, int gate) {
    for (int n = 0; n < layer.batch(); n++) {
      int at = from + n * rowStride() + gate * gateStride();
      for (int j = 0; j < layer.hiddenSize(); j++) {
        gates[at + j] += bias[gate * layer.hiddenSize() + j];
      }
    }
  }

  private void forgetAndAdd(int from) {
    for (int n = 0; n < layer.batch(); n++) {
      int i = from + n * rowStride();
      int f = i + gateStride();
      int g = f + gateStride();
      for (int j = 0; j < layer.hiddenSize(); j++) {
        int at = n * layer.hiddenSize() + j;
        cell[at] = gates[f + j] * cell[at] + gates[i + j] * gates[g + j];
      }
    }
  }

  private void oneLoop(int from) {
    int size = layer.hiddenSize();
    for (int n = 0; n < layer.batch(); n++) {
      int row = from + n * rowStride();
      for (int j = 0; j < size; j++) {
        int at = n * size + j;
        float i = sigmoid(gates[row + j] + bias[j]);
        float f = sigmoid(gates[row + size + j] + bias[size + j]);
        float g = tanh(gates[row + 2 * size + j] + bias[2 * size + j]);
        float o = sigmoid(gates[row + 3 * size + j] + bias[3 * size + j]);
        float c = f * cell[at] + i * g;
        cell[at] = c;
        hidden[at] = o * tanh(c);
      }
    }
  }

  private static float sigmoid(float v) {
    return (float) (1 / (1 + Math.exp(-v)));
  }

  private static float tanh(float v) {
    return (float) Math.tanh(v);
  }
}
