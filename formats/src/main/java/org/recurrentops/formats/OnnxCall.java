package org.recurrentops.formats;

import org.recurrentops.RnnSpec;

/** The data of one call of an {@link OnnxNode}, in this library's order, and the way back. */
public final class OnnxCall {
  private final RnnSpec spec;
  private final int steps;
  private final int batch;
  private final OnnxSequences order;
  private final float[] x;
  private final int[] lengths;
  private final float[] h0;
  private final float[] c0;

  OnnxCall(
      RnnSpec spec,
      int steps,
      int batch,
      OnnxSequences order,
      OnnxTensor x,
      int[] lengths,
      OnnxTensor h0,
      OnnxTensor c0) {
    this.spec = spec;
    this.steps = steps;
    this.batch = batch;
    this.order = order;
    this.x = singles(order.importInput(doubles(x)));
    this.lengths = lengths == null ? null : lengths.clone();
    this.h0 = singles(order.importState(doubles(h0)));
    this.c0 = singles(order.importState(doubles(c0)));
  }

  private static double[] doubles(OnnxTensor t) {
    return t == null ? null : doubles(t.values());
  }

  private static double[] doubles(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  private static float[] singles(double[] values) {
    if (values == null) {
      return null;
    }
    float[] singles = new float[values.length];
    for (int i = 0; i < singles.length; i++) {
      singles[i] = (float) values[i];
    }
    return singles;
  }

  /**
   * T.
   *
   * @return timesteps
   */
  public int steps() {
    return steps;
  }

  /**
   * N.
   *
   * @return batch rows
   */
  public int batch() {
    return batch;
  }

  /**
   * The input.
   *
   * @return [T,N,I]
   */
  public float[] x() {
    return x;
  }

  /**
   * The rows' lengths.
   *
   * @return [N], or null: all are T
   */
  public int[] lengths() {
    return lengths;
  }

  /**
   * Initial h.
   *
   * @return [D,N,H], or null for zeros
   */
  public float[] h0() {
    return h0;
  }

  /**
   * Initial c.
   *
   * @return [D,N,H], or null for zeros
   */
  public float[] c0() {
    return c0;
  }

  /**
   * Y in ONNX's order.
   *
   * @param y [T,N,D·H]
   * @return [T,D,N,H], or [N,T,D,H] with layout 1
   */
  public OnnxTensor output(float[] y) {
    return tensor(order.exportOutput(doubles(y), spec.hiddenSize()));
  }

  /**
   * Y_h or Y_c in ONNX's order.
   *
   * @param state [D,N,H]
   * @return [D,N,H], or [N,D,H] with layout 1
   */
  public OnnxTensor state(float[] state) {
    return tensor(order.exportState(doubles(state), spec.hiddenSize()));
  }

  private static OnnxTensor tensor(CaseTensor t) {
    return new OnnxTensor(t.shape(), singles(t.values()));
  }
}
