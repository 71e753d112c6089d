package org.recurrentops.cpu;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.cpu.math.Gemm;

/**
 * The gradients of the weights of one layer and direction: gᵀ·operand summed over all steps and
 * rows at once, in chunks of at most {@link PlanShape#gradientRows} rows. The operands of a chunk
 * are packed once for all workers, and g once for all weights that have gradients from the same
 * columns.
 */
final class WeightGradients {
  /** What else a worker makes of the rows {@code from … to − 1} of g when it comes to them. */
  @FunctionalInterface
  interface Chunk {
    void run(Worker w, int from, int to);
  }

  private final int rows;
  private final int most;
  private final RowLengths lengths;
  private final OperandPanels[] panels;
  private final SharedColumns[] shared;

  /**
   * For one call.
   *
   * @param rows T·N
   * @param mostRows of a chunk
   * @param data has room for the panels of all different operands
   * @param at its first element
   */
  WeightGradients(
      Gemm gemm,
      int rows,
      int mostRows,
      RowLengths lengths,
      List<WeightPart> parts,
      float[] data,
      int at) {
    this.rows = rows;
    this.lengths = lengths;
    most = Math.min(rows, mostRows);
    List<OperandPanels> found = new ArrayList<>();
    long next = at;
    for (WeightPart part : parts) {
      if (found.stream().noneMatch(p -> p.hold(part.operand()))) {
        found.add(new OperandPanels(gemm, part.operand(), most, data, (int) next));
        next += Regions.padded(gemm.packedLength(most, part.operand().width()));
      }
    }
    panels = found.toArray(new OperandPanels[0]);
    shared = SharedColumns.of(gemm, most, parts, found);
  }

  /**
   * Writes or adds this worker's share; all workers call it together.
   *
   * @param also runs once for all rows, in chunks from row 0 on; may be null
   */
  void run(Worker w, Chunk also) {
    int[] sites = lengths.ragged() ? lengths.sites() : null;
    int all = sites == null ? rows : lengths.end();
    int chunks = all == 0 ? 1 : (all + most - 1) / most;
    for (int k = 0; k < chunks; k++) {
      int from = (int) ((long) all * k / chunks);
      int count = (int) ((long) all * (k + 1) / chunks) - from;
      if (k > 0) {
        w.barrier();
      }
      for (OperandPanels p : panels) {
        p.pack(w, sites, from, count);
      }
      w.barrier();
      if (also != null) {
        w.phase(Phase.BIAS_GRADIENTS);
        also.run(w, (int) ((long) rows * k / chunks), (int) ((long) rows * (k + 1) / chunks));
        w.phase(Phase.WEIGHT_GRADIENTS);
      }
      for (SharedColumns columns : shared) {
        columns.run(w, sites, from, count, k > 0);
      }
    }
  }
}
