package org.recurrentops.cpu;

import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.cpu.math.Gemm;

/**
 * The weights of one layer and direction as forward reads them: transposes packed for products,
 * biases added up, and for index input the rows of the transposed weight_ih.
 */
final class ForwardWeights {
  private final PlanShape shape;
  private final Gemm gemm;
  private final WeightUse[] slices;
  private final int inputSize;
  private final boolean first;
  private final boolean skips;
  final float[] data;
  final PackedMatrix input;

  /**
   * [C + H + 1, G·H]: the input's rows, those of h₋ and the biases; null unless steps multiply all
   * together.
   */
  final PackedMatrix joined;

  /** For vectors of batch rows; null in plans without them. */
  final LaneWeights lanes;

  /** [C, G·H], first layer only. */
  final int transposed;

  /** [G·H]; zero where biases are added after normalisation. */
  final int bias;

  /** Recurrent bias of the gates it is not folded into. */
  final int recurrentBias;

  /** Null without such weights. */
  final VectorWeights vectors;

  /** One per weight use of the cell. */
  final PackedMatrix[] uses;

  /**
   * Finds the places of all parts.
   *
   * @param data memory of the packed weights
   * @param base first element of this layer and direction
   */
  ForwardWeights(PlanShape shape, int layer, float[] data, int base) {
    this.shape = shape;
    this.gemm = shape.math.gemm();
    this.inputSize = shape.spec.inputSize(layer);
    this.first = layer == 0;
    this.skips = shape.spec.skipsInput(layer);
    this.data = data;
    Regions r = new Regions();
    int gateRows = shape.cell.gateRows;
    int at = base + (int) r.take(inputLength(shape, layer));
    input = PackedMatrix.of(shape, inputSize, gateRows, data, at);
    int joinedAt = base + (int) r.take(joinedLength(shape, layer));
    joined =
        shape.joins(layer)
            ? PackedMatrix.of(shape, inputSize + shape.cell.state + 1, gateRows, data, joinedAt)
            : null;
    int lanesAt = base + (int) r.take(lanesLength(shape, layer));
    lanes =
        shape.inLanes(layer)
            ? new LaneWeights(
                shape.math.batchLanes(),
                gateRows / shape.cell.hidden,
                shape.cell.hidden,
                inputSize,
                shape.cell.unfoldedBiasRow(),
                data,
                lanesAt)
            : null;
    transposed = base + (int) r.take(first && !skips ? inputSize : 0, gateRows);
    bias = base + (int) r.take(gateRows);
    recurrentBias = base + (int) r.take(gateRows - shape.cell.unfoldedBiasRow());
    int count = VectorWeights.count(shape.spec);
    vectors = VectorWeights.of(shape.spec, data, base + (int) r.take(count));
    slices = shape.cell.weightUses();
    uses = new PackedMatrix[slices.length];
    for (int i = 0; i < slices.length; i++) {
      int k = slices[i].columns();
      int n = slices[i].rows();
      long use = base + r.take(PackedMatrix.length(shape, k, n));
      uses[i] = PackedMatrix.of(shape, k, n, data, use);
    }
  }

  /** Floats of one layer and direction. */
  static long length(PlanShape shape, int layer) {
    int gateRows = shape.cell.gateRows;
    boolean looksUp = layer == 0 && !shape.spec.skipsInput(layer);
    Regions r = new Regions();
    r.take(inputLength(shape, layer));
    r.take(joinedLength(shape, layer));
    r.take(lanesLength(shape, layer));
    r.take(looksUp ? shape.spec.inputSize(layer) : 0, gateRows);
    r.take(gateRows);
    r.take(gateRows - shape.cell.unfoldedBiasRow());
    r.take(VectorWeights.count(shape.spec));
    for (WeightUse use : shape.cell.weightUses()) {
      r.take(PackedMatrix.length(shape, use.columns(), use.rows()));
    }
    return r.total();
  }

  private static long inputLength(PlanShape shape, int layer) {
    return shape.spec.skipsInput(layer)
        ? 0
        : PackedMatrix.length(shape, shape.spec.inputSize(layer), shape.cell.gateRows);
  }

  private static long joinedLength(PlanShape shape, int layer) {
    int rows = shape.spec.inputSize(layer) + shape.cell.state + 1;
    return shape.joins(layer) ? PackedMatrix.length(shape, rows, shape.cell.gateRows) : 0;
  }

  private static long lanesLength(PlanShape shape, int layer) {
    int units = shape.cell.hidden;
    return shape.inLanes(layer)
        ? LaneWeights.length(
            shape.math.batchLanes(),
            shape.cell.gateRows / units,
            units,
            shape.spec.inputSize(layer))
        : 0;
  }

  /** Which forms of the weights calls read. */
  enum Forms {
    /** For dense input that is projected. */
    DENSE(true, false, true, false, false),
    /** For index input of the first layer. */
    INDEX(false, true, true, false, false),
    /** For steps that multiply input and state together. */
    JOINED(true, false, false, true, false),
    /** For vectors of batch rows. */
    LANES(false, false, false, false, true),
    /** For any. */
    ALL(true, true, true, true, true);

    final boolean dense;
    final boolean index;
    final boolean separate;
    final boolean joined;
    final boolean lanes;

    Forms(boolean dense, boolean index, boolean separate, boolean joined, boolean lanes) {
      this.dense = dense;
      this.index = index;
      this.separate = separate;
      this.joined = joined;
      this.lanes = lanes;
    }
  }

  /**
   * Packs this worker's share.
   *
   * @param parameters where the weights are
   * @param forms what will be read
   */
  void pack(Worker w, ParameterRows parameters, Forms forms) {
    if (lanes != null && forms.lanes) {
      lanes.pack(w, parameters);
    }
    if (forms == Forms.LANES) {
      return;
    }
    if (!skips && (forms.dense || !first)) {
      input.pack(gemm, w, true, parameters.get(Kind.WEIGHT_IH), 0);
    }
    if (!skips && forms.index && first) {
      transpose(w, parameters.get(Kind.WEIGHT_IH));
    }
    boolean together = joined != null && forms.joined;
    if (together) {
      joined.packBelow(
          gemm,
          w,
          parameters.get(Kind.WEIGHT_IH),
          parameters.get(Kind.WEIGHT_HH),
          parameters.get(Kind.BIAS_IH),
          parameters.get(Kind.BIAS_HH));
    }
    for (int i = together && !forms.separate ? 1 : 0; i < uses.length; i++) {
      uses[i].pack(gemm, w, true, parameters.get(slices[i].kind()), slices[i].fromRow());
    }
    if (w.isFirst()) {
      addBiases(w, parameters);
      if (vectors != null) {
        vectors.load(shape.spec, parameters);
      }
    }
  }

  /** Blocks of 16 rows, so that whole cache lines are written. */
  private void transpose(Worker w, Rows weight) {
    int gateRows = shape.cell.gateRows;
    int to = w.to(gateRows, 16);
    float[] block = w.right(16 * inputSize);
    for (int g = w.from(gateRows, 16); g < to; g += 16) {
      int count = Math.min(16, to - g);
      weight.load(g, g + count, 0, inputSize, block, 0);
      for (int c = 0; c < inputSize; c++) {
        int at = transposed + c * gateRows + g;
        for (int r = 0; r < count; r++) {
          data[at + r] = block[r * inputSize + c];
        }
      }
    }
  }

  private void addBiases(Worker w, ParameterRows parameters) {
    int gateRows = shape.cell.gateRows;
    int folded = shape.cell.unfoldedBiasRow();
    boolean afterwards = vectors != null && vectors.norm() != null;
    int target = afterwards ? vectors.norm().bias() : bias;
    java.util.Arrays.fill(data, bias, bias + gateRows, 0f);
    java.util.Arrays.fill(data, target, target + gateRows, 0f);
    java.util.Arrays.fill(data, recurrentBias, recurrentBias + gateRows - folded, 0f);
    Rows inputSide = parameters.get(Kind.BIAS_IH);
    Rows recurrentSide = parameters.get(Kind.BIAS_HH);
    if (inputSide != null) {
      inputSide.read(0, 0, gateRows, data, target);
    }
    if (recurrentSide != null) {
      recurrentSide.read(0, folded, gateRows - folded, data, recurrentBias);
      float[] folding = w.right(folded);
      recurrentSide.read(0, 0, folded, folding, 0);
      for (int g = 0; g < folded; g++) {
        data[target + g] += folding[g];
      }
    }
  }
}
