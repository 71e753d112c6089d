package org.recurrentops.gpu;

import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;
import org.recurrentops.spi.BackwardCall;

/** The gradient of a layer's input, as products over all steps or those of a chunk. */
final class InputGradient {
  private final CallMemory memory;
  private final RnnSpec spec;
  private final BackwardCall call;

  InputGradient(CallMemory memory, BackwardCall call) {
    this.memory = memory;
    this.spec = memory.spec;
    this.call = call;
  }

  /** Gradients of the gates' arguments on the input side [T,N,G·H]. */
  static Rows gates(CallMemory memory, Bindings b) {
    return Rows.dense(b.address("dgates"), memory.steps, memory.batch, memory.gateRows());
  }

  /** Adds dx = or += dG_x W for all steps; nothing if nobody wants it. */
  void add(WorkList list, Bindings b, int layer, int direction) {
    if (layer == 0 && call.dx() == null) {
      return;
    }
    boolean last = direction == spec.direction().count() - 1;
    if (memory.compacts() && layer == 0) {
      Address stage = memory.layerOutputGradient(-1).at(); // where the input's gradient would be
      Rows packed = Rows.dense(stage, memory.steps, memory.batch, spec.inputSize());
      through(list, memory, layer, direction, gates(memory, b), packed);
      if (last) {
        PackedWork.unpack(list, memory, stage, Rows.of(call.dx()));
      }
      return;
    }
    Rows dx = layer == 0 ? Rows.of(call.dx()) : memory.layerOutputGradient(layer - 1);
    through(list, memory, layer, direction, gates(memory, b), dx);
    if (layer == 0 && last) {
      WorkList ragged = list.another();
      RowWork.zeroPadding(ragged, dx, memory.marks()); // exact zeros whatever W holds
      list.choose(call.usesDeviceLengths() || call.usesDeviceMask(), ragged, list.another());
    }
  }

  /** Adds dx = or += dG_x W for the steps of the memory's span. */
  void through(WorkList to, CallMemory during, int layer, int direction, Rows dGates, Rows dx) {
    boolean more = direction > 0;
    if (during.compacts() && spec.skipsInput(layer)) {
      PackedWork.sumBlocks(to, during, dGates, dx, more);
      return;
    }
    Address weight =
        spec.skipsInput(layer) ? null : memory.weight(Kind.WEIGHT_IH, layer, direction);
    int width = spec.inputSize(layer);
    if (during.compacts()) {
      PackedWork.project(to, during, false, dGates, weight, width, dx, more);
      return;
    }
    Span span = during.span;
    Rows left = dGates.steps(span.first(), span.count());
    Rows right = dx.steps(span.first(), span.count());
    if (weight == null) {
      RowWork.sumBlocks(to, left, right, more);
    } else {
      RowWork.projectBack(to, left, weight, width, right, more);
    }
  }
}
