package org.recurrentops.cpu;

/**
 * Part of a cell's step. The loops run stages in order, without knowing what they do: a matrix
 * product, a reduction over each row, or pointwise arithmetic.
 */
interface Stage {
  /** Does one worker's share of the stage at step t. */
  void run(Worker worker, int t);

  /** As {@link #run} where this slab is zero at step t; it may then go unread. */
  default void runWithZero(Worker worker, int t, Slab zero) {
    run(worker, t);
  }

  /** As {@link #run} where nobody reads what this slab gets at step t; it may then be left out. */
  default void runWithout(Worker worker, int t, Slab unread) {
    run(worker, t);
  }
}
