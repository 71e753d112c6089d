package org.recurrentops.cpu;

/**
 * Computes the steps of one layer and direction again for backward, a segment at a time, from the
 * states that forward kept. Gates have places for a segment; states and what the cell saves have
 * them for all steps, since the gradients of the weights read them at the end.
 */
final class Recomputation {
  private final InputSources inputs;
  private final ParameterRows parameters;
  private final ForwardWeights weights;
  private final Checkpoints checkpoints;
  private final JoinedInput joined;
  private final DirectionForward forward;
  final Slab gates;
  final Slab saved;
  final Slab h;
  final Slab c;
  final Slab freshH;
  final Slab freshC;

  /**
   * Of one layer and direction.
   *
   * @param s l·D + d
   * @param workAt first element of the plan's workspace
   * @param kept the reserve
   * @param keptAt its first element
   */
  Recomputation(
      PlanLayout layout,
      int s,
      int steps,
      InputSources inputs,
      ParameterRows parameters,
      ZoneoutStages zoneout,
      int workAt,
      float[] kept,
      int keptAt) {
    this.inputs = inputs;
    this.parameters = parameters;
    PlanShape shape = inputs.shape();
    Cell cell = shape.cell;
    int batch = inputs.batch();
    float[] work = inputs.work();
    int layer = s / shape.directions;
    int d = s % shape.directions;
    boolean reverse = shape.spec.direction().isReverse(d);
    weights = new ForwardWeights(shape, layer, work, workAt + (int) layout.forwardWeightsAgain);
    int segment = shape.segmentSteps();
    gates = new Slab(work, workAt + (int) layout.gatesAgain, batch, cell.gateRows, segment);
    boolean saves = cell.savedWidth() > 0;
    int savedAt = workAt + (int) layout.savedAgain;
    saved = saves ? new Slab(work, savedAt, batch, cell.savedWidth(), steps + 1) : null;
    h = new Slab(work, workAt + (int) layout.hAgain[d], batch, cell.state, steps + 1);
    boolean hasCell = shape.spec.cell().hasCellState();
    int cAt = workAt + (int) layout.cAgain;
    c = hasCell ? new Slab(work, cAt, batch, cell.hidden, steps + 1) : null;
    joined = inputs.joined(layer, weights);
    ForwardMemory m = ForwardMemory.of(gates, saved, h, c, weights, null, joined, reverse);
    checkpoints = Checkpoints.of(shape, layout, s, steps, batch, m, kept, keptAt);
    int freshHAt = workAt + (int) layout.freshHAgain;
    freshH = new Slab(work, freshHAt, batch, cell.state, steps + 1);
    int freshCAt = workAt + (int) layout.freshCAgain;
    freshC = new Slab(work, freshCAt, batch, cell.hidden, steps + 1);
    Stage[] stages = zoneout.forward(shape.cell(d), shape.math, m, freshH, freshC);
    Projection projection = inputs.projection(layer, weights, gates, joined);
    RowLengths lengths = inputs.lengths();
    forward = DirectionForward.again(shape, stages, lengths, steps, batch, reverse, m, projection);
  }

  /** Packs this worker's share of the weights; all meet afterwards. */
  void pack(Worker w) {
    weights.pack(w, parameters, inputs.forms(joined));
  }

  /** Computes all steps again. */
  void all(Worker w, int steps) {
    for (int from = 0; from < steps; from = checkpoints.to(from)) {
      forward.again(w, checkpoints, from, checkpoints.to(from));
    }
  }

  /** Computes the segment of step t again if backward comes to its first step. */
  void before(Worker w, int t) {
    if (checkpoints.isLast(t)) {
      forward.again(w, checkpoints, checkpoints.from(t), checkpoints.to(t));
    }
  }
}
