package org.recurrentops.cpu;

import org.recurrentops.cpu.math.Gemm;
import org.recurrentops.cpu.math.ThreadTeam;

/**
 * One of the threads that do a {@link Program} together, with the scratch that is its own. All run
 * the same program; each asks here for its share. No result depends on how many there are.
 */
final class Worker {
  /** Elements of a {@link #lane}. */
  static final int LANE = 1024;

  /** Units that are shared out together: panels of every product begin at their multiples. */
  static final int UNITS = 32;

  private static final int LANES = 12;

  /** The lane for arguments, which only {@link Clip} and {@link GateFunction} use. */
  static final int LAST_LANE = LANES - 1;

  private final int number;
  private int workers;
  private final ThreadTeam team;
  private final float[][] lanes = new float[LANES][LANE];
  private final int[] words = new int[4];
  private float[] left = new float[0];
  private float[] right = new float[0];
  private float[] result = new float[0];
  private final Gemm[] forms;
  private final Gemm.Scratch[] scratch;
  private boolean byRows;
  private int batch;
  private int firstRow;
  private int endRow;
  private int[] sites;
  private int siteBase;
  private int firstSite;
  private int endSite;
  private PhaseClock clock;

  /** Worker {@code number} of {@code workers}; without a team the only one. */
  Worker(int number, int workers, ThreadTeam team, Gemm... forms) {
    this.number = number;
    this.workers = workers;
    this.team = team;
    this.forms = forms;
    this.scratch = new Gemm.Scratch[forms.length];
  }

  /** From 0. */
  int number() {
    return number;
  }

  /** From now on phases are timed, or no more if this is null. */
  void clock(PhaseClock clock) {
    this.clock = clock;
  }

  /** As {@link #phase}; where nobody times phases, the stage is not asked for its own. */
  void phaseOf(Stage stage) {
    if (clock != null) {
      clock.turn(stage.phase());
    }
  }

  /** What is done from now on; matters only where phases are timed. */
  void phase(Phase phase) {
    if (clock != null) {
      clock.turn(phase);
    }
  }

  /** Whether this is the one that does what only one may do. */
  boolean isFirst() {
    return number == 0;
  }

  int workers() {
    return workers;
  }

  /** How many share the program that is about to begin. */
  void workers(int count) {
    workers = count;
  }

  /** Waits until all workers are here; what they wrote before is seen after. */
  void barrier() {
    if (workers == 1) {
      return;
    }
    if (clock == null) {
      team.barrier(number);
    } else {
      Phase before = clock.turn(Phase.WAITING);
      team.barrier(number);
      clock.turn(before);
    }
  }

  /** First of this worker's share of {@code total} things, in multiples of {@code unit}. */
  int from(int total, int unit) {
    return share(number, total, unit);
  }

  /** End of this worker's share. */
  int to(int total, int unit) {
    return share(number + 1, total, unit);
  }

  private int share(int k, int total, int unit) {
    return begin(k, workers, total, unit);
  }

  /** First of the k-th worker's share of {@code total} things, in multiples of {@code unit}. */
  static int begin(int k, int workers, int total, int unit) {
    long units = (total + (long) unit - 1) / unit;
    return (int) Math.min(total, units * k / workers * unit);
  }

  /** From now on steps are split by batch rows, so that workers need not meet between stages. */
  void splitSteps(boolean rows, int batchRows) {
    byRows = rows;
    batch = batchRows;
    firstRow = rows ? from(batchRows, 1) : 0;
    endRow = rows ? to(batchRows, 1) : batchRows;
  }

  /** Whether steps are split by batch rows. */
  boolean splitsRows() {
    return byRows;
  }

  /** First batch row of this worker's share of a step. */
  int rowFrom() {
    return firstRow;
  }

  /** End of this worker's batch rows. */
  int rowTo() {
    return endRow;
  }

  /** From now on a step has all of this worker's rows. */
  void takeAllRows() {
    if (sites != null) { // workers may lie in one cache line: who only reads keeps it
      sites = null;
    }
  }

  /** From now on a step has those of this worker's rows that are valid at step t. */
  void takeValidRows(RowLengths lengths, int t) {
    sites = lengths.sites();
    siteBase = t * batch;
    firstSite = lengths.start(t);
    endSite = lengths.start(t + 1);
    while (firstSite < endSite && sites[firstSite] - siteBase < rowFrom()) {
      firstSite++;
    }
    while (firstSite < endSite && sites[endSite - 1] - siteBase >= rowTo()) {
      endSite--;
    }
  }

  /** How many rows a step has for this worker. */
  int rowCount() {
    return sites == null ? rowTo() - rowFrom() : endSite - firstSite;
  }

  /** The k-th of them. */
  int row(int k) {
    return sites == null ? rowFrom() + k : sites[firstSite + k] - siteBase;
  }

  /** First of the rows of {@link #row} that this worker has for itself, with all their columns. */
  int wholeRowFrom() {
    return byRows ? 0 : from(rowCount(), 1);
  }

  /** End of the rows that this worker has for itself. */
  int wholeRowTo() {
    return byRows ? rowCount() : to(rowCount(), 1);
  }

  /** How many of the rows of some steps are this worker's, where it has them with all columns. */
  int rowsOf(int steps) {
    int all = steps * batch;
    return byRows ? steps * (rowTo() - rowFrom()) : to(all, 1) - from(all, 1);
  }

  /** The k-th of them, counted from the first row of the first step. */
  int rowOf(int steps, int k) {
    if (!byRows) {
      return from(steps * batch, 1) + k;
    }
    int rows = rowTo() - rowFrom();
    return k / rows * batch + rowFrom() + k % rows;
  }

  /** First column of this worker's share of a step. */
  int columnFrom(int columns, int unit) {
    return byRows ? 0 : from(columns, unit);
  }

  /** End of this worker's columns. */
  int columnTo(int columns, int unit) {
    return byRows ? columns : to(columns, unit);
  }

  /** First of this worker's units in a step. */
  int unitFrom(int units) {
    return columnFrom(units, UNITS);
  }

  /** End of this worker's units. */
  int unitTo(int units) {
    return columnTo(units, UNITS);
  }

  /** Waits for the others after a stage whose results they need. */
  void endStage() {
    if (!byRows) {
      barrier();
    }
  }

  /**
   * One of a few arrays of {@link #LANE} floats: loops over lanes share one index and vectorise.
   */
  float[] lane(int k) {
    return lanes[k];
  }

  /** Four random words. */
  int[] words() {
    return words;
  }

  /** This worker's scratch for one of the device's matrix products. */
  Gemm.Scratch scratch(Gemm gemm) {
    for (int i = 0; i < forms.length; i++) {
      if (forms[i] == gemm) {
        if (scratch[i] == null) {
          scratch[i] = gemm.newScratch();
        }
        return scratch[i];
      }
    }
    throw new IllegalArgumentException("no scratch for " + gemm.name());
  }

  /** Room for a copied left operand, as large as was ever asked for. */
  float[] left(int count) {
    if (left.length < count) {
      left = new float[count];
    }
    return left;
  }

  /** Room for a copied right operand. */
  float[] right(int count) {
    if (right.length < count) {
      right = new float[count];
    }
    return right;
  }

  /** Room for a result before it is stored. */
  float[] result(int count) {
    if (result.length < count) {
      result = new float[count];
    }
    return result;
  }
}
