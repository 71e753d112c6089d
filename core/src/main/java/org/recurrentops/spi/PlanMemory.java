package org.recurrentops.spi;

/**
 * Elements of {@link org.recurrentops.PlanOptions#memoryType()} that a plan needs; core allocates
 * them, so that they are counted once and known before.
 *
 * @param workspace scratch of the plan
 * @param reserve each reserve: all that backward reads beside its arguments; 0 for inference
 * @param packed each set of packed weights, at least 1
 */
public record PlanMemory(long workspace, long reserve, long packed) {}
