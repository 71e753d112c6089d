package org.recurrentops.formats;

import java.util.LinkedHashMap;
import java.util.Map;
import org.recurrentops.ParameterSlice;
import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;
import org.recurrentops.Shape;

/**
 * One system's table of places: for each block of H rows (or the whole projection) of a canonical
 * slice, where the system keeps it. Null means that it keeps none.
 */
abstract class WeightPlaces {
  final RnnSpec spec;
  final int gates;
  final int hidden;
  final int directions;

  WeightPlaces(RnnSpec spec) {
    this.spec = spec;
    gates = spec.cell().gates();
    hidden = spec.hiddenSize();
    directions = spec.direction().count();
  }

  static WeightPlaces of(WeightFormat format, RnnSpec spec) {
    switch (format) {
      case PYTORCH:
        return new TorchPlaces(spec);
      case KERAS:
        return new KerasPlaces(spec);
      case ONNX:
        return new OnnxPlaces(spec);
      case CUDNN:
        return new CudnnPlaces(spec, false, false);
      case CUDNN_RECURRENT_BIAS:
        return new CudnnPlaces(spec, true, false);
      case CUDNN_FLAT:
        return new CudnnPlaces(spec, false, true);
      case ONEDNN_LDIGO:
        return new OneDnnPlaces(spec, true);
      case ONEDNN_LDGOI:
        return new OneDnnPlaces(spec, false);
      case DL4J:
        return new Dl4jPlaces(spec);
      default:
        return new HastePlaces(spec);
    }
  }

  /** Names and extents of the system's tensors, in its order. */
  final Map<String, Shape> tensors() {
    Map<String, Shape> tensors = new LinkedHashMap<>();
    addTensors(tensors);
    return tensors;
  }

  abstract void addTensors(Map<String, Shape> tensors);

  /**
   * Where a block lies.
   *
   * @param kind which slice; biases are asked for whatever the spec has
   * @param layer l
   * @param direction d
   * @param block our gate, or 0 for the projection and vectors of H, or 0, 1, 2 for the peepholes
   *     of i, f, o
   */
  abstract WeightPlace place(Kind kind, int layer, int direction, int block);

  static String suffix(int layer, int direction) {
    return "_l" + layer + (direction == 1 ? "_reverse" : "");
  }

  /** Columns of a matrix of gate blocks. */
  final int columns(Kind kind, int layer) {
    return kind == Kind.WEIGHT_IH ? spec.inputSize(layer) : spec.stateSize();
  }

  final boolean hasBias() {
    return spec.bias().count() > 0;
  }

  /** Blocks of rows that a slice of this kind has. */
  static int blocks(ParameterSlice.Kind kind, RnnSpec spec) {
    boolean one = kind == Kind.WEIGHT_HR || kind == Kind.LN_GAMMA_C || kind == Kind.LN_BETA_C;
    return one ? 1 : kind == Kind.PEEPHOLES ? 3 : spec.cell().gates();
  }
}
