package org.recurrentops.gpu;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.recurrentops.MaskingContract;
import org.recurrentops.MergeMode;
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
  private final Deque<Lagging> lagging;
  private final InputGradient inputs;

  /** Weight gradients on their way. */
  private record Lagging(int layer, WorkList.Branch work) {}

  private SequenceBackward(
      WorkList list,
      CallMemory memory,
      BackwardCall call,
      Recurrence recurrence,
      InputProjection input,
      Deque<Lagging> lagging) {
    this.list = list;
    this.lagging = lagging;
    this.inputs = new InputGradient(memory, call);
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
      new SequenceBackward(list, memory, call, recurrence, input, new ArrayDeque<>()).layers();
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
    if (memory.compacts()) {
      PackedWork.findPlaces(list, memory);
      if (call.dy() != null) {
        Address top = memory.layerOutputGradient(spec.layers() - 1).at();
        PackedWork.pack(list, memory, Rows.of(call.dy()), top);
      }
    }
    Roles roles = StateGradients.any(call) ? Roles.APART : recurrence.roles();
    int together = roles.isShared() ? roles.layers() : memory.layout.layersApart;
    for (int first = (spec.layers() - 1) / together * together; first >= 0; first -= together) {
      int last = Math.min(first + together, spec.layers()) - 1;
      if (roles.isShared()) {
        inOneLaunch(first, last);
        drop(first);
        continue;
      }
      Chunks chunks =
          recurrence.splits()
              ? memory.layout.chunks(
                  memory.steps, last - first + 1, memory.layout.program.backward())
              : Chunks.whole(memory.steps);
      if (chunks.count() > 1) {
        wave(first, last, chunks);
        continue;
      }
      for (int l = last; l >= first; l--) {
        layer(l);
      }
    }
    lagging.forEach(branch -> list.join(branch.work()));
  }

  /** All directions, then the gradient of what the layer below gave. */
  private void layer(int layer) {
    awaitGradients(layer);
    int together = memory.layout.directionsApart;
    for (int d = 0; d < spec.direction().count(); d += together) {
      directions(layer, d, together);
    }
    drop(layer);
  }

  /** Applies the dropout of forward to the gradient of the output of the layer below. */
  private void drop(int layer) {
    if (layer > 0 && memory.drops()) {
      Dropout.add(list, memory, memory.layerOutputGradient(layer - 1), layer - 1);
    }
  }

  /** Waits for the weight gradients of layers whose gate gradients a layer overwrites. */
  private void awaitGradients(int lowest) {
    int alive = memory.layout.back.length;
    while (!lagging.isEmpty() && lagging.peek().layer() >= lowest + alive) {
      list.join(lagging.remove().work());
    }
  }

  /** Layers beside each other from the last one down, which alone finds its dy complete. */
  private void wave(int first, int last, Chunks chunks) {
    awaitGradients(first);
    Wave wave = list.wave(last - first + 1, chunks.count());
    Bindings above = null;
    for (int l = last; l >= first; l--) {
      int lane = last - l;
      Parts parts = new Parts(wave.lists(lane), chunks);
      SequenceBackward own = on(parts.first(), memory.on(lane));
      if (above != null) {
        own.chunks(above, l, parts);
      }
      above = own.loop(l, 0, parts);
      if (call.dParams() != null) {
        on(parts.last(), memory).weightGradients(l, 0, above);
      }
    }
    inputs.add(list, above, first, 0);
    drop(first);
  }

  /** The same pass on another list and its scratch. */
  private SequenceBackward on(WorkList other, CallMemory scratch) {
    return new SequenceBackward(other, scratch, call, recurrence, input, lagging);
  }

  /** The gradient of a layer's output, chunk by chunk from the gate gradients of the one above. */
  private void chunks(Bindings above, int layer, Parts parts) {
    if (!spec.skipsInput(layer + 1)) {
      Address weight = memory.weight(Kind.WEIGHT_IH, layer + 1, 0);
      long elements = memory.slice(Kind.WEIGHT_IH, layer + 1, 0).elements();
      list.useWeight(weight, elements, memory.scratch(memory.lane().stageRight()));
    }
    Rows dy = memory.layerOutputGradient(layer);
    Rows dGates = InputGradient.gates(memory, above);
    for (int k = 0; k < parts.count(); k++) {
      WorkList to = parts.list(k);
      Span span = parts.chunks().span(k, !spec.direction().isReverse(0));
      CallMemory during = memory.during(span);
      inputs.through(to, during, layer + 1, 0, dGates, dy);
      if (memory.drops()) {
        Dropout.add(to, during, dy, layer);
      }
    }
  }

  /** The loops of some layers, or of both directions of one, in one launch; then the products. */
  private void inOneLaunch(int first, int last) {
    int directions = spec.direction().count();
    List<Loop> loops = new ArrayList<>();
    for (int l = first; l <= last; l++) {
      for (int d = 0; d < directions; d++) {
        CallMemory own = memory.on(l - first + d);
        loops.add(new Loop(own, on(list, own).begin(l, d), l, d));
      }
    }
    if (memory.steps > 0) {
      new SharedLoops(memory, recurrence, input, loops).backward(list);
    }
    for (Loop loop : loops) {
      on(list, loop.memory()).end(loop.bindings(), loop.layer(), loop.direction());
    }
    for (Loop loop : memory.steps > 0 ? loops : List.<Loop>of()) {
      if (call.dParams() != null) {
        weightGradients(loop.layer(), loop.direction(), loop.bindings());
      }
      if (loop.layer() == first) {
        inputs.add(list, loop.bindings(), first, loop.direction());
      }
    }
  }

  /** The loops of some directions beside each other, then the products over all steps. */
  private void directions(int layer, int first, int count) {
    Bindings[] all = new Bindings[count];
    List<WorkList.Branch> branches = new ArrayList<>();
    for (int k = 1; k < count; k++) {
      int lane = memory.layout.laneOf(first + k);
      WorkList.Branch branch = list.fork(lane);
      branches.add(branch);
      Parts whole = Parts.whole(branch.list(), memory.steps);
      all[k] = on(branch.list(), memory.on(lane)).loop(layer, first + k, whole);
    }
    all[0] = loop(layer, first, Parts.whole(list, memory.steps));
    branches.forEach(list::join);
    if (memory.steps > 0) {
      if (call.dParams() != null) {
        weightGradients(layer, first, all);
      }
      for (int k = 0; k < count; k++) {
        inputs.add(list, all[k], layer, first + k);
      }
    }
  }

  /** Beside the input gradient and the loop of the layer below. */
  private void weightGradients(int layer, int first, Bindings... directions) {
    int lane = memory.layout.gradientLane();
    WorkList.Branch branch = list.fork(lane);
    ParameterGradients gradients = new ParameterGradients(branch.list(), memory.on(lane), call);
    for (int k = 0; k < directions.length; k++) {
      gradients.add(directions[k], layer, first + k);
    }
    lagging.add(new Lagging(layer, branch));
  }

  /** What precedes the loop goes to {@link #list}, the first of its parts. */
  private Bindings loop(int layer, int direction, Parts parts) {
    Bindings b = begin(layer, direction);
    if (memory.steps > 0) {
      DropConnect.mask(list, memory, layer, direction);
      Segments segments = new Segments(memory, recurrence, input, layer, direction);
      if (parts.count() > 1) {
        segments.backward(parts, b);
      } else {
        segments.backward(list, b);
      }
    }
    on(parts.last(), memory).end(b, layer, direction);
    return b;
  }

  /** What precedes the loop; returns what its kernels ask for. */
  private Bindings begin(int layer, int direction) {
    int s = layer * spec.direction().count() + direction;
    Bindings b = memory.bindings(layer, direction);
    gradientBindings(b, memory, layer, direction);
    outputGradient(b, layer, direction);
    StateGradients.bind(b, call, s);
    boolean reverse = spec.direction().isReverse(direction);
    load(call.dhN(), s, b.address("dh"), spec.stateSize(), reverse);
    if (spec.cell().hasCellState()) {
      load(call.dcN(), s, b.address("dc"), spec.hiddenSize(), reverse);
    }
    if (memory.compacts()) {
      carry(layer, direction, b.address("dh"));
      clearPadding(b);
    }
    return b;
  }

  /** What follows the loop. */
  private void end(Bindings b, int layer, int direction) {
    int s = layer * spec.direction().count() + direction;
    boolean reverse = spec.direction().isReverse(direction);
    store(b.address("dh"), call.dhN(), call.dh0(), s, spec.stateSize(), reverse);
    if (spec.cell().hasCellState()) {
      store(b.address("dc"), call.dcN(), call.dc0(), s, spec.hiddenSize(), reverse);
    }
  }

  /** Adds the gradients that live in the workspace. */
  static void gradientBindings(Bindings b, CallMemory memory, int layer, int direction) {
    PlanLayout.GateGradients gates =
        memory.layout.back[layer % memory.layout.back.length][direction];
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
    Rows all = memory.layerOutputGradient(layer);
    if (top && (call.dy() == null || !memory.compacts())) {
      all = call.dy() == null ? null : Rows.of(call.dy());
    }
    if (all != null && direction == 0 && DirectionMerge.computesOther(memory.layout)) {
      computeAgain(layer, 1);
    }
    Rows dy = all == null ? null : new DirectionMerge(list, memory, layer, direction).gradient(all);
    b.put("has_dy", dy != null);
    b.put("dy", dy == null ? memory.kept : dy.at());
    b.put("dy_step", dy == null ? 0 : dy.outer()).put("dy_row", dy == null ? 0 : dy.row());
  }

  /** Adds the steps of a direction again, which leave its h where the merge finds it. */
  private void computeAgain(int layer, int direction) {
    if (memory.steps > 0) {
      DropConnect.mask(list, memory, layer, direction);
      new Segments(memory, recurrence, input, layer, direction)
          .again(list, memory.bindings(layer, direction));
    }
  }

  /** dy of padding where it repeats the last output: of the top layer, forward in time. */
  private void carry(int layer, int direction, Address dh) {
    boolean top = layer == spec.layers() - 1;
    boolean repeats =
        spec.masking() == MaskingContract.CARRY && !spec.direction().isReverse(direction);
    if (top && repeats && call.dy() != null) {
      boolean merges = spec.merge() != MergeMode.CONCAT;
      Rows dy = Rows.of(call.dy());
      Rows own = merges ? dy : dy.columns(direction * spec.stateSize(), spec.stateSize());
      float share = spec.merge() == MergeMode.AVERAGE ? 0.5f : 1;
      PackedWork.carryGradient(list, memory, own, share, dh);
    }
  }

  /** No step comes to the padding of a gradient that the caller asked for. */
  private void clearPadding(Bindings b) {
    if (b.has("total")) {
      long step = ((Number) b.value("total_step")).longValue();
      long row = ((Number) b.value("total_row")).longValue();
      Rows total =
          new Rows(b.address("total"), step, row, memory.batch, memory.rows(), spec.stateSize());
      RowWork.zeroPadding(list, total, memory.marks());
    }
  }

  private void load(Tensor src, int state, Address dst, int width, boolean reverse) {
    if (memory.compacts()) {
      Rows from = src == null ? null : CallMemory.state(src, state);
      PackedWork.bringStates(list, memory, from, dst, width, false, !reverse);
      return;
    }
    Rows to = Rows.dense(dst, 1, memory.batch, width);
    if (src == null) {
      RowWork.fill(list, to, 0);
    } else {
      RowWork.copy(list, CallMemory.state(src, state), to);
    }
  }

  private void store(Address src, Tensor last, Tensor dst, int state, int width, boolean reverse) {
    if (dst != null && memory.compacts()) {
      Rows kept = last == null ? null : CallMemory.state(last, state);
      Rows to = CallMemory.state(dst, state);
      PackedWork.takeStates(list, memory, src, kept, to, false, !reverse);
    } else if (dst != null) {
      RowWork.copy(list, Rows.dense(src, 1, memory.batch, width), CallMemory.state(dst, state));
    }
  }
}
