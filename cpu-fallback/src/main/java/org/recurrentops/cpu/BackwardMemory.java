package org.recurrentops.cpu;

/**
 * What the backward stages of one layer and direction read and write.
 *
 * @param gates activations, [G·H], or null if the cell saves none
 * @param saved the cell's saved slab, or null
 * @param hBefore h₋, [H or P]
 * @param hAfter h
 * @param cBefore c₋, [H], or null
 * @param cAfter c, or null
 * @param dGates gradient of the pre-activations on the input side, [G·H]
 * @param dSecond the cell's second gradient slab, or null
 * @param scratch the cell's scratch, or null
 * @param dhAfter gradient of h, complete
 * @param dhBefore gradient of h₋, to be written
 * @param dcAfter gradient of c from later steps, or null
 * @param dcBefore gradient of c₋, to be written, or null
 * @param weights the cell's weight slices, packed
 * @param vectors weights that act on each unit by itself, or null
 */
record BackwardMemory(
    Slab gates,
    Slab saved,
    Slab hBefore,
    Slab hAfter,
    Slab cBefore,
    Slab cAfter,
    Slab dGates,
    Slab dSecond,
    Slab scratch,
    Slab dhAfter,
    Slab dhBefore,
    Slab dcAfter,
    Slab dcBefore,
    PackedMatrix[] weights,
    VectorWeights vectors) {}
