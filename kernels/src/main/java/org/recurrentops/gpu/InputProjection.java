package org.recurrentops.gpu;

import org.recurrentops.DType;
import org.recurrentops.ParameterSlice;
import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.Tensor;

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

  private void gather(
      WorkList list, CallMemory memory, Bindings b, Rows gates, Address weight, int columns) {
    Span span = memory.span;
    Bindings own =
        new Bindings(b)
            .put("indices", Address.of(x).plus(span.first() * x.stride(0)))
            .put("index_step", x.stride(0))
            .put("index_row", x.stride(1))
            .put("weight", weight)
            .put("columns", columns)
            .put("dst", gates.at())
            .put("gates", gates.width())
            .put("marks", memory.marks().plusInts(span.first() * memory.plane(1)))
            .put("steps", span.count())
            .put("errors", errors);
    list.elementwise(Kernels.GATHER_COLUMNS, own, gates.count() * gates.width());
  }
}
