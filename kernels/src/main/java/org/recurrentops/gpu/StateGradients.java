package org.recurrentops.gpu;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.spi.BackwardCall;

/**
 * What a step of backward does before the cell's own stages where a caller gave the gradient of
 * every c or asked for that of every h. Nothing if he did neither.
 */
final class StateGradients {
  private StateGradients() {}

  /** Adds the caller's tensors of one layer and direction, if there are any. */
  static void bind(Bindings b, BackwardCall call, int state) {
    if (call.dcSequence() != null) {
      Rows cells = CallMemory.state(call.dcSequence(), state);
      b.put("cells", cells.at()).put("cells_step", cells.outer()).put("cells_row", cells.row());
    }
    if (call.dhSequence() != null) {
      Rows total = CallMemory.state(call.dhSequence(), state);
      b.put("total", total.at()).put("total_step", total.outer()).put("total_row", total.row());
    }
  }

  /** Whether steps of a call have any such stage. */
  static boolean any(BackwardCall call) {
    return call.dcSequence() != null || call.dhSequence() != null;
  }

  /** Whether a step has any such stage. */
  static boolean any(Bindings b) {
    return b.has("cells") || b.has("total");
  }

  static List<Stage> stages(WorkList list, CallMemory memory, Bindings b) {
    List<Stage> stages = new ArrayList<>();
    if (b.has("cells")) {
      stages.add(PointwiseStage.of(list, memory, b, CellKernels.ADD_CELL_GRADIENT));
    }
    if (b.has("total")) {
      stages.add(PointwiseStage.of(list, memory, b, CellKernels.STORE_HIDDEN_GRADIENT));
    }
    return stages;
  }
}
