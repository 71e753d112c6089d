package org.recurrentops.tck.reference;

/**
 * What backward gives.
 *
 * @param dx [T,N,C], null for index input
 * @param dParams in the spec's parameter layout
 * @param dh0 [L·D,N,H or P]
 * @param dc0 [L·D,N,H], null for cells without c
 * @param dhSequence [L·D,T,N,H or P] the total gradient of h after every step, 0 in padding
 */
public record ReferenceGradients(
    double[] dx, double[] dParams, double[] dh0, double[] dc0, double[] dhSequence) {}
