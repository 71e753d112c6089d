package org.recurrentops;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.spi.BackwardCall;
import org.recurrentops.spi.ForwardCall;

/** Validates the arguments of one plan call before anything is touched, and resolves them. */
final class Checks {
  private record Named(String name, Tensor tensor) {}

  private final RecurrentPlan plan;
  private final RnnSpec spec;
  private final List<Named> inputs = new ArrayList<>();
  private final List<Named> outputs = new ArrayList<>();

  Checks(RecurrentPlan plan) {
    this.plan = plan;
    this.spec = plan.spec();
  }

  ForwardCall forward(ForwardArgs a, Reserve reserve, Tensor workspace) {
    Tensor packed = null;
    if (a.packed != null) {
      packed = packed(a.packed);
      unmasked();
    } else {
      parameters("params", a.params);
    }
    reserve(reserve);
    Tensor x = input("x", a.x);
    int t = (int) x.dim(0);
    int n = (int) x.dim(1);
    Tensor y = output("y", sequence("y", a.y, t, n, spec.outputSize()));
    Tensor h0 = in("h0", state("h0", a.h0, n, spec.stateSize()));
    Tensor c0 = in("c0", cellState("c0", a.c0, n));
    Tensor hN = output("hN", state("hN", a.hN, n, spec.stateSize()));
    Tensor cN = output("cN", cellState("cN", a.cN, n));
    PaddingChecks.lengths(a.lengths, t, n);
    if (a.deviceLengths != null) {
      shaped("lengths", a.deviceLengths, DType.I32, "[N=" + n + "]", n);
      in("lengths", a.deviceLengths);
    }
    PaddingChecks.alone(a);
    Tensor mask = mask(a.deviceMask, t, n);
    Tensor cSequence = output("cSequence", cellSequence("cSequence", a.cSequence, t, n));
    overlaps();
    Tensor memory = reserve == null ? null : reserve.memory();
    return new ForwardCall(
        t,
        n,
        a.params,
        packed,
        x,
        h0,
        c0,
        y,
        hN,
        cN,
        cSequence,
        a.deviceLengths,
        mask,
        workspace,
        memory);
  }

  BackwardCall backward(BackwardArgs a, Reserve reserve, Tensor workspace) {
    if (!plan.options().isTraining()) {
      throw new IllegalStateException(
          "backward: "
              + plan.label()
              + " was made by PlanOptions.inference; use PlanOptions.training");
    }
    if (reserve == null) {
      throw new IllegalArgumentException("reserve: expected the one that forward filled, got null");
    }
    reserve(reserve);
    if (!reserve.isFilled()) {
      throw new IllegalStateException(
          "reserve: expected one filled by forward, got an unfilled one; call forward first");
    }
    parameters("params", a.params);
    Tensor x = input("x", a.x);
    int t = reserve.steps();
    int n = reserve.batch();
    boolean index = x.dtype() == DType.I32;
    if (x.dim(0) != t || x.dim(1) != n || index != reserve.indexInput()) {
      throw new IllegalArgumentException(
          "x: expected the forward call's T="
              + t
              + ", N="
              + n
              + (reserve.indexInput() ? " indices" : "")
              + ", got "
              + x
              + "; hand backward the very x of forward");
    }
    Tensor dy = in("dy", sequence("dy", a.dy, t, n, spec.outputSize()));
    Tensor dhN = in("dhN", state("dhN", a.dhN, n, spec.stateSize()));
    Tensor dcN = in("dcN", cellState("dcN", a.dcN, n));
    Tensor dcSequence = in("dcSequence", cellSequence("dcSequence", a.dcSequence, t, n));
    if (index && a.dx != null) {
      throw new IllegalArgumentException("dx: expected null for index input, got " + a.dx);
    }
    Tensor dx = output("dx", sequence("dx", a.dx, t, n, spec.inputSize()));
    if (a.dParams != null) {
      parameterShape("dParams", a.dParams);
      output("dParams", a.dParams);
    }
    Tensor dh0 = output("dh0", state("dh0", a.dh0, n, spec.stateSize()));
    Tensor dc0 = output("dc0", cellState("dc0", a.dc0, n));
    Tensor dhSequence =
        output("dhSequence", stateSequence("dhSequence", a.dhSequence, t, n, spec.stateSize()));
    overlaps();
    return new BackwardCall(
        t,
        n,
        a.params,
        x,
        dy,
        dhN,
        dcN,
        dcSequence,
        dx,
        a.dParams,
        dh0,
        dc0,
        dhSequence,
        a.mode == GradientMode.ACCUMULATE,
        reserve.deviceLengths(),
        reserve.deviceMask(),
        workspace,
        reserve.memory());
  }

  /** Every tensor of the call, for the check at each run that none has been closed since. */
  Tensor[] tensors() {
    List<Tensor> all = new ArrayList<>();
    inputs.forEach(i -> all.add(i.tensor()));
    outputs.forEach(o -> all.add(o.tensor()));
    return all.toArray(new Tensor[0]);
  }

  void parameters(String name, Tensor p) {
    if (p == null) {
      throw new IllegalArgumentException(
          name + ": expected " + plan.parameterLayout().shape() + " for " + label() + ", got null");
    }
    parameterShape(name, p);
    in(name, p);
  }

  private void parameterShape(String name, Tensor p) {
    long count = plan.parameterLayout().elements();
    shaped(name, p, plan.options().parameterType(), "[" + count + "]", count);
  }

  /** Packed weights cannot have the mask of a call. */
  private void unmasked() {
    if (plan.options().isTraining() && spec.cellOptions().dropConnect() > 0) {
      throw new IllegalArgumentException(
          "weights: expected params for training "
              + label()
              + ", whose recurrent weights are masked by the call's seed, got packed weights");
    }
  }

  Tensor packed(PackedWeights w) {
    if (w.plan() != plan) {
      throw new IllegalStateException(
          "weights: expected some packed by "
              + label()
              + ", got some packed by another plan, "
              + w.plan().label());
    }
    return in("weights", w.memory());
  }

  private void reserve(Reserve r) {
    boolean training = plan.options().isTraining();
    if (training && r == null) {
      throw new IllegalArgumentException(
          "reserve: expected one of "
              + label()
              + ", got null; call newReserve(), or plan with PlanOptions.inference");
    }
    if (!training && r != null) {
      throw new IllegalArgumentException(
          "reserve: expected null for inference plan " + label() + ", got one");
    }
    if (r == null) {
      return;
    }
    if (r.plan() != plan) {
      throw new IllegalStateException(
          "reserve: expected one of "
              + label()
              + ", got one of another plan, "
              + r.plan().label()
              + "; call newReserve() on this plan");
    }
    in("reserve", r.memory());
  }

  private Tensor input(String name, Tensor given) {
    boolean index = given != null && given.dtype() == DType.I32;
    boolean batchMajor = plan.options().layout() == SequenceLayout.BATCH_MAJOR;
    if (given == null || given.rank() != (index ? 2 : 3)) {
      throw wrongInput(name, given, batchMajor);
    }
    if (index && spec.skipsInput(0)) {
      throw new IllegalArgumentException(
          name
              + ": expected values [T, N, C] for "
              + label()
              + ", which has no weight_ih to take rows of, got indices "
              + given);
    }
    common(name, given, index ? DType.I32 : plan.options().ioType());
    Tensor x = timeMajor(given);
    if (x.dim(0) > plan.options().maxSteps()
        || x.dim(1) > plan.options().maxBatch()
        || !index && x.dim(2) != spec.inputSize()) {
      throw wrongInput(name, given, batchMajor);
    }
    return in(name, x);
  }

  private IllegalArgumentException wrongInput(String name, Tensor got, boolean batchMajor) {
    String t = "T≤" + plan.options().maxSteps();
    String n = "N≤" + plan.options().maxBatch();
    return new IllegalArgumentException(
        name
            + ": expected ["
            + (batchMajor ? n + ", " + t : t + ", " + n)
            + ", C="
            + spec.inputSize()
            + "], or I32 indices without the last axis, for "
            + label()
            + ", got "
            + got
            + (batchMajor ? "; batch is the first axis" : "; time is the first axis"));
  }

  private Tensor timeMajor(Tensor t) {
    return plan.options().layout() == SequenceLayout.BATCH_MAJOR ? t.transpose(0, 1) : t;
  }

  private Tensor sequence(String name, Tensor t, int steps, int batch, int width) {
    if (t == null) {
      return null;
    }
    boolean batchMajor = plan.options().layout() == SequenceLayout.BATCH_MAJOR;
    String expected =
        batchMajor
            ? "[N=" + batch + ", T=" + steps + ", " + width + "]"
            : "[T=" + steps + ", N=" + batch + ", " + width + "]";
    shaped(
        name,
        t,
        plan.options().ioType(),
        expected,
        batchMajor ? batch : steps,
        batchMajor ? steps : batch,
        width);
    return timeMajor(t);
  }

  /** [L·D,T,N,width], whatever the layout of the given one. */
  private Tensor stateSequence(String name, Tensor s, int steps, int batch, int width) {
    if (s == null) {
      return null;
    }
    boolean batchMajor = plan.options().layout() == SequenceLayout.BATCH_MAJOR;
    String t = "T=" + steps;
    String n = "N=" + batch;
    String expected =
        "[L·D=" + spec.stateCount() + ", " + (batchMajor ? n + ", " + t : t + ", " + n) + ", ";
    shaped(
        name,
        s,
        plan.options().ioType(),
        expected + width + "]",
        spec.stateCount(),
        batchMajor ? batch : steps,
        batchMajor ? steps : batch,
        width);
    return batchMajor ? s.transpose(1, 2) : s;
  }

  private Tensor cellSequence(String name, Tensor s, int steps, int batch) {
    refuseCell(name, s);
    return stateSequence(name, s, steps, batch, spec.hiddenSize());
  }

  private Tensor mask(Tensor m, int steps, int batch) {
    if (m == null) {
      return null;
    }
    boolean batchMajor = plan.options().layout() == SequenceLayout.BATCH_MAJOR;
    String expected =
        batchMajor ? "[N=" + batch + ", T=" + steps + "]" : "[T=" + steps + ", N=" + batch + "]";
    shaped("mask", m, DType.U8, expected, batchMajor ? batch : steps, batchMajor ? steps : batch);
    return in("mask", timeMajor(m));
  }

  private Tensor state(String name, Tensor t, int batch, int width) {
    if (t != null) {
      String expected = "[L·D=" + spec.stateCount() + ", N=" + batch + ", " + width + "]";
      shaped(name, t, plan.options().ioType(), expected, spec.stateCount(), batch, width);
    }
    return t;
  }

  private void refuseCell(String name, Tensor t) {
    if (t != null && !spec.cell().hasCellState()) {
      throw new IllegalArgumentException(
          name + ": expected null, a " + spec.cell().label() + " has no cell state, got " + t);
    }
  }

  private Tensor cellState(String name, Tensor t, int batch) {
    refuseCell(name, t);
    return state(name, t, batch, spec.hiddenSize());
  }

  private void shaped(String name, Tensor t, DType type, String expected, long... dims) {
    common(name, t, type);
    if (!t.shape().equals(Shape.of(dims))) {
      throw new IllegalArgumentException(
          name + ": expected " + expected + " for " + label() + ", got " + t.shape());
    }
  }

  private void common(String name, Tensor t, DType type) {
    if (t.ops() != plan.ops()) {
      throw new IllegalArgumentException(
          name
              + ": expected a tensor of this "
              + plan.ops().device().id()
              + " ops, got one of another "
              + t.ops().device().id()
              + " ops; allocate it there or download and upload");
    }
    t.requireOpen(name);
    if (t.dtype() != type) {
      throw new IllegalArgumentException(
          name + ": expected " + type + " for " + label() + ", got " + t);
    }
    if (t.rank() > 0 && t.stride(t.rank() - 1) != 1 && t.dim(-1) > 1) {
      throw new IllegalArgumentException(
          name + ": expected stride 1 on the last axis, got " + t + "; copy it first");
    }
  }

  private Tensor in(String name, Tensor t) {
    if (t != null) {
      inputs.add(new Named(name, t));
    }
    return t;
  }

  private Tensor output(String name, Tensor t) {
    if (t != null) {
      outputs.add(new Named(name, t));
    }
    return t;
  }

  private void overlaps() {
    for (int i = 0; i < outputs.size(); i++) {
      Named o = outputs.get(i);
      for (Named other : inputs) {
        boolean carried =
            (o.name().equals("hN") && other.name().equals("h0")
                    || o.name().equals("cN") && other.name().equals("c0"))
                && Overlap.same(o.tensor(), other.tensor());
        if (!carried) {
          refuseOverlap(o, other);
        }
      }
      for (Named other : outputs.subList(0, i)) {
        refuseOverlap(o, other);
      }
    }
  }

  private void refuseOverlap(Named output, Named other) {
    if (Overlap.overlaps(output.tensor(), other.tensor())) {
      throw new IllegalArgumentException(
          output.name()
              + ": expected memory of its own, got some that overlaps "
              + other.name()
              + " in "
              + label()
              + "; only hN may be h0 and cN may be c0");
    }
  }

  private String label() {
    return plan.label();
  }
}
