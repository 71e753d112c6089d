package org.recurrentops.gpu;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.MaskingContract;
import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;
import org.recurrentops.spi.ForwardCall;

/**
 * The forward pass of all layers and directions as a list of work: per direction one product for
 * the input side of ALL steps, then the recurrence, see {@link Segments}. Layers that form a {@link
 * Wave} have a product per chunk instead.
 */
final class SequenceForward {
  private final CallMemory memory;
  private final int direction;
  private final RnnSpec spec;
  private final ForwardCall call;
  private final Recurrence recurrence;
  private final InputProjection input;
  private final WorkList list;

  /** The pass of one direction on its lane. */
  private SequenceForward(
      WorkList list,
      CallMemory memory,
      ForwardCall call,
      Recurrence recurrence,
      InputProjection input,
      int direction) {
    this.list = list;
    this.memory = memory;
    this.direction = direction;
    this.spec = memory.spec;
    this.call = call;
    this.recurrence = recurrence;
    this.input = input;
  }

  /** Adds the whole pass; index inputs report to {@code errors}. */
  static void add(
      WorkList list, CallMemory memory, ForwardCall call, Recurrence recurrence, Address errors) {
    if (memory.batch > 0) {
      InputProjection input = new InputProjection(call.x(), errors);
      new SequenceForward(list, memory, call, recurrence, input, 0).layers();
    }
  }

  private void layers() {
    list.bring(new RunMarks(list, memory, call.deviceLengths(), call.deviceMask()));
    if (memory.compacts()) {
      PackedWork.findPlaces(list, memory);
    }
    if (memory.draws()) {
      list.bring(new RunRandom(list, memory.scratch(memory.layout.random)));
    }
    Roles roles = recurrence.roles();
    int together = roles.isShared() ? roles.layers() : memory.layout.layersApart;
    for (int l = 0; l < spec.layers(); l += together) {
      int last = Math.min(l + together, spec.layers()) - 1;
      if (roles.isShared()) {
        inOneLaunch(l, last);
        drop(last);
        continue;
      }
      Chunks chunks =
          recurrence.splits()
              ? memory.layout.chunks(memory.steps, last - l + 1, memory.layout.program.forward())
              : Chunks.whole(memory.steps);
      if (chunks.count() > 1) {
        wave(l, last, chunks);
        drop(last);
        continue;
      }
      for (int k = l; k <= last; k++) {
        directions(k);
        drop(k);
      }
    }
  }

  /** Applies dropout to what a layer gives the next one. */
  private void drop(int layer) {
    if (layer < spec.layers() - 1 && memory.drops()) {
      Dropout.add(list, memory, memory.layerOutput(layer), layer);
    }
  }

  /** Layers beside each other; each takes its input chunk by chunk. */
  private void wave(int first, int last, Chunks chunks) {
    Rows x = input(first);
    Wave wave = list.wave(last - first + 1, chunks.count());
    for (int l = first; l <= last; l++) {
      int lane = l - first;
      Parts parts = new Parts(wave.lists(lane), chunks);
      SequenceForward own =
          new SequenceForward(parts.first(), memory.on(lane), call, recurrence, input, 0);
      if (l > first && memory.drops()) {
        own.drop(parts, l - 1);
      }
      own.run(l, l == first ? x : memory.layerOutput(l - 1), parts);
    }
  }

  /** Applies dropout to each chunk of what a layer gives, before it is read. */
  private void drop(Parts parts, int layer) {
    for (int k = 0; k < parts.count(); k++) {
      Span span = parts.chunks().span(k, spec.direction().isReverse(direction));
      Dropout.add(parts.list(k), memory.during(span), memory.layerOutput(layer), layer);
    }
  }

  /** The loops of some layers, or of both directions of one, in one launch. */
  private void inOneLaunch(int first, int last) {
    Rows x = input(first);
    List<Loop> loops = new ArrayList<>();
    for (int l = first; l <= last; l++) {
      for (int d = 0; d < spec.direction().count(); d++) {
        CallMemory own = memory.on(l - first + d);
        Bindings b = on(own, d).begin(l);
        if (l < last && !memory.layout.training) {
          outputBindings(b, null, l); // the one above has h; two layers would write into one place
        }
        loops.add(new Loop(own, b, l, d));
      }
    }
    if (memory.steps > 0) {
      new SharedLoops(memory, recurrence, input, loops).forward(list, x);
    }
    for (Loop loop : loops) {
      on(loop.memory(), loop.direction()).end(loop.layer(), loop.bindings());
    }
    merge(last);
  }

  /** The same pass of another direction, with scratch of its own. */
  private SequenceForward on(CallMemory scratch, int otherDirection) {
    return new SequenceForward(list, scratch, call, recurrence, input, otherDirection);
  }

  /** Beside each other where the layout has memory for that. */
  private void directions(int layer) {
    Rows x = input(layer);
    List<WorkList.Branch> branches = new ArrayList<>();
    for (int d = 1; d < spec.direction().count(); d++) {
      int lane = memory.layout.laneOf(d);
      WorkList.Branch branch = list.fork(lane);
      branches.add(branch);
      new SequenceForward(branch.list(), memory.on(lane), call, recurrence, input, d)
          .run(layer, x, Parts.whole(branch.list(), memory.steps));
    }
    run(layer, x, Parts.whole(list, memory.steps));
    branches.forEach(list::join);
    merge(layer);
  }

  /** Makes a layer's output of those of its directions. */
  private void merge(int layer) {
    Rows y = output(layer);
    if (y != null) {
      DirectionMerge.outputs(list, memory, y, memory.compacts() && layer < spec.layers() - 1);
    }
  }

  /** The input of a layer as products read it; null for indices, or without steps. */
  private Rows input(int layer) {
    Rows x = memory.steps == 0 ? null : input.rows(memory, layer);
    if (memory.compacts() && layer == 0 && x != null) {
      Address stage = memory.scratch(memory.layout.inputStage);
      PackedWork.pack(list, memory, x, stage);
      return Rows.dense(stage, memory.steps, memory.batch, x.width());
    }
    if (x == null || x.leadingDimension() >= 0 || !memory.layout.stagesInput) {
      return x;
    }
    Address stage = memory.scratch(memory.layout.inputStage);
    Rows staged = Rows.dense(stage, memory.steps, memory.batch, x.width());
    RowWork.copy(list, x, staged);
    return staged;
  }

  /**
   * One direction of a layer.
   *
   * @param x its input, null for indices
   * @param parts where its loop goes; what precedes it to {@link #list}, which is their first
   */
  private void run(int layer, Rows x, Parts parts) {
    Bindings b = begin(layer);
    if (memory.steps > 0) {
      DropConnect.mask(list, memory, layer, direction);
      Segments loop = new Segments(memory, recurrence, input, layer, direction);
      if (parts.count() > 1) {
        useInputWeight(layer);
        loop.forward(parts, b, x);
      } else {
        loop.forward(list, b, x);
      }
    }
    new SequenceForward(parts.last(), memory, call, recurrence, input, direction).end(layer, b);
  }

  /** What precedes the loop and the input's product; returns what the loop's kernels ask for. */
  private Bindings begin(int layer) {
    int s = layer * spec.direction().count() + direction;
    Bindings b = memory.bindings(layer, direction);
    outputBindings(b, unpacks(layer) ? null : target(layer), layer);
    boolean keepsCells =
        memory.layout.training || call.cSequence() != null || Zoneout.mixesCell(spec);
    long cStep = keepsCells ? memory.plane(spec.hiddenSize()) : 0;
    b.put("c_step", cStep);
    int first = reverse() && !memory.compacts() ? memory.steps : 0;
    Address h = b.address("h_seq").plus(first * memory.plane(spec.stateSize()));
    initial(b, call.h0(), s, h, spec.stateSize());
    if (spec.cell().hasCellState()) {
      initial(b, call.c0(), s, b.address("c_seq").plus(first * cStep), spec.hiddenSize());
    }
    return b;
  }

  /** What follows the loop. */
  private void end(int layer, Bindings b) {
    int s = layer * spec.direction().count() + direction;
    long cStep = ((Number) b.value("c_step")).longValue();
    int last = reverse() || memory.compacts() ? 0 : memory.steps;
    Address h = b.address("h_seq");
    Address c = b.address("c_seq");
    Address hLast = h.plus(last * memory.plane(spec.stateSize()));
    finish(b, hLast, call.h0(), call.hN(), s, spec.stateSize());
    Rows y = target(layer);
    if (unpacks(layer) && y != null) {
      unpack(h, y);
    }
    if (spec.cell().hasCellState()) {
      finish(b, c.plus(last * cStep), call.c0(), call.cN(), s, spec.hiddenSize());
      storeCells(c.plus(reverse() || memory.compacts() ? 0 : cStep), s);
    }
  }

  /** Where a direction's output goes; null where nobody wants it. */
  private Rows target(int layer) {
    Rows all = output(layer);
    return all == null ? null : new DirectionMerge(list, memory, layer, direction).target(all);
  }

  /** Whether outputs come to y after the loop, because y has the caller's order of rows. */
  private boolean unpacks(int layer) {
    return memory.compacts() && layer == spec.layers() - 1;
  }

  /** The product of every chunk reads it. */
  private void useInputWeight(int layer) {
    if (!spec.skipsInput(layer) && !memory.isPacked()) {
      Address weight = memory.weight(Kind.WEIGHT_IH, layer, direction);
      long elements = memory.slice(Kind.WEIGHT_IH, layer, direction).elements();
      list.useWeight(weight, elements, memory.scratch(memory.lane().stageRight()));
    }
  }

  /** Copies c after every step; padding is zero. */
  private void storeCells(Address first, int state) {
    if (call.cSequence() != null && memory.compacts()) {
      int zero = MaskingContract.ZERO_STATE.ordinal();
      Rows all = CallMemory.state(call.cSequence(), state);
      PackedWork.unpackStates(list, memory, first, reverse(), zero, 0, all);
    } else if (call.cSequence() != null && memory.steps > 0) {
      Rows c = Rows.dense(first, memory.steps, memory.batch, spec.hiddenSize());
      RowWork.copyValid(list, c, CallMemory.state(call.cSequence(), state), memory.marks());
    }
  }

  private boolean reverse() {
    return spec.direction().isReverse(direction);
  }

  /** h after every step to a caller's y. */
  private void unpack(Address h, Rows y) {
    int masking = spec.masking().ordinal();
    PackedWork.unpackStates(list, memory, h, reverse(), masking, spec.fillValue(), y);
  }

  /** The output of a layer: y, which may be null, or the input of the next one. */
  private Rows output(int layer) {
    if (layer < spec.layers() - 1) {
      return memory.layerOutput(layer);
    }
    return call.y() == null ? null : Rows.of(call.y());
  }

  /** Whether a state has a place for every step; c may have one for all. */
  private static boolean slots(Bindings b, Address state) {
    boolean cell = b.has("c_seq") && state.equals(b.address("c_seq"));
    return !cell || ((Number) b.value("c_step")).longValue() != 0;
  }

  /** Where a direction's h goes. */
  private void outputBindings(Bindings b, Rows y, int layer) {
    boolean top = layer == spec.layers() - 1;
    b.put("has_y", y != null);
    b.put("y", y == null ? memory.kept : y.at());
    b.put("y_step", y == null ? 0 : y.outer()).put("y_row", y == null ? 0 : y.row());
    // inner padding is an operand of later products, so it is never the caller's fill value
    boolean fills = top && spec.masking() == MaskingContract.FREEZE_FILL;
    b.put("fill", fills ? spec.fillValue() : 0f);
  }

  private void initial(Bindings b, Tensor src, int state, Address dst, int width) {
    Rows rows = src == null ? null : CallMemory.state(src, state);
    if (memory.compacts()) {
      PackedWork.bringStates(list, memory, rows, dst, width, slots(b, dst), reverse());
      return;
    }
    Bindings own =
        new Bindings(b)
            .put("src", rows == null ? memory.kept : rows.at())
            .put("src_row", rows == null ? 0L : rows.row())
            .put("has_src", rows != null)
            .put("dst", dst)
            .put("width", width);
    list.elementwise(Kernels.INITIAL_STATE, own, memory.plane(width));
  }

  private void finish(Bindings b, Address last, Tensor initial, Tensor dst, int state, int width) {
    if (dst == null) {
      return;
    }
    Rows from = initial == null ? null : CallMemory.state(initial, state);
    Rows to = CallMemory.state(dst, state);
    if (memory.compacts()) {
      PackedWork.takeStates(list, memory, last, from, to, slots(b, last), reverse());
      return;
    }
    Bindings own =
        new Bindings(b)
            .put("last", last)
            .put("initial", from == null ? memory.kept : from.at())
            .put("initial_row", from == null ? 0L : from.row())
            .put("has_initial", from != null)
            .put("dst", to.at())
            .put("dst_row", to.row())
            .put("width", width);
    list.elementwise(Kernels.FINAL_STATE, own, memory.plane(width));
  }
}
