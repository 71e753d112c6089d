package org.recurrentops.cpu;

import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;
import org.recurrentops.cpu.math.Gemm;

/** The weights of one layer and direction as backward reads them, packed for products. */
final class BackwardWeights {
  private final Gemm gemm;
  private final RnnSpec spec;
  private final WeightUse[] slices;

  /** weight_ih as right operand [G·H, C_l]; index input has its gradient's sums there instead. */
  final PackedMatrix input;

  /** Null without such weights. */
  final VectorWeights vectors;

  /** One per weight use of the cell. */
  final PackedMatrix[] uses;

  BackwardWeights(PlanShape shape, int layer, float[] data, int base) {
    this.gemm = shape.math.gemm();
    Regions r = new Regions();
    int gateRows = shape.cell.gateRows;
    int inputSize = shape.spec.inputSize(layer);
    int at = base + (int) r.take(inputLength(shape, layer));
    input = PackedMatrix.of(shape, gateRows, inputSize, data, at);
    spec = shape.spec;
    vectors = VectorWeights.of(spec, data, base + (int) r.take(VectorWeights.count(spec)));
    slices = shape.cell.weightUses();
    uses = new PackedMatrix[slices.length];
    for (int i = 0; i < slices.length; i++) {
      int k = slices[i].rows();
      int n = slices[i].columns();
      long use = base + r.take(PackedMatrix.length(shape, k, n));
      uses[i] = PackedMatrix.of(shape, k, n, data, use);
    }
  }

  private static long inputLength(PlanShape shape, int layer) {
    if (shape.spec.skipsInput(layer)) {
      return 0;
    }
    int gateRows = shape.cell.gateRows;
    int inputSize = shape.spec.inputSize(layer);
    long packed = PackedMatrix.length(shape, gateRows, inputSize);
    return Math.max(packed, (long) gateRows * inputSize);
  }

  /** Floats of one layer and direction. */
  static long length(PlanShape shape, int layer) {
    Regions r = new Regions();
    r.take(inputLength(shape, layer));
    r.take(VectorWeights.count(shape.spec));
    for (WeightUse use : shape.cell.weightUses()) {
      r.take(PackedMatrix.length(shape, use.rows(), use.columns()));
    }
    return r.total();
  }

  /** Packs this worker's share; the input weight only if the gradient of the input is wanted. */
  void pack(Worker w, ParameterRows parameters, boolean inputGradient) {
    if (inputGradient) {
      input.pack(gemm, w, false, parameters.get(Kind.WEIGHT_IH), 0);
    }
    if (vectors != null && w.isFirst()) {
      vectors.load(spec, parameters);
    }
    for (int i = 0; i < uses.length; i++) {
      uses[i].pack(gemm, w, false, parameters.get(slices[i].kind()), slices[i].fromRow());
    }
  }
}
