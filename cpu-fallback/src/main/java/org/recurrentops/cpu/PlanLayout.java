package org.recurrentops.cpu;

import java.util.Arrays;
import org.recurrentops.cpu.math.BatchLanes;
import org.recurrentops.cpu.math.Gemm;
import org.recurrentops.spi.PlanMemory;

/**
 * Where everything lies in a plan's workspace, in a reserve and in packed weights, as element
 * offsets for the largest T and N. Index l·D + d names a layer and direction.
 */
final class PlanLayout {
  // Reserve.
  final long[] gates;
  final long[] saved;
  final long[] h;
  final long[] c;
  final long[] freshH;
  final long[] freshC;
  final long[] layerInput;
  final long[] hCheckpoint;
  final long[] cCheckpoint;
  final long lengths;

  // Packed weights.
  final long[] packed;

  // Workspace of forward. Of training only what is used.
  final long forwardWeights;
  final long chunkGates;
  final long chunkSaved;
  final long chunkH;
  final long chunkC;
  final long stepFreshH;
  final long stepFreshC;
  final long forwardMasked;
  final long[] passed = new long[2];
  final long chunkInput;
  final long lanes;

  // Workspace of backward.
  final long backwardWeights;
  final long dGates;
  final long dSecond;
  final long scratch;
  final long dh;
  final long dc;
  final long dFreshH;
  final long dFreshC;
  final long backwardMasked;
  final long dMasked;
  final long[] dOutput = new long[2];
  final long operandPanels;

  // Workspace of backward, only where steps are computed again: one layer and direction.
  final long forwardWeightsAgain;
  final long gatesAgain;
  final long savedAgain;

  /** By direction; one place for both unless each reads the other's. */
  final long[] hAgain;

  final long cAgain;
  final long freshHAgain;
  final long freshCAgain;
  final long inputAgain;

  final PlanMemory memory;

  /** Bytes that memory is larger than what is used of it. */
  final long padding;

  PlanLayout(PlanShape s, Crew crew) {
    int states = s.spec.stateCount();
    int layers = s.spec.layers();
    long rows = Math.multiplyExact((long) s.maxSteps, (long) s.maxBatch);
    long slots = Math.addExact(rows, s.maxBatch);
    long cellWidth = s.spec.cell().hasCellState() ? s.cell.hidden : 0;
    long inner = layers > 1 ? s.spec.outputSize() : 0;

    Regions reserve = Regions.ofArray();
    gates = new long[states];
    saved = new long[states];
    h = new long[states];
    c = new long[states];
    freshH = new long[states];
    freshC = new long[states];
    layerInput = new long[layers];
    hCheckpoint = new long[states];
    cCheckpoint = new long[states];
    lengths = takeReserve(s, reserve, rows, slots, cellWidth);

    Regions weights = Regions.ofArray();
    packed = new long[states];
    long forwardLargest = 0;
    long backwardLargest = 0;
    for (int i = 0; i < states; i++) {
      long length = ForwardWeights.length(s, i / s.directions);
      packed[i] = weights.take(length);
      forwardLargest = Math.max(forwardLargest, length);
      backwardLargest = Math.max(backwardLargest, BackwardWeights.length(s, i / s.directions));
    }

    long chunk = Math.min(s.chunkRows, rows);
    long chunkSlots = chunk + s.maxBatch;
    boolean keepsGates = s.keepsSteps() && s.cell.savesGates();
    Regions forward = Regions.ofArray();
    forwardWeights = forward.take(forwardLargest);
    long gaps = s.keepsSteps() ? 0 : s.chunkSlots(s.maxBatch) * RowGaps.perStep(crew, s.maxBatch);
    chunkGates = forward.takeApart(keepsGates ? 0 : chunk, s.cell.gateRows, gaps);
    chunkSaved = forward.takeApart(s.keepsSteps() ? 0 : s.maxBatch, s.cell.savedWidth(), gaps);
    chunkH = forward.takeApart(s.keepsSteps() ? 0 : chunkSlots, s.cell.state, gaps);
    chunkC = forward.takeApart(s.keepsSteps() ? 0 : chunkSlots, cellWidth, gaps);
    stepFreshH = forward.take(s.keepsSteps() ? 0 : s.maxBatch, freshHWidth(s));
    stepFreshC = forward.take(s.keepsSteps() ? 0 : s.maxBatch, freshCWidth(s));
    for (int i = 0; i < 2; i++) {
      passed[i] = forward.take(s.training || i >= layers - 1 ? 0 : rows, inner);
    }
    forwardMasked = forward.take(DropConnect.matrix(s));
    chunkInput = forward.take(chunk, s.spec.inputSize());
    lanes = forward.take(lanes(s));

    Regions backward = Regions.ofArray();
    backwardWeights = backward.take(backwardLargest);
    dGates = backward.take(rows, s.cell.gateRows);
    dSecond = backward.take(rows, s.cell.secondGradientWidth());
    scratch = backward.take(s.maxBatch, s.cell.scratchWidth());
    long gradientGaps = 2L * RowGaps.perStep(crew, s.maxBatch);
    dh = backward.takeApart(2L * s.maxBatch, s.cell.state, gradientGaps);
    dc = backward.takeApart(2L * s.maxBatch, cellWidth, gradientGaps);
    dFreshH = backward.take(s.maxBatch, freshHWidth(s));
    dFreshC = backward.take(s.maxBatch, freshCWidth(s));
    for (int i = 0; i < 2; i++) {
      dOutput[i] = backward.take(i >= layers - 1 ? 0 : rows, inner);
    }
    backwardMasked = backward.take(DropConnect.matrix(s));
    dMasked = backward.take(DropConnect.matrix(s));
    operandPanels = backward.take(operandPanels(s, rows));
    boolean again = s.recompute > 0;
    long segment = Math.min((long) s.segmentSteps() * s.maxBatch, rows);
    forwardWeightsAgain = backward.take(again ? forwardLargest : 0);
    gatesAgain = backward.take(again ? segment : 0, s.cell.gateRows);
    savedAgain = backward.take(again ? rows : 0, s.cell.savedWidth());
    long oneAgain = backward.take(again ? slots : 0, s.cell.state);
    hAgain =
        new long[] {
          oneAgain, s.computesOther() ? backward.take(slots, s.cell.state) : oneAgain,
        };
    cAgain = backward.take(again ? slots : 0, cellWidth);
    freshHAgain = backward.take(again ? rows : 0, freshHWidth(s));
    freshCAgain = backward.take(again ? rows : 0, freshCWidth(s));
    inputAgain = backward.take(again ? segment : 0, s.spec.inputSize());

    long workspace = s.training ? Math.max(forward.total(), backward.total()) : forward.total();
    memory =
        new PlanMemory(
            placed(s, workspace), s.training ? reserve.total() : 0, placed(s, weights.total()));
    padding = Float.BYTES * (memory.workspace() - workspace + memory.packed() - weights.total());
  }

  /**
   * Packed weights lie in one of these two arrays: vectors of them should not cross cache lines.
   */
  private static long placed(PlanShape s, long floats) {
    return s.math.usesVectors() ? LargeArrays.padded(floats) : floats;
  }

  /** Where vectors of the widest such layer hold batch rows. */
  private static long lanes(PlanShape s) {
    long most = 0;
    for (int l = 0; l < s.spec.layers(); l++) {
      if (s.inLanes(l)) {
        int inputs = s.spec.inputSize(l);
        BatchLanes lanes = s.math.batchLanes();
        long length = LaneMemory.length(lanes, s.laneCell, s.maxBatch, inputs, s.cell.hidden);
        most = Math.max(most, length);
      }
    }
    return most;
  }

  /** Panels of what the weights of the widest layer were multiplied with. */
  private static long operandPanels(PlanShape s, long allRows) {
    Gemm gemm = s.math.gemm();
    int rows = (int) Math.min(allRows, s.gradientRows);
    Regions panels = new Regions();
    long widest = 0;
    for (int l = 0; l < s.spec.layers(); l++) {
      widest = Math.max(widest, gemm.packedLength(rows, s.spec.inputSize(l)));
    }
    panels.take(widest);
    WeightUse[] uses = s.cell.weightUses();
    for (int i = 0; i < uses.length; i++) {
      WeightUse use = uses[i];
      boolean first = Arrays.stream(uses, 0, i).noneMatch(use::sharesOperand);
      panels.take(first ? gemm.packedLength(rows, use.columns()) : 0);
    }
    return panels.total();
  }

  /** Width of h before zoneout, 0 without. */
  private static int freshHWidth(PlanShape s) {
    return s.spec.cellOptions().zoneoutHidden() > 0 ? s.cell.state : 0;
  }

  /** Width of c before zoneout, 0 without. */
  private static int freshCWidth(PlanShape s) {
    return s.spec.cellOptions().zoneoutCell() > 0 ? s.cell.hidden : 0;
  }

  /** Takes what backward reads; returns the place of the lengths. */
  private long takeReserve(PlanShape s, Regions reserve, long rows, long slots, long cellWidth) {
    long checkpoints = Math.multiplyExact((long) s.segments(s.maxSteps), s.maxBatch);
    for (int i = 0; i < gates.length; i++) {
      hCheckpoint[i] = reserve.take(checkpoints, s.cell.state);
      cCheckpoint[i] = reserve.take(checkpoints, cellWidth);
    }
    for (int i = 0; s.keepsSteps() && i < gates.length; i++) {
      gates[i] = reserve.take(rows, s.cell.savesGates() ? s.cell.gateRows : 0);
      saved[i] = reserve.take(rows, s.cell.savedWidth());
      h[i] = reserve.take(slots, s.cell.state);
      c[i] = reserve.take(slots, cellWidth);
      freshH[i] = reserve.take(rows, freshHWidth(s));
      freshC[i] = reserve.take(rows, freshCWidth(s));
    }
    for (int l = 1; l < layerInput.length; l++) {
      layerInput[l] = reserve.take(rows, s.spec.outputSize());
    }
    return reserve.take(RowLengths.kept(s.maxSteps, s.maxBatch));
  }
}
