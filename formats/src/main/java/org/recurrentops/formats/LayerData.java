package org.recurrentops.formats;

/**
 * What a layer is fed, in this library's layout (time-major, canonical parameters). Null means
 * absent: zero states and cotangents, all rows full. Every value is exactly a float32.
 *
 * @param params flat, in {@link org.recurrentops.ParameterLayout}'s order
 * @param x [T,N,C]
 * @param h0 [L·D,N,H or P] or null
 * @param c0 [L·D,N,H] or null
 * @param lengths [N] or null
 * @param dy [T,N,D·H or D·P] or null
 * @param dhN [L·D,N,H or P] or null
 * @param dcN [L·D,N,H] or null
 */
public record LayerData(
    double[] params,
    double[] x,
    double[] h0,
    double[] c0,
    int[] lengths,
    double[] dy,
    double[] dhN,
    double[] dcN) {}
