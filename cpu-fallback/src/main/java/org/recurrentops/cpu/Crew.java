package org.recurrentops.cpu;

/** How the workers share the calls of one plan. */
final class Crew {
  /** Bytes of recurrent weights that a core's own cache holds beside what else it needs. */
  private static final long CACHED = 1 << 20;

  /** Bytes of recurrent weights that all cores read from the cache that they share. */
  private static final long SHARED = 1 << 22;

  /**
   * Rows of a worker for which reading all weights from the cache that cores share does not hold
   * the products up.
   */
  private static final int MANY = 16;

  /** Multiplications per step below which meeting at barriers costs more than it saves. */
  private static final long SMALL_STEP = 100_000;

  private final Workforce workforce;
  private final long parameters;
  private final long recurrent;

  private Worker alone;

  Crew(PlanShape shape, Workforce workforce) {
    this.workforce = workforce;
    this.parameters = shape.request.parameters().elements();
    this.recurrent = (long) shape.cell.gateRows * shape.cell.state;
  }

  /**
   * Whether steps are split by rows: enough of them, and each core can hold all weights, or can
   * read them at every step. That takes as long as a split by units on two idle cores, but nobody
   * waits for a core that another process, or another guest of the host, has taken for a while.
   */
  boolean splitsRows(int batch) {
    return splitsRows(batch, workforce.threads(), recurrent);
  }

  /**
   * The same before there is a crew.
   *
   * @param recurrent recurrent weights
   */
  static boolean splitsRows(int batch, int threads, long recurrent) {
    long bytes = Float.BYTES * recurrent;
    int rows = batch / threads;
    return rows >= 4 && bytes <= CACHED || rows >= MANY && bytes <= SHARED;
  }

  /** Whether a core's own cache holds so many weights beside what else it needs. */
  static boolean keeps(long weights) {
    return Float.BYTES * weights <= CACHED;
  }

  void splitSteps(Worker w, int batch) {
    w.splitSteps(splitsRows(batch), batch);
  }

  /**
   * Runs a call.
   *
   * @param passes how often each parameter is multiplied per row
   */
  void run(Program program, int steps, int batch, int passes) {
    if (alone == null) {
      alone = workforce.newLoneWorker();
    }
    long work = (long) steps * batch * parameters * passes;
    boolean idle = !splitsRows(batch) && recurrent * batch < SMALL_STEP;
    workforce.run(program, idle ? 0 : work, alone);
  }

  /** For people. */
  String describe(int batch) {
    return workforce.threads() == 1
        ? "one thread"
        : splitsRows(batch)
            ? "steps split by batch rows, no barrier between stages"
            : "steps split by units, a barrier where a stage needs units of others";
  }

  /** For people: how many, and who says so. */
  String describeThreads() {
    return workforce.describe();
  }

  int threads() {
    return workforce.threads();
  }
}
