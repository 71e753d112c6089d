package org.recurrentops;

import java.util.ArrayList;
import java.util.List;

/**
 * The states of a session, h [L,N,·] and, for an LSTM, c [L,N,H], in the first N of the plan's
 * largest number of rows. Their tensors stay the same, so calls bound to them stay valid.
 */
final class SessionRows implements AutoCloseable {
  private final ExecutionQueue queue;
  private final DeviceMath math;
  private final int layers;
  private final int max;
  private final List<Tensor> owned = new ArrayList<>();
  private final Tensor h;
  private final Tensor c;
  private final Tensor spare;
  private final Tensor from;

  SessionRows(RecurrentPlan plan) {
    RnnSpec spec = plan.spec();
    RecurrentOps ops = plan.ops();
    queue = plan.queue();
    math = ops.math(queue);
    layers = spec.stateCount();
    max = plan.options().maxBatch();
    boolean cell = spec.cell().hasCellState();
    int widest = cell ? Math.max(spec.stateSize(), spec.hiddenSize()) : spec.stateSize();
    try {
      h = own(ops.allocate(layers, max, spec.stateSize()));
      c = cell ? own(ops.allocate(layers, max, spec.hiddenSize())) : null;
      spare = own(ops.allocate((long) max * widest));
      from = own(ops.allocate(DType.I32, max));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private Tensor own(Tensor t) {
    owned.add(t);
    return t;
  }

  /** [L,N,·] of the first n rows. */
  Tensor h(int n) {
    return h.slice(1, 0, n);
  }

  /** [L,N,H] of the first n rows, or null. */
  Tensor c(int n) {
    return c == null ? null : c.slice(1, 0, n);
  }

  void zero(int first, int end) {
    math.fill(h.slice(1, first, end), 0);
    if (c != null) {
      math.fill(c.slice(1, first, end), 0);
    }
  }

  void gather(int n, int[] rows) {
    if (rows.length == 0) {
      return;
    }
    Tensor index = from.slice(0, 0, rows.length);
    index.upload(queue, rows);
    gather(h(n), h(rows.length), index);
    if (c != null) {
      gather(c(n), c(rows.length), index);
    }
  }

  private void gather(Tensor table, Tensor result, Tensor index) {
    long count = index.dim(0);
    long width = table.dim(2);
    Tensor copy = spare.slice(0, 0, count * width).reshape(count, width);
    for (int l = 0; l < layers; l++) {
      math.embedding(index, table.select(l), copy);
      math.copy(copy, result.select(l));
    }
  }

  void copyOut(int n, Tensor toH, Tensor toC) {
    if (toC != null) {
      requireCell("exportState");
      require("exportState: c", toC, c(n));
    }
    if (toH != null) {
      require("exportState: h", toH, h(n));
      math.copy(h(n), toH);
    }
    if (toC != null) {
      math.copy(c(n), toC);
    }
  }

  int copyIn(Tensor fromH, Tensor fromC) {
    if (fromH == null || fromH.rank() != 3 || fromH.dim(1) > max) {
      throw new IllegalArgumentException(
          "importState: h: expected ["
              + layers
              + ", N≤"
              + max
              + ", "
              + h.dim(2)
              + "], got "
              + fromH);
    }
    int n = (int) fromH.dim(1);
    require("importState: h", fromH, h(n));
    if (fromC != null) {
      requireCell("importState");
      require("importState: c", fromC, c(n));
    } else if (c != null) {
      throw new IllegalArgumentException(
          "importState: c: expected " + c(n).shape() + " for an LSTM, got null");
    }
    math.copy(fromH, h(n));
    if (fromC != null) {
      math.copy(fromC, c(n));
    }
    return n;
  }

  private void requireCell(String call) {
    if (c == null) {
      throw new IllegalArgumentException(
          call + ": c: expected null, this cell has no cell state, got a tensor");
    }
  }

  private static void require(String name, Tensor got, Tensor expected) {
    if (!got.shape().equals(expected.shape())) {
      throw new IllegalArgumentException(
          name + ": expected " + expected.shape() + ", got " + got.shape());
    }
  }

  @Override
  public void close() {
    owned.forEach(Tensor::close);
  }
}
