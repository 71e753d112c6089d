package org.recurrentops.cpu;

/**
 * Some rows of a weight whose gradient is wanted.
 *
 * @param g gradient slab of what the weight gave, zero in the padding
 * @param column its first column for these rows
 * @param rows rows of the weight, columns of g
 * @param operand what they were multiplied with
 * @param target the gradient
 * @param firstRow its first row
 * @param accumulate whether it is added to what is there
 */
record WeightPart(
    Slab g,
    int column,
    int rows,
    SequenceOperand operand,
    Rows target,
    int firstRow,
    boolean accumulate) {}
