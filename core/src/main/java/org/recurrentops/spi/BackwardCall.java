package org.recurrentops.spi;

import org.recurrentops.Tensor;

/**
 * Resolved arguments of a backward call; shapes as in {@link ForwardCall}. The initial states, the
 * activations, device lengths and mask of the forward call must be found in the reserve, which is
 * not modified.
 *
 * @param steps T of the forward call
 * @param batch N of the forward call
 * @param params flat parameters
 * @param x input of the forward call
 * @param dy gradient of y, or null for zero
 * @param dhN gradient of hN, or null for zero
 * @param dcN gradient of cN, or null for zero
 * @param dcSequence [L·D,T,N,H] gradient of cSequence, padding ignored; or null for zero
 * @param dx output, or null
 * @param dParams output, or null
 * @param dh0 output, or null
 * @param dc0 output, or null
 * @param dhSequence output [L·D,T,N,H or P], the total gradient of every h, 0 in padding; or null
 * @param accumulate whether dParams is added to instead of overwritten
 * @param usesDeviceLengths whether forward was given device lengths
 * @param usesDeviceMask whether forward was given a device mask
 * @param workspace plan scratch
 * @param reserve what forward kept
 */
public record BackwardCall(
    int steps,
    int batch,
    Tensor params,
    Tensor x,
    Tensor dy,
    Tensor dhN,
    Tensor dcN,
    Tensor dcSequence,
    Tensor dx,
    Tensor dParams,
    Tensor dh0,
    Tensor dc0,
    Tensor dhSequence,
    boolean accumulate,
    boolean usesDeviceLengths,
    boolean usesDeviceMask,
    Tensor workspace,
    Tensor reserve) {}
