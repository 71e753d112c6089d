package org.recurrentops.bench.peers;

import java.util.Arrays;
import org.recurrentops.ParameterLayout;
import org.recurrentops.ParameterSlice;
import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.bench.layers.LayerShape;

/**
 * Our parameters in oneDNN's order of gates. LSTM: i, f, c, o as ours. GRU with the linear product
 * before reset: u, r, o, where ours are r, z, n; its fourth bias is that of R_n h. Other biases are
 * sums of the two.
 */
final class OneDnnWeights {
  private static final int[] GRU = {1, 0, 2};

  private final LayerShape shape;
  private final float[] params;
  private final ParameterLayout layout;

  OneDnnWeights(LayerShape shape, float[] params) {
    this.shape = shape;
    this.params = params;
    this.layout = ParameterLayout.of(shape.spec());
  }

  private boolean gru() {
    return shape.cell().gates() == 3;
  }

  int biasGates() {
    return gru() ? 4 : shape.cell().gates();
  }

  /** [1,1,G,H,C], stored as our weight_ih. */
  float[] input() {
    return ordered(Kind.WEIGHT_IH);
  }

  /** [1,1,G,H,H], stored as our weight_hh. */
  float[] recurrent() {
    return ordered(Kind.WEIGHT_HH);
  }

  /** [1,1,biasGates,H]. */
  float[] bias() {
    float[] a = ordered(Kind.BIAS_IH);
    float[] b = ordered(Kind.BIAS_HH);
    int h = shape.hiddenSize();
    float[] bias = Arrays.copyOf(a, biasGates() * h);
    int summed = gru() ? 2 * h : a.length;
    for (int i = 0; i < summed; i++) {
      bias[i] += b[i];
    }
    if (gru()) {
      System.arraycopy(b, 2 * h, bias, 3 * h, h);
    }
    return bias;
  }

  private float[] ordered(Kind kind) {
    ParameterSlice s = layout.find(kind, 0, 0);
    int from = Math.toIntExact(s.offset());
    float[] ours = Arrays.copyOfRange(params, from, from + Math.toIntExact(s.elements()));
    if (!gru()) {
      return ours;
    }
    int block = ours.length / GRU.length;
    float[] theirs = new float[ours.length];
    for (int gate = 0; gate < GRU.length; gate++) {
      System.arraycopy(ours, GRU[gate] * block, theirs, gate * block, block);
    }
    return theirs;
  }

  /** Gradients in our order; those of two biases that are summed are equal. */
  float[] ours(float[] input, float[] recurrent, float[] bias) {
    float[] all = new float[params.length];
    store(Kind.WEIGHT_IH, input, all);
    store(Kind.WEIGHT_HH, recurrent, all);
    store(Kind.BIAS_IH, Arrays.copyOf(bias, shape.cell().gates() * shape.hiddenSize()), all);
    int h = shape.hiddenSize();
    float[] second = Arrays.copyOf(bias, shape.cell().gates() * h);
    if (gru()) {
      System.arraycopy(bias, 3 * h, second, 2 * h, h);
    }
    store(Kind.BIAS_HH, second, all);
    return all;
  }

  private void store(Kind kind, float[] theirs, float[] all) {
    int from = Math.toIntExact(layout.find(kind, 0, 0).offset());
    int block = theirs.length / shape.cell().gates();
    for (int gate = 0; gate < shape.cell().gates(); gate++) {
      int ours = gru() ? GRU[gate] : gate;
      System.arraycopy(theirs, gate * block, all, from + ours * block, block);
    }
  }
}
