package org.recurrentops.gpu;

import org.recurrentops.MergeMode;
import org.recurrentops.RnnSpec;
import org.recurrentops.gpu.Compaction.Place;

/**
 * One direction's share of a layer's output, see {@link MergeMode}. Merged outputs: the first
 * direction writes the layer's output, the second a part of its own that is combined with it.
 */
final class DirectionMerge {
  private final WorkList list;
  private final CallMemory memory;
  private final RnnSpec spec;
  private final int layer;
  private final int direction;

  DirectionMerge(WorkList list, CallMemory memory, int layer, int direction) {
    this.list = list;
    this.memory = memory;
    this.spec = memory.spec;
    this.layer = layer;
    this.direction = direction;
  }

  private static boolean merges(RnnSpec spec) {
    return spec.merge() != MergeMode.CONCAT;
  }

  /**
   * Whether backward computes the second direction once more before the first. A product's gradient
   * reads the other direction's h; where steps are computed again both use one place for it, in
   * which the first then leaves its own for the second.
   */
  static boolean computesOther(PlanLayout layout) {
    return layout.recompute > 0 && layout.spec.merge() == MergeMode.MULTIPLY;
  }

  private static Rows part(CallMemory memory, int direction) {
    PlanLayout.Lane lane = memory.on(memory.layout.laneOf(direction)).lane();
    Address at = memory.scratch(lane.directionPart());
    return Rows.dense(at, memory.steps, memory.batch, memory.spec.stateSize());
  }

  /** Where the direction writes, given the layer's output. */
  Rows target(Rows y) {
    if (merges(spec)) {
      return direction == 0 ? y : part(memory, direction);
    }
    return y.columns(direction * spec.stateSize(), spec.stateSize());
  }

  /** Adds the merge to the output of a layer, after both directions; packed if y is. */
  static void outputs(WorkList list, CallMemory memory, Rows y, boolean packed) {
    if (merges(memory.spec)) {
      Bindings b = bindings(memory).put("y", y.at()).put("y_step", y.outer()).put("y_row", y.row());
      b.put("other", part(memory, 1).at());
      if (packed) {
        packed(list, memory, Kernels.MERGE_OUTPUTS, b, "y", y, "other");
        return;
      }
      list.elementwise(Kernels.MERGE_OUTPUTS, b, memory.rows() * memory.spec.stateSize());
    }
  }

  /** The direction's part of the gradient of the layer's output; adds what makes it. */
  Rows gradient(Rows dy) {
    if (!merges(spec)) {
      return dy.columns(direction * spec.stateSize(), spec.stateSize());
    }
    if (spec.merge() == MergeMode.SUM) {
      return dy;
    }
    int width = spec.stateSize();
    int other = 1 - direction;
    boolean reverse = spec.direction().isReverse(other);
    long after = reverse ? 0 : memory.plane(width);
    int state = layer * spec.direction().count() + other;
    Bindings b =
        bindings(memory).put("dy", dy.at()).put("dy_step", dy.outer()).put("dy_row", dy.row());
    b.put("other", memory.states().plus(memory.layout.h[state] + after))
        .put("part", part(memory, direction).at());
    b.put("other_reverse", reverse);
    if (memory.compacts()) { // never of a product, so that nothing of the other direction is read
      packed(list, memory, Kernels.MERGE_GRADIENT, b, "dy", dy, "part");
      return part(memory, direction);
    }
    list.elementwise(Kernels.MERGE_GRADIENT, b, memory.rows() * width);
    return part(memory, direction);
  }

  /** Over rows that have not ended, one step of as many. */
  private static void packed(
      WorkList list,
      CallMemory memory,
      KernelId kernel,
      Bindings bindings,
      String strided,
      Rows rows,
      String dense) {
    Address marks = memory.places().address("sites");
    Bindings b = bindings.put("marks", marks).put("steps", 1);
    int width = memory.spec.stateSize();
    PackedArguments a =
        new PackedArguments(list, memory.compaction, kernel, b, "rows")
            .move("marks", marks, Place.STEP, 1)
            .move(strided, rows.at(), Place.STEP, rows.row())
            .move(dense, b.address(dense), Place.STEP, width);
    PackedWork.elementwise(list, memory, a, width);
  }

  private static Bindings bindings(CallMemory memory) {
    return new Bindings()
        .put("marks", memory.marks())
        .put("masking", memory.spec.masking().ordinal())
        .put("merge", memory.spec.merge().ordinal())
        .put("steps", memory.steps)
        .put("rows", memory.batch)
        .put("width", memory.spec.stateSize());
  }
}
