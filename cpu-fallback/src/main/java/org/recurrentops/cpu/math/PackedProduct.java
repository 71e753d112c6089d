package org.recurrentops.cpu.math;

/**
 * One of some products with the same left operand: {@code C = (accumulate ? C : 0) + op(A)·B}.
 *
 * @param n columns of B and C
 * @param packed B, as {@link Gemm#packB} wrote it
 * @param packedOffset its first element
 * @param c elements of C
 * @param cOffset its first element
 * @param ldc elements between its rows
 * @param accumulate whether the product is added to C rather than stored
 */
public record PackedProduct(
    int n, float[] packed, int packedOffset, float[] c, int cOffset, int ldc, boolean accumulate) {}
