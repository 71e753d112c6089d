package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.CellType;
import org.recurrentops.RnnSpec;
import org.recurrentops.RnnSpecBuilder;

/** The kinds of cell that most cases run through: every cell type, and the LSTM with projection. */
record Cells(CellType type, boolean projected) {
  static List<Cells> all() {
    List<Cells> kinds = new ArrayList<>();
    for (CellType type : CellType.values()) {
      kinds.add(new Cells(type, false));
    }
    kinds.add(new Cells(CellType.LSTM, true));
    return kinds;
  }

  /** P is about two thirds of H, so that mixing the two up shows. */
  RnnSpecBuilder spec(int inputSize, int hiddenSize) {
    RnnSpecBuilder b = RnnSpec.of(type, inputSize, hiddenSize);
    return projected ? b.projection((2 * hiddenSize + 2) / 3) : b;
  }

  String label() {
    return type.label() + (projected ? " projected" : "");
  }
}
