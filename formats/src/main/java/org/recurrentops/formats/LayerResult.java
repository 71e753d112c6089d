package org.recurrentops.formats;

/**
 * What a layer gave, in this library's layout. Tensors that the case does not ask for may be null.
 *
 * @param y [T,N,D·H or D·P]
 * @param hN [L·D,N,H or P]
 * @param cN [L·D,N,H]
 * @param dx [T,N,C]
 * @param dParams flat
 * @param dh0 [L·D,N,H or P]
 * @param dc0 [L·D,N,H]
 */
public record LayerResult(
    double[] y,
    double[] hN,
    double[] cN,
    double[] dx,
    double[] dParams,
    double[] dh0,
    double[] dc0) {}
