package org.recurrentops.gpu;

/**
 * One of the loops over time that share a launch, see {@link Roles}.
 *
 * @param memory with scratch that no other one of them uses
 * @param bindings kernel parameters of the layer and direction, as for a loop alone
 * @param layer layer index
 * @param direction direction index
 */
record Loop(CallMemory memory, Bindings bindings, int layer, int direction) {}
