package org.recurrentops.cpu;

/**
 * Part of a cell's step. The loops run stages in order, without knowing what they do: a matrix
 * product, a reduction over each row, or pointwise arithmetic.
 */
interface Stage {
  /** Does one worker's share of the stage at step t. */
  void run(Worker worker, int t);
}
