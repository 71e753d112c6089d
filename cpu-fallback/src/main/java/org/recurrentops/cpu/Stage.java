package org.recurrentops.cpu;

/**
 * Part of a cell's step. The loops run stages in order, without knowing what they do: a matrix
 * product, a reduction over each row, or pointwise arithmetic.
 */
interface Stage {
  /**
   * Whether a worker reads only what it wrote itself: values of its own units, shared out in
   * multiples of {@link Worker#UNITS}.
   */
  default boolean readsOwnUnits() {
    return false;
  }

  /** Whether a worker writes values of its own units only. */
  default boolean writesOwnUnits() {
    return false;
  }

  /** Whether it stores the output of what it computes, see {@link OutputSink#storeBlock}. */
  default boolean storesOutput() {
    return false;
  }

  /** What its time counts as. */
  default Phase phase() {
    return Phase.GATES;
  }

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
