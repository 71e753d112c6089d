package org.recurrentops.examples.chars;

import org.recurrentops.CellType;
import org.recurrentops.ForwardArgs;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;

/** The states that one window leaves and the next one starts from: the very same tensors. */
final class CarriedState implements AutoCloseable {
  private final RecurrentOps ops;
  private final Tensor h;
  private final Tensor c;

  /** h [L,N,H] and, for the LSTM, c [L,N,H]; zero. */
  CarriedState(RecurrentOps ops, RnnSpec spec, int batch) {
    this.ops = ops;
    h = ops.allocate(spec.stateCount(), batch, spec.stateSize());
    boolean cell = spec.cell() == CellType.LSTM;
    c = cell ? ops.allocate(spec.stateCount(), batch, spec.hiddenSize()) : null;
    reset();
  }

  void reset() {
    ops.math().fill(h, 0);
    if (c != null) {
      ops.math().fill(c, 0);
    }
  }

  ForwardArgs carry(ForwardArgs args) {
    return args.initialState(h, c).finalState(h, c);
  }

  float[] downloadH() {
    return h.toFloats();
  }

  /** Empty for cells without c. */
  float[] downloadC() {
    return c == null ? new float[0] : c.toFloats();
  }

  void upload(float[] hValues, float[] cValues) {
    h.upload(hValues);
    if (c != null) {
      c.upload(cValues);
    }
  }

  @Override
  public void close() {
    h.close();
    if (c != null) {
      c.close();
    }
  }
}
