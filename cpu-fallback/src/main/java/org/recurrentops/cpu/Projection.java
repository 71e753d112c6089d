package org.recurrentops.cpu;

/** Writes the input's part of the pre-activations, biases included, for all rows of a chunk. */
interface Projection {
  /**
   * Does one worker's share of steps {@code fromStep … toStep − 1}; the workers meet afterwards.
   */
  void run(Worker worker, int fromStep, int toStep);
}
