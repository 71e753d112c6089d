package org.recurrentops.cpu;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.CellType;
import org.recurrentops.RnnSpec;
import org.recurrentops.RnnSpecBuilder;

/**
 * Every cell, two bidirectional layers with dropout, at one size; the LSTM with projection too, and
 * normalised.
 */
final class PlanSpecs {
  private PlanSpecs() {}

  static List<RnnSpec> all(int inputSize, int hiddenSize) {
    List<RnnSpec> specs = new ArrayList<>();
    for (CellType cell : CellType.values()) {
      specs.add(stacked(RnnSpec.of(cell, inputSize, hiddenSize)));
    }
    specs.add(stacked(RnnSpec.lstm(inputSize, hiddenSize).projection((hiddenSize + 1) / 2)));
    RnnSpecBuilder lstm = RnnSpec.lstm(inputSize, hiddenSize).peepholes().layerNorm();
    specs.add(stacked(lstm.projection((hiddenSize + 1) / 2)));
    specs.add(stacked(RnnSpec.gru(inputSize, hiddenSize).layerNorm()));
    return specs;
  }

  private static RnnSpec stacked(RnnSpecBuilder b) {
    return b.layers(2).bidirectional().dropout(0.3).build();
  }
}
