package org.recurrentops.gpu;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;
import org.recurrentops.spi.BackwardCall;

/**
 * Back-propagation through time of all layers and directions as a list of work: per direction the
 * recurrence in reverse time, then products over ALL steps at once for weights and inputs.
 */
final class SequenceBackward {
  private final CallMemory memory;
  private final RnnSpec spec;
  private final BackwardCall call;
  private final Recurrence recurrence;
  private final InputProjection input;
  private final WorkList list;

  private SequenceBackward(
      WorkList list,
      CallMemory memory,
      BackwardCall call,
      Recurrence recurrence,
      InputProjection input) {
    this.list = list;
    this.memory = memory;
    this.spec = memory.spec;
    this.call = call;
    this.recurrence = recurrence;
    this.input = input;
  }

  /** Adds the whole pass; index inputs that are read again report to {@code errors}. */
  static void add(
      WorkList list, CallMemory memory, BackwardCall call, Recurrence recurrence, Address errors) {
    if (memory.rows() == 0 && call.dParams() != null && !call.accumulate()) {
      clear(list, call.dParams());
    }
    if (memory.batch > 0) {
      InputProjection input = new InputProjection(call.x(), errors);
      new SequenceBackward(list, memory, call, recurrence, input).layers();
    }
  }

  private static void clear(WorkList list, Tensor dParams) {
    int chunk = 1 << 20;
    long count = dParams.shape().elements();
    Address at = Address.of(dParams);
    for (long first = 0; first < count; first += chunk) {
      int width = (int) Math.min(chunk, count - first);
      RowWork.fill(list, Rows.dense(at.plus(first), 1, 1, width), 0);
    }
  }

  private void layers() {
    if (memory.draws()) {
      list.bring(new RunRandom(list, memory.scratch(memory.layout.random)));
    }
    Deque<WorkList.Branch> lagging = new ArrayDeque<>();
    for (int l = spec.layers() - 1; l >= 0; l--) {
      if (lagging.size() > 1) {
        list.join(lagging.remove()); // of layer l + 2, whose gate gradients this one overwrites
      }
      int together = memory.layout.directionsApart;
      for (int d = 0; d < spec.direction().count(); d += together) {
        directions(l, d, together, lagging);
      }
      if (l > 0 && memory.drops()) {
        list.add(new Dropout(list, memory, memory.layerOutputGradient(l - 1), l - 1));
      }
    }
    lagging.forEach(list::join);
  }

  /** The loops of some directions beside each other, then the products over all steps. */
  private void directions(int layer, int first, int count, Deque<WorkList.Branch> lagging) {
    Bindings[] all = new Bindings[count];
    List<WorkList.Branch> branches = new ArrayList<>();
    for (int k = 1; k < count; k++) {
      int lane = memory.layout.laneOf(first + k);
      WorkList.Branch branch = list.fork(lane);
      branches.add(branch);
      CallMemory own = memory.on(lane);
      all[k] =
          new SequenceBackward(branch.list(), own, call, recurrence, input).loop(layer, first + k);
    }
    all[0] = loop(layer, first);
    branches.forEach(list::join);
    if (memory.steps > 0) {
      if (call.dParams() != null) {
        lagging.add(weightGradients(layer, first, all));
      }
      for (int k = 0; k < count; k++) {
        inputGradient(all[k], layer, first + k);
      }
    }
  }

  /** Beside the input gradient and the loop of the layer below. */
  private WorkList.Branch weightGradients(int layer, int first, Bindings[] directions) {
    int lane = memory.layout.gradientLane();
    WorkList.Branch branch = list.fork(lane);
    ParameterGradients gradients = new ParameterGradients(branch.list(), memory.on(lane), call);
    for (int k = 0; k < directions.length; k++) {
      gradients.add(directions[k], layer, first + k);
    }
    return branch;
  }

  private Bindings loop(int layer, int direction) {
    int s = layer * spec.direction().count() + direction;
    Bindings b = memory.bindings(layer, direction);
    gradientBindings(b, memory, layer, direction);
    outputGradient(b, layer, direction);
    StateGradients.bind(b, call, s);
    boolean cell = spec.cell().hasCellState();
    load(call.dhN(), s, b.address("dh"), spec.stateSize());
    if (cell) {
      load(call.dcN(), s, b.address("dc"), spec.hiddenSize());
    }
    if (memory.steps > 0) {
      DropConnect.mask(list, memory, layer, direction);
      new Segments(memory, recurrence, input, layer, direction).backward(list, b);
    }
    store(b.address("dh"), call.dh0(), s, spec.stateSize());
    if (cell) {
      store(b.address("dc"), call.dc0(), s, spec.hiddenSize());
    }
    return b;
  }

  /** Adds the gradients that live in the workspace. */
  static void gradientBindings(Bindings b, CallMemory memory, int layer, int direction) {
    PlanLayout.GateGradients gates = memory.layout.back[layer & 1][direction];
    b.put("dgates", memory.scratch(gates.dGates()));
    b.put("drecurrent", memory.scratch(gates.dRecurrent()));
    b.put("dh_seq", memory.scratch(gates.dhSeq()));
    PlanLayout.Lane lane = memory.lane();
    b.put("dh", memory.scratch(lane.dh())).put("dc", memory.scratch(lane.dc()));
    b.put("dm", memory.scratch(lane.dScratch())).put("ds", memory.scratch(lane.dScratch()));
    if (memory.spec.isLayerNormalised()) {
      NormBindings.putGradients(b, memory, gates.norms());
    }
  }

  /** Where a direction's dy comes from: its part of dy, or of the inner layer's gradient. */
  private void outputGradient(Bindings b, int layer, int direction) {
    boolean top = layer == spec.layers() - 1;
    Rows all =
        top ? (call.dy() == null ? null : Rows.of(call.dy())) : memory.layerOutputGradient(layer);
    Rows dy = all == null ? null : new DirectionMerge(list, memory, layer, direction).gradient(all);
    b.put("has_dy", dy != null);
    b.put("dy", dy == null ? memory.kept : dy.at());
    b.put("dy_step", dy == null ? 0 : dy.outer()).put("dy_row", dy == null ? 0 : dy.row());
  }

  private void load(Tensor src, int state, Address dst, int width) {
    Rows to = Rows.dense(dst, 1, memory.batch, width);
    if (src == null) {
      RowWork.fill(list, to, 0);
    } else {
      RowWork.copy(list, CallMemory.state(src, state), to);
    }
  }

  private void store(Address src, Tensor dst, int state, int width) {
    if (dst != null) {
      RowWork.copy(list, Rows.dense(src, 1, memory.batch, width), CallMemory.state(dst, state));
    }
  }

  /** dx = or += dG_x W for all steps. */
  private void inputGradient(Bindings b, int layer, int direction) {
    if (layer == 0 && call.dx() == null) {
      return;
    }
    Rows dx = layer == 0 ? Rows.of(call.dx()) : memory.layerOutputGradient(layer - 1);
    Rows dGates = Rows.dense(b.address("dgates"), memory.steps, memory.batch, memory.gateRows());
    if (spec.skipsInput(layer)) {
      RowWork.sumBlocks(list, dGates, dx, direction > 0);
    } else {
      Address weight = memory.weight(Kind.WEIGHT_IH, layer, direction);
      RowWork.projectBack(list, dGates, weight, spec.inputSize(layer), dx, direction > 0);
    }
    boolean last = direction == spec.direction().count() - 1;
    if (layer == 0 && last) {
      WorkList ragged = list.another();
      RowWork.zeroPadding(ragged, dx, memory.marks()); // exact zeros whatever W holds
      list.choose(call.usesDeviceLengths() || call.usesDeviceMask(), ragged, list.another());
    }
  }
}
