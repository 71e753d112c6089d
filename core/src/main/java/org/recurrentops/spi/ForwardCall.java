package org.recurrentops.spi;

import org.recurrentops.Tensor;

/**
 * Resolved arguments of a forward call. Sequence tensors are time-major views with arbitrary outer
 * strides and innermost stride 1.
 *
 * @param steps T of this call, 0 ≤ T ≤ maxT
 * @param batch N of this call, 0 ≤ N ≤ maxN
 * @param params flat parameters, or null if {@code packed} is given
 * @param packed packed weights of this plan, or null
 * @param x [T,N,C] F32, or [T,N] I32 indices in [0, C)
 * @param h0 [L·D,N,H or P] or null for zero
 * @param c0 [L·D,N,H] or null for zero
 * @param y [T,N,D·H] or null
 * @param hN [L·D,N,H or P] or null; may be the same memory as h0
 * @param cN [L·D,N,H] or null; may be the same memory as c0
 * @param cSequence [L·D,T,N,H] c after every step, 0 in padding; or null
 * @param deviceLengths [N] I32, unchecked, to be clamped to 0 … T, or null
 * @param deviceMask [T,N] U8, unchecked, 0 is padding; or null
 * @param workspace plan scratch
 * @param reserve filled for backward, or null for inference
 */
public record ForwardCall(
    int steps,
    int batch,
    Tensor params,
    Tensor packed,
    Tensor x,
    Tensor h0,
    Tensor c0,
    Tensor y,
    Tensor hN,
    Tensor cN,
    Tensor cSequence,
    Tensor deviceLengths,
    Tensor deviceMask,
    Tensor workspace,
    Tensor reserve) {}
