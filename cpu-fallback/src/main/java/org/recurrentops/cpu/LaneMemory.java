package org.recurrentops.cpu;

import org.recurrentops.cpu.math.BatchLanes;

/**
 * Where the values of one layer and direction lie if vectors hold batch rows. These come in groups
 * of as many as a panel has lanes; each value of a group is a row of lanes. What steps multiply is
 * one panel per group, [x; 1; h₋; 1]; steps take turns with two of them, since a step writes h
 * where the next one will read it.
 */
final class LaneMemory {
  final BatchLanes lanes;
  final float[] data;
  final int batch;

  /** Groups of batch rows. */
  final int groups;

  final int inputSize;
  final int hidden;

  /** Rows from gate to gate: H, with its last tile filled. */
  final int unitRows;

  private final int width;
  private final int first;
  private final int gatesAt;
  private final int cellsAt;
  private final int groupStep;

  /**
   * With a region of an array.
   *
   * @param first of its {@link #length} floats
   */
  LaneMemory(
      BatchLanes lanes,
      LaneCell cell,
      int batch,
      int inputSize,
      int hidden,
      float[] data,
      int first) {
    this.lanes = lanes;
    this.data = data;
    this.batch = batch;
    this.inputSize = inputSize;
    this.hidden = hidden;
    this.first = first;
    width = lanes.width();
    groups = groups(lanes, batch);
    unitRows = unitRows(lanes, hidden);
    gatesAt = 2 * panelStep();
    cellsAt = gatesAt + cell.gates() * gateStep();
    groupStep = (int) groupStep(lanes, cell, inputSize, hidden);
  }

  /** Groups of a call's N. */
  static int groups(BatchLanes lanes, int batch) {
    return (batch + lanes.width() - 1) / lanes.width();
  }

  /** H, with the last tile filled. */
  static int unitRows(BatchLanes lanes, int hidden) {
    return (hidden + lanes.tile() - 1) / lanes.tile() * lanes.tile();
  }

  /** Floats of a call's N. */
  static long length(BatchLanes lanes, LaneCell cell, int batch, int inputSize, int hidden) {
    return groups(lanes, batch) * groupStep(lanes, cell, inputSize, hidden);
  }

  private static long groupStep(BatchLanes lanes, LaneCell cell, int inputSize, int hidden) {
    long rows = 2L * (inputSize + hidden + 2) + (long) cell.gates() * unitRows(lanes, hidden);
    return (rows + 2L * hidden) * lanes.width();
  }

  /** Batch rows of a group. */
  int rows(int group) {
    return Math.min(width, batch - group * width);
  }

  /** Elements from group to group. */
  int groupStep() {
    return groupStep;
  }

  /** Elements from gate to gate. */
  int gateStep() {
    return unitRows * width;
  }

  private int panelStep() {
    return (inputSize + hidden + 2) * width;
  }

  /** Row {@code row} of what step t multiplies. */
  int panel(int t, int group, int row) {
    return first + group * groupStep + (t & 1) * panelStep() + row * width;
  }

  /** The first unit of h₋ of step t, and of h of the step before, in either direction. */
  int h(int t, int group, int unit) {
    return panel(t, group, inputSize + 1 + unit);
  }

  /** The same of c₋. */
  int c(int t, int group, int unit) {
    return first + group * groupStep + cellsAt + ((t & 1) * hidden + unit) * width;
  }

  /** A unit of a gate. */
  int gate(int group, int gate, int unit) {
    return first + group * groupStep + gatesAt + gate * gateStep() + unit * width;
  }
}
