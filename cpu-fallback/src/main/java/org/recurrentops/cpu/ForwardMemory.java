package org.recurrentops.cpu;

/**
 * What the forward stages of one layer and direction read and write.
 *
 * @param gates pre-activations, then activations, [G·H]
 * @param saved the cell's saved slab, or null
 * @param hBefore h₋, [H or P]
 * @param hAfter h
 * @param cBefore c₋, [H], or null
 * @param cAfter c, or null
 * @param weights packed transposes of the cell's weight slices
 * @param recurrentBias memory of the unfolded recurrent bias
 * @param recurrentBiasOffset its first element
 * @param vectors weights that act on each unit by itself, or null
 * @param output where h goes besides, in blocks, or null
 * @param input what is multiplied together with h₋, or null if the gates hold its projection
 */
record ForwardMemory(
    Slab gates,
    Slab saved,
    Slab hBefore,
    Slab hAfter,
    Slab cBefore,
    Slab cAfter,
    PackedMatrix[] weights,
    float[] recurrentBias,
    int recurrentBiasOffset,
    VectorWeights vectors,
    OutputSink output,
    JoinedInput input) {
  /** For states whose slot t comes before step t, and t + 1 after it; the other way in reverse. */
  static ForwardMemory of(
      Slab gates,
      Slab saved,
      Slab h,
      Slab c,
      ForwardWeights weights,
      OutputSink output,
      JoinedInput input,
      boolean reverse) {
    int before = reverse ? 1 : 0;
    return new ForwardMemory(
        gates,
        saved,
        h.shifted(before),
        h.shifted(1 - before),
        c == null ? null : c.shifted(before),
        c == null ? null : c.shifted(1 - before),
        weights.uses,
        weights.data,
        weights.recurrentBias,
        weights.vectors,
        output,
        input);
  }
}
