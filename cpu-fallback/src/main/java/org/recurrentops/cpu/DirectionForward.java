package org.recurrentops.cpu;

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
  private final Checkpoints checkpoints;
  private final OutputSink sink;
  private final boolean stored;
  private final OutputSink cells;
  private final Rows h0;
  private final boolean startsFromZero;
  private final Rows c0;
  private final Rows hN;
  private final Rows cN;
  private final int chunkSteps;

  DirectionForward(
      PlanShape shape,
      Stage[] stages,
      RowLengths lengths,
      int steps,
      int batch,
      boolean reverse,
      ForwardMemory memory,
      Projection projection,
      Checkpoints checkpoints,
      OutputSink sink,
      OutputSink cells,
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
    this.loop = new TimeLoop(stages, lengths, reverse, shape.wipesPadding());
    this.projection = projection;
    this.checkpoints = checkpoints;
    this.sink = sink;
    this.stored = java.util.Arrays.stream(stages).anyMatch(Stage::storesOutput);
    this.cells = cells;
    this.h0 = h0;
    this.startsFromZero = h0 == null && sink != null; // what is computed again starts anywhere
    this.c0 = c0;
    this.hN = hN;
    this.cN = cN;
    this.chunkSteps = shape.chunkSteps(batch);
  }

  /** One that only computes steps {@link #again}. */
  static DirectionForward again(
      PlanShape shape,
      Stage[] stages,
      RowLengths lengths,
      int steps,
      int batch,
      boolean reverse,
      ForwardMemory memory,
      Projection projection) {
    return new DirectionForward(
        shape,
        stages,
        lengths,
        steps,
        batch,
        reverse,
        memory,
        projection,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  void run(Worker w) {
    w.phase(Phase.COPIES);
    loadStates(w);
    meet(w);
    int chunks = (steps + chunkSteps - 1) / chunkSteps;
    for (int k = 0; k < chunks; k++) {
      int from = (reverse ? chunks - 1 - k : k) * chunkSteps;
      int to = Math.min(steps, from + chunkSteps);
      steps(w, from, to);
      w.phase(Phase.COPIES);
      sink.store(w, memory.hAfter(), from, to, lengths, stored);
      if (cells != null) {
        cells.store(w, memory.cAfter(), from, to, lengths, false);
      }
    }
    storeStates(w);
  }

  /** Computes some steps again, from the state that was kept before them. */
  void again(Worker w, Checkpoints kept, int from, int to) {
    w.phase(Phase.COPIES);
    meet(w);
    kept.restore(w, loop.step(0, from, to));
    meet(w);
    steps(w, from, to);
  }

  private void steps(Worker w, int from, int to) {
    w.phase(Phase.PROJECTION);
    projection.run(w, from, to);
    meet(w);
    for (int i = 0; i < to - from; i++) {
      step(w, loop.step(i, from, to));
    }
    meet(w);
  }

  /** Workers that have rows of their own all the way need nothing of each other. */
  private void meet(Worker w) {
    if (!projection.keepsToOwnRows(w)) {
      w.barrier();
    }
  }

  private void step(Worker w, int t) {
    if (checkpoints != null) {
      w.phase(Phase.COPIES);
      checkpoints.keep(w, t);
    }
    if (startsFromZero && t == (reverse ? steps - 1 : 0)) {
      loop.runFromZero(w, t, memory.hBefore());
    } else {
      loop.run(w, t);
    }
    if (lengths.ragged()) {
      w.phase(Phase.COPIES);
      loop.pad(w, t, memory.hBefore(), memory.hAfter());
      if (memory.cAfter() != null) {
        loop.pad(w, t, memory.cBefore(), memory.cAfter());
      }
      w.endStage();
    }
  }

  private void loadStates(Worker w) {
    int t = reverse ? steps - 1 : 0;
    States.load(w, h0, memory.hBefore(), t, batch);
    if (memory.cBefore() != null) {
      States.load(w, c0, memory.cBefore(), t, batch);
    }
  }

  private void storeStates(Worker w) {
    int t = reverse ? 0 : steps - 1;
    States.store(w, memory.hAfter(), t, batch, hN);
    if (memory.cAfter() != null) {
      States.store(w, memory.cAfter(), t, batch, cN);
    }
  }
}
