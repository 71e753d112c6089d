package org.recurrentops;

/**
 * Device memory that a plan will take, known before anything is allocated.
 *
 * @param parameterBytes one parameter buffer (the gradient buffer is as large)
 * @param workspaceBytes scratch, allocated by {@link RecurrentOps#plan}
 * @param reserveBytes each {@link Reserve}, 0 for inference
 * @param packedBytes each {@link PackedWeights}
 */
public record MemoryEstimate(
    long parameterBytes, long workspaceBytes, long reserveBytes, long packedBytes) {}
