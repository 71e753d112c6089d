package org.recurrentops.gpu;

import org.recurrentops.DType;
import org.recurrentops.ParameterSlice;
import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.Tensor;
import org.recurrentops.gpu.Compaction.Place;

/** What a layer's input gives to the gates before the time loop: W x, or x itself, step by step. */
final class InputProjection {
  private final Tensor x;
  private final Address errors;

  /**
   * Of a call.
   *
   * @param x the call's input
   * @param errors where indices out of range are reported; null if x holds none
   */
  InputProjection(Tensor x, Address errors) {
    this.x = x;
    this.errors = errors;
  }

  /** The input of a layer as it lies there; null for indices. */
  Rows rows(CallMemory memory, int layer) {
    if (layer > 0) {
      return memory.layerOutput(layer - 1);
    }
    return x.dtype() == DType.I32 ? null : Rows.of(x);
  }

  /**
   * Adds {@code gates[t] = W x[t]} for the steps of the memory's span.
   *
   * @param rows all steps of the layer's input; null for indices
   */
  void add(WorkList list, CallMemory memory, Bindings b, Rows rows, int layer, int direction) {
    if (memory.compacts()) {
      addPacked(list, memory, b, rows, layer, direction);
      return;
    }
    Span span = memory.span;
    int gateRows = memory.gateRows();
    Address first = b.address("gates").plus(span.first() * memory.plane(gateRows));
    Rows gates = Rows.dense(first, span.count(), memory.batch, gateRows);
    Rows own = rows == null ? null : rows.steps(span.first(), span.count());
    if (memory.spec.skipsInput(layer)) {
      RowWork.repeatColumns(list, own, gates);
      return;
    }
    ParameterSlice w = memory.slice(Kind.WEIGHT_IH, layer, direction);
    Address weight = memory.weight(Kind.WEIGHT_IH, layer, direction);
    int width = Math.toIntExact(w.shape().dim(1));
    if (own == null) {
      gather(list, memory, b, gates, weight, width);
    } else {
      RowWork.project(list, own, weight, width, gates, false);
    }
  }

  /** The same for rows that have not ended, of which {@code rows} holds no others. */
  private void addPacked(
      WorkList list, CallMemory memory, Bindings b, Rows rows, int layer, int direction) {
    int gateRows = memory.gateRows();
    Rows gates = Rows.dense(b.address("gates"), memory.steps, memory.batch, gateRows);
    if (memory.spec.skipsInput(layer)) {
      PackedWork.repeatColumns(list, memory, rows, gates);
      return;
    }
    Address weight = memory.weight(Kind.WEIGHT_IH, layer, direction);
    int width = Math.toIntExact(memory.slice(Kind.WEIGHT_IH, layer, direction).shape().dim(1));
    if (rows != null) {
      PackedWork.project(list, memory, true, rows, weight, width, gates, false);
      return;
    }
    Bindings own = indices(b, gates, weight, width).put("indices", Address.of(x)).put("steps", 1);
    PackedArguments a =
        new PackedArguments(list, memory.compaction, Kernels.GATHER_COLUMNS, own, "rows")
            .move("dst", gates.at(), Place.STEP, gateRows)
            .move("marks", b.address("marks"), Place.STEP, 1);
    PackedWork.elementwise(list, memory, a, gateRows);
  }

  private Bindings indices(Bindings b, Rows gates, Address weight, int columns) {
    return new Bindings(b)
        .put("index_step", x.stride(0))
        .put("index_row", x.stride(1))
        .put("weight", weight)
        .put("columns", columns)
        .put("dst", gates.at())
        .put("gates", gates.width())
        .put("errors", errors);
  }

  private void gather(
      WorkList list, CallMemory memory, Bindings b, Rows gates, Address weight, int columns) {
    Span span = memory.span;
    Bindings own =
        indices(b, gates, weight, columns)
            .put("indices", Address.of(x).plus(span.first() * x.stride(0)))
            .put("marks", memory.marks().plusInts(span.first() * memory.plane(1)))
            .put("steps", span.count());
    list.elementwise(Kernels.GATHER_COLUMNS, own, gates.count() * gates.width());
  }
}
