package org.recurrentops.formats;

import java.util.LinkedHashMap;
import java.util.Map;
import org.recurrentops.BiasMode;
import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;
import org.recurrentops.Shape;

/**
 * cuDNN: per pseudo layer l·D + d and linLayerID, a matrix [H, in] and a bias. IDs 0 … G−1 are the
 * input side, G … 2·G−1 the recurrent side, 8 the projection; gates stand in our order. Biases
 * follow the spec: none, input side (or recurrent side), both.
 */
final class CudnnPlaces extends WeightPlaces {
  private static final int PROJECTION = 8;

  private final boolean recurrentBias;
  private final boolean flat;
  private final Map<String, Integer> offsets = new LinkedHashMap<>();
  private final Map<String, Shape> perGate = new LinkedHashMap<>();

  CudnnPlaces(RnnSpec spec, boolean recurrentBias, boolean flat) {
    super(spec);
    this.recurrentBias = recurrentBias;
    this.flat = flat;
    addMatrices();
    addBiases();
    int offset = 0;
    for (Map.Entry<String, Shape> e : perGate.entrySet()) {
      offsets.put(e.getKey(), offset);
      offset = Math.addExact(offset, Math.toIntExact(e.getValue().elements()));
    }
  }

  private void addMatrices() {
    for (int p = 0; p < spec.stateCount(); p++) {
      for (int k = 0; k < 2 * gates; k++) {
        if (k < gates && spec.skipsInput(p / directions)) {
          continue; // cudnnGetRNNWeightParams gives no address
        }
        int columns = k < gates ? spec.inputSize(p / directions) : spec.stateSize();
        perGate.put("matrix_" + p + "_" + k, Shape.of(hidden, columns));
      }
      if (spec.projectionSize() > 0) {
        perGate.put("matrix_" + p + "_" + PROJECTION, Shape.of(spec.projectionSize(), hidden));
      }
    }
  }

  private void addBiases() {
    for (int p = 0; p < spec.stateCount(); p++) {
      for (int k = 0; k < 2 * gates; k++) {
        if (hasBias(k < gates)) {
          perGate.put("bias_" + p + "_" + k, Shape.of(hidden));
        }
      }
    }
  }

  private boolean hasBias(boolean inputSide) {
    if (recurrentBias) {
      return spec.bias() != BiasMode.NONE && !inputSide;
    }
    return inputSide ? spec.bias() != BiasMode.NONE : spec.bias() == BiasMode.DOUBLE;
  }

  @Override
  void addTensors(Map<String, Shape> tensors) {
    if (!flat) {
      tensors.putAll(perGate);
      return;
    }
    long elements = perGate.values().stream().mapToLong(Shape::elements).sum();
    tensors.put("weights", Shape.of(elements));
  }

  @Override
  WeightPlace place(Kind kind, int l, int d, int gate) {
    boolean inputSide = kind == Kind.WEIGHT_IH || kind == Kind.BIAS_IH;
    boolean bias = kind == Kind.BIAS_IH || kind == Kind.BIAS_HH;
    int id = kind == Kind.WEIGHT_HR ? PROJECTION : inputSide ? gate : gates + gate;
    if (bias && !hasBias(inputSide)) {
      return null;
    }
    String name = (bias ? "bias_" : "matrix_") + (l * directions + d) + "_" + id;
    int columns = bias ? 1 : kind == Kind.WEIGHT_HR ? hidden : columns(kind, l);
    return new WeightPlace(flat ? "weights" : name, flat ? offsets.get(name) : 0, columns, 1);
  }
}
