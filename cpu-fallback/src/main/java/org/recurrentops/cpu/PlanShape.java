package org.recurrentops.cpu;

import org.recurrentops.RnnSpec;
import org.recurrentops.cpu.math.CpuMath;
import org.recurrentops.spi.PlanRequest;

/** What a plan is asked for, with the cell and the inner kernels that do it. */
final class PlanShape {
  /** Rows of the input projection that are computed just ahead of their steps. */
  private static final int CHUNK_ROWS = 128;

  /** Rows that one product of the weight gradients reduces over; part of the order of sums. */
  static final int DEPTH = 512;

  final PlanRequest request;
  final RnnSpec spec;

  /** Of the first direction; all have the same sizes. */
  final Cell cell;

  private final Cell[] cells;
  final CpuMath math;
  final boolean training;
  final int maxSteps;
  final int maxBatch;
  final int directions;
  final int chunkRows;

  PlanShape(PlanRequest request, CpuMath math) {
    this.request = request;
    this.math = math;
    spec = request.spec();
    cells = new Cell[spec.direction().count()];
    for (int d = 0; d < cells.length; d++) {
      cells[d] = Cell.of(spec, d);
    }
    cell = cells[0];
    training = request.options().isTraining();
    maxSteps = request.options().maxSteps();
    maxBatch = request.options().maxBatch();
    directions = spec.direction().count();
    chunkRows = Math.max(CHUNK_ROWS, maxBatch);
  }

  /** The cell of a direction of a layer. */
  Cell cell(int direction) {
    return cells[direction];
  }

  /** Steps of a chunk for a call's N. */
  int chunkSteps(int batch) {
    return batch == 0 ? 1 : chunkRows / batch;
  }

  boolean dropsOut() {
    return training && spec.dropout() > 0;
  }
}
