package org.recurrentops.gpu;

import org.recurrentops.DType;
import org.recurrentops.ParameterSlice;
import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.Tensor;
import org.recurrentops.spi.BackwardCall;

/** Gradients of one direction's weights and biases from its gate gradients of all steps. */
final class ParameterGradients {
  private final WorkList list;
  private final CallMemory memory;
  private final BackwardCall call;
  private final Address dParams;
  private final boolean accumulate;

  ParameterGradients(WorkList list, CallMemory memory, BackwardCall call) {
    this.list = list;
    this.memory = memory;
    this.call = call;
    this.dParams = Address.of(call.dParams());
    this.accumulate = call.accumulate();
  }

  void add(Bindings b, int layer, int direction) {
    if (!memory.spec.skipsInput(layer)) {
      inputWeight(b, layer, direction);
    }
    for (CellProgram.WeightGradient g : memory.layout.program.gradients()) {
      recurrentWeight(g, b, layer, direction);
    }
    if (DropConnect.masks(memory.layout)) {
      Address dst = slice(Kind.WEIGHT_HH, layer, direction);
      DropConnect.gradient(list, memory, layer, direction, dst, accumulate);
    }
    biases(b, layer, direction);
    if (memory.spec.isLayerNormalised()) {
      norms(b, layer, direction);
    }
    if (memory.spec.cellOptions().independent()) {
      ownPast(b, layer, direction);
    }
    if (memory.spec.hasPeepholes()) {
      peepholes(b, layer, direction);
    }
  }

  private Address slice(Kind kind, int layer, int direction) {
    return dParams.plus(memory.slice(kind, layer, direction).offset());
  }

  private Rows dense(Address at, int width) {
    return Rows.dense(at, memory.steps, memory.batch, width);
  }

  private void inputWeight(Bindings b, int layer, int direction) {
    Address dw = slice(Kind.WEIGHT_IH, layer, direction);
    Rows dGates = dense(b.address("dgates"), memory.gateRows());
    int width = memory.spec.inputSize(layer);
    if (layer > 0 && memory.compacts()) {
      Rows below = memory.layerOutput(layer - 1);
      PackedWork.outer(list, memory, dGates, below, dw, width, accumulate);
    } else if (layer > 0) {
      RowWork.outer(list, dGates, memory.layerOutput(layer - 1), dw, width, accumulate);
    } else if (call.x().dtype() == DType.I32) {
      indexWeight(dGates, dw, direction);
    } else {
      denseWeight(dGates, dw, width, direction);
    }
  }

  /** Padded x may hold NaN, which a product would spread; ragged runs read a cleaned copy. */
  private void denseWeight(Rows dGates, Address dw, int width, int direction) {
    Rows x = Rows.of(call.x());
    Rows staged = dense(memory.scratch(memory.layout.inputStage), width);
    if (memory.compacts()) {
      if (direction == 0) {
        PackedWork.pack(list, memory, x, staged.at());
      }
      PackedWork.outer(list, memory, dGates, staged, dw, width, accumulate);
      return;
    }
    WorkList ragged = list.another();
    if (direction == 0) {
      RowWork.copyValid(ragged, x, staged, memory.marks());
    }
    RowWork.outer(ragged, dGates, staged, dw, width, accumulate);
    WorkList full = list.another();
    boolean even = x.leadingDimension() > 0;
    if (!even && direction == 0) {
      RowWork.copy(full, x, staged);
    }
    RowWork.outer(full, dGates, even ? x : staged, dw, width, accumulate);
    list.choose(call.usesDeviceLengths() || call.usesDeviceMask(), ragged, full);
  }

  /** Columns of dW named by an index, each summed over its rows in row order. */
  private void indexWeight(Rows dGates, Address dw, int direction) {
    int columns = memory.spec.inputSize();
    int gates = memory.gateRows();
    if (!accumulate) {
      RowWork.fill(list, Rows.dense(dw, 1, gates, columns), 0);
    }
    IndexChains chains =
        new IndexChains(
            memory.scratch(memory.layout.inputStage), Math.toIntExact(memory.rows()), columns);
    if (direction == 0) {
      Tensor x = call.x();
      chains.build(list, memory, Address.of(x), x.stride(0), x.stride(1));
    }
    chains.sum(list, memory, dGates, dw, columns);
  }

  private void recurrentWeight(CellProgram.WeightGradient g, Bindings b, int layer, int direction) {
    int hidden = memory.spec.hiddenSize();
    boolean recurrent = g.weight() == Kind.WEIGHT_HH;
    ParameterSlice slice = memory.slice(g.weight(), layer, direction);
    int columns = Math.toIntExact(slice.shape().dim(1));
    long firstRow = recurrent ? (long) g.firstGate() * hidden : 0;
    int rows = recurrent ? g.gates() * hidden : memory.spec.projectionSize();
    boolean masked = recurrent && DropConnect.masks(memory.layout);
    Address dst =
        masked
            ? memory.scratch(memory.lane().maskedGradient())
            : slice(g.weight(), layer, direction);
    StepAddress l = memory.operand(g.left(), b, direction).column(firstRow);
    StepAddress r = memory.operand(g.right(), b, direction);
    if (memory.compacts()) {
      Address left = new Address(l.buffer(), l.offset());
      Rows right = beside(new Address(r.buffer(), r.offset()), g.right(), columns, direction);
      Rows dy = new Rows(left, 0, l.leadingDimension(), 1, 1, rows);
      Address to = dst.plus(firstRow * columns);
      PackedWork.outer(list, memory, dy, right, to, columns, accumulate && !masked);
      return;
    }
    list.gemm(
        new GemmShape(
            true,
            false,
            rows,
            columns,
            Math.toIntExact(memory.rows()),
            l.leadingDimension(),
            r.leadingDimension(),
            columns,
            accumulate && !masked),
        new Address(l.buffer(), l.offset()),
        new Address(r.buffer(), r.offset()),
        dst.plus(firstRow * columns));
  }

  /** The right operand, h₋ brought beside the gate gradients. */
  private Rows beside(Address at, Operand operand, int width, int direction) {
    boolean state = operand == Operand.H_BEFORE;
    return dense(state ? beside(at, false, width, direction) : at, width);
  }

  /** States before or after each step, brought beside the gate gradients of the step. */
  private Address beside(Address states, boolean after, int width, int direction) {
    Address to = memory.scratch(memory.lane().besideGates());
    boolean reverse = memory.spec.direction().isReverse(direction);
    PackedWork.packStates(list, memory, states, after, reverse, to, width);
    return to;
  }

  private void biases(Bindings b, int layer, int direction) {
    int biases = memory.spec.bias().count();
    if (biases == 0) {
      return;
    }
    Address partial = memory.scratch(memory.lane().partialSums());
    boolean normalised = memory.spec.isLayerNormalised();
    String inputSide = normalised ? "dargs" : "dgates";
    String recurrentSide = normalised ? "drecurrent_args" : "drecurrent";
    ColumnSum input = sum(dense(b.address(inputSide), memory.gateRows()), partial);
    input.addTo(slice(Kind.BIAS_IH, layer, direction), accumulate);
    if (biases > 1) {
      ColumnSum recurrent =
          memory.layout.program.separateRecurrent()
              ? sum(dense(b.address(recurrentSide), memory.gateRows()), partial)
              : input;
      recurrent.addTo(slice(Kind.BIAS_HH, layer, direction), accumulate);
    }
  }

  /** Gradients of normalised values times x̂, for gains, and alone for what is added to c. */
  private void norms(Bindings b, int layer, int direction) {
    int width = memory.gateRows();
    Rows input = dense(b.address("dargs"), width);
    Rows recurrent = dense(b.address("drecurrent_args"), width);
    Address gain = slice(Kind.LN_GAMMA_IH, layer, direction);
    products(input, dense(b.address("normal_ih"), width), gain);
    products(
        recurrent, dense(b.address("normal_hh"), width), slice(Kind.LN_GAMMA_HH, layer, direction));
    if (memory.spec.cell().hasCellState()) {
      int hidden = memory.spec.hiddenSize();
      Rows cell = dense(b.address("dcell"), hidden);
      products(
          cell, dense(b.address("normal_c"), hidden), slice(Kind.LN_GAMMA_C, layer, direction));
      Address partial = memory.scratch(memory.lane().partialSums());
      sum(cell, partial).addTo(slice(Kind.LN_BETA_C, layer, direction), accumulate);
    }
  }

  /** Gradients of arguments times h₋. */
  private void ownPast(Bindings b, int layer, int direction) {
    int hidden = memory.spec.hiddenSize();
    boolean reverse = memory.spec.direction().isReverse(direction);
    Rows before =
        memory.compacts()
            ? dense(beside(b.address("h_seq"), false, hidden, direction), hidden)
            : dense(b.address("h_seq").plus(reverse ? memory.plane(hidden) : 0), hidden);
    Rows dGates = dense(b.address("dgates"), memory.gateRows());
    products(dGates, before, slice(Kind.WEIGHT_HH, layer, direction));
  }

  /** Gradients of i and f times c₋, that of o times c. */
  private void peepholes(Bindings b, int layer, int direction) {
    int hidden = memory.spec.hiddenSize();
    long plane = memory.plane(hidden);
    boolean reverse = memory.spec.direction().isReverse(direction);
    boolean normalised = memory.spec.isLayerNormalised();
    Rows dGates = dense(b.address(normalised ? "dargs" : "dgates"), memory.gateRows());
    Rows before =
        memory.compacts()
            ? dense(beside(b.address("c_seq"), false, hidden, direction), hidden)
            : dense(b.address("c_seq").plus(reverse ? plane : 0), hidden);
    Address dst = slice(Kind.PEEPHOLES, layer, direction);
    products(dGates.columns(0, hidden), before, dst);
    products(dGates.columns(hidden, hidden), before, dst.plus(hidden));
    boolean fresh = memory.spec.cellOptions().zoneoutCell() > 0; // kept beside the gates
    Address c = b.address("c_fresh");
    Rows after =
        dense(memory.compacts() && !fresh ? beside(c, true, hidden, direction) : c, hidden);
    products(dGates.columns(3 * hidden, hidden), after, dst.plus(2L * hidden));
  }

  private void products(Rows dGates, Rows state, Address dst) {
    Address partial = memory.scratch(memory.lane().partialSums());
    ColumnSum.ofProduct(list, memory, dGates, state, partial).addTo(dst, accumulate);
  }

  private ColumnSum sum(Rows src, Address partial) {
    return ColumnSum.of(list, memory, src, partial);
  }
}
