package org.recurrentops.cpu;

/** A cell's step where vectors hold batch rows. */
interface LaneCell {
  /** Results of the products that a unit reads, in gates. */
  int gates();

  /** The products, none of which reads what another one writes. */
  LaneProduct[] products();

  /**
   * The arithmetic of some units.
   *
   * @param m where they lie
   * @param t the step
   * @param group of batch rows
   * @param unit the first one
   * @param count how many
   */
  void units(LaneMemory m, int t, int group, int unit, int count);
}
