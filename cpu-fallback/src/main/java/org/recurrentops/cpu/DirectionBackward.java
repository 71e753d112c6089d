package org.recurrentops.cpu;

/** The reverse-time recurrence of one layer and direction. */
final class DirectionBackward {
  private final PlanShape shape;
  private final RowLengths lengths;
  private final int steps;
  private final int batch;
  private final boolean reverse;
  private final BackwardMemory memory;
  private final TimeLoop loop;
  private final Recomputation recomputation;
  private final OutputGradient outputGradient;
  private final OutputGradient cellGradient;
  private final HiddenGradientSink hiddenGradient;
  private final Rows dhN;
  private final Rows dcN;
  private final Rows dh0;
  private final Rows dc0;

  DirectionBackward(
      PlanShape shape,
      Stage[] stages,
      RowLengths lengths,
      int steps,
      int batch,
      boolean reverse,
      BackwardMemory memory,
      Recomputation recomputation,
      OutputGradient outputGradient,
      OutputGradient cellGradient,
      HiddenGradientSink hiddenGradient,
      Rows dhN,
      Rows dcN,
      Rows dh0,
      Rows dc0) {
    this.shape = shape;
    this.lengths = lengths;
    this.steps = steps;
    this.batch = batch;
    this.reverse = reverse;
    this.memory = memory;
    this.loop = new TimeLoop(stages, lengths, !reverse, shape.wipesPadding());
    this.recomputation = recomputation;
    this.outputGradient = outputGradient;
    this.cellGradient = cellGradient;
    this.hiddenGradient = hiddenGradient;
    this.dhN = dhN;
    this.dcN = dcN;
    this.dh0 = dh0;
    this.dc0 = dc0;
  }

  void run(Worker w) {
    w.phase(Phase.COPIES);
    loadGradients(w);
    w.endStage();
    for (int k = 0; k < steps; k++) {
      step(w, loop.step(k, 0, steps));
    }
    w.endStage();
    w.phase(Phase.COPIES);
    storeGradients(w);
  }

  private void step(Worker w, int t) {
    if (recomputation != null) {
      recomputation.before(w, t);
    }
    w.phase(Phase.COPIES);
    outputGradient.add(w, t, memory.dhAfter(), lengths);
    if (hiddenGradient != null) {
      hiddenGradient.store(w, t, memory.dhAfter(), lengths);
    }
    if (cellGradient != null) {
      cellGradient.add(w, t, memory.dcAfter(), lengths);
    }
    if (!loop.beginsWithOwnUnits()) {
      w.endStage();
    }
    if (dh0 == null && t == (reverse ? steps - 1 : 0)) {
      loop.runLast(w, t, memory.dhBefore());
    } else {
      loop.run(w, t);
    }
    if (lengths.ragged()) {
      w.phase(Phase.COPIES);
      loop.clear(w, t, memory.dGates());
      if (memory.dSecond() != null) {
        loop.clear(w, t, memory.dSecond());
      }
      loop.pad(w, t, memory.dhAfter(), memory.dhBefore());
      if (memory.dcAfter() != null) {
        loop.pad(w, t, memory.dcAfter(), memory.dcBefore());
      }
      w.endStage();
    }
  }

  private void loadGradients(Worker w) {
    int t = reverse ? 0 : steps - 1;
    States.load(w, dhN, memory.dhAfter(), t, batch);
    if (memory.dcAfter() != null) {
      States.load(w, dcN, memory.dcAfter(), t, batch);
    }
  }

  private void storeGradients(Worker w) {
    int t = reverse ? steps - 1 : 0;
    States.store(w, memory.dhBefore(), t, batch, dh0);
    if (memory.dcBefore() != null) {
      States.store(w, memory.dcBefore(), t, batch, dc0);
    }
  }
}
