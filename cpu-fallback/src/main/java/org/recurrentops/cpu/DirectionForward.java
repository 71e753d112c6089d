package org.recurrentops.cpu;

import org.recurrentops.MaskingContract;

/** Forward of one layer and direction: the batched input projection and the recurrence, in turn. */
final class DirectionForward {
  private final PlanShape shape;
  private final RowLengths lengths;
  private final int steps;
  private final int batch;
  private final boolean reverse;
  private final ForwardMemory memory;
  private final TimeLoop loop;
  private final Projection projection;
  private final OutputSink sink;
  private final Rows h0;
  private final Rows c0;
  private final Rows hN;
  private final Rows cN;
  private final int chunkSteps;
  private final float[] zeros;

  DirectionForward(
      PlanShape shape,
      Cell cell,
      RowLengths lengths,
      int steps,
      int batch,
      boolean reverse,
      ForwardMemory memory,
      Projection projection,
      OutputSink sink,
      Rows h0,
      Rows c0,
      Rows hN,
      Rows cN) {
    this.shape = shape;
    this.lengths = lengths;
    this.steps = steps;
    this.batch = batch;
    this.reverse = reverse;
    this.memory = memory;
    this.loop = new TimeLoop(cell.forward(shape.math, memory), lengths, reverse);
    this.projection = projection;
    this.sink = sink;
    this.h0 = h0;
    this.c0 = c0;
    this.hN = hN;
    this.cN = cN;
    this.chunkSteps = shape.chunkSteps(batch);
    this.zeros = new float[shape.cell.hidden];
  }

  void run(Worker w) {
    loadStates(w);
    w.barrier();
    int chunks = (steps + chunkSteps - 1) / chunkSteps;
    for (int k = 0; k < chunks; k++) {
      int from = (reverse ? chunks - 1 - k : k) * chunkSteps;
      int to = Math.min(steps, from + chunkSteps);
      projection.run(w, from, to);
      w.barrier();
      for (int i = 0; i < to - from; i++) {
        step(w, loop.step(i, from, to));
      }
      w.barrier();
      sink.store(w, memory.hAfter(), from, to, lengths);
    }
    storeStates(w);
  }

  private void step(Worker w, int t) {
    loop.run(w, t);
    if (lengths.ragged()) {
      loop.freeze(w, t, memory.hBefore(), memory.hAfter());
      if (memory.cAfter() != null) {
        loop.freeze(w, t, memory.cBefore(), memory.cAfter());
      }
      w.endStage();
    }
  }

  private void loadStates(Worker w) {
    RowLengths wiped = wipes() && reverse ? lengths : null;
    int t = reverse ? steps - 1 : 0;
    Slab h = memory.hBefore();
    States.load(w, h0, h.data, h.at(t), h.width, batch, wiped);
    if (memory.cBefore() != null) {
      Slab c = memory.cBefore();
      States.load(w, c0, c.data, c.at(t), c.width, batch, wiped);
    }
  }

  private void storeStates(Worker w) {
    RowLengths wiped = wipes() && !reverse ? lengths : null;
    int t = reverse ? 0 : steps - 1;
    Slab h = memory.hAfter();
    States.store(w, h.data, h.at(t), h.width, batch, hN, wiped, zeros);
    if (memory.cAfter() != null) {
      Slab c = memory.cAfter();
      States.store(w, c.data, c.at(t), c.width, batch, cN, wiped, zeros);
    }
  }

  private boolean wipes() {
    return shape.spec.masking() == MaskingContract.ZERO_STATE;
  }
}
