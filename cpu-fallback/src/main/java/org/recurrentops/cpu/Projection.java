package org.recurrentops.cpu;

/** Writes the input's part of the pre-activations, biases included, for all rows of a chunk. */
interface Projection {
  /**
   * Does one worker's share of steps {@code fromStep … toStep − 1}; the workers meet afterwards
   * unless each {@link #keepsToOwnRows}.
   */
  void run(Worker worker, int fromStep, int toStep);

  /** Whether a worker does all columns of its batch rows, and no others, where it has such rows. */
  default boolean keepsToOwnRows(Worker worker) {
    return worker.splitsRows();
  }
}
