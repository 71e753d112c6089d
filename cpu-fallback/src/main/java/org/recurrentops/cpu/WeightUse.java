package org.recurrentops.cpu;

import org.recurrentops.ParameterSlice;

/**
 * Rows of a weight that a cell multiplies with one operand in every step: the cell's recurrent
 * operand per weight slice, and where the gradient of the product stands.
 *
 * @param kind which weight
 * @param fromRow first row of the slice
 * @param rows number of rows, the columns of the product
 * @param columns width of the operand
 * @param usesSaved whether the operand is the cell's saved slab rather than h₋
 * @param gradientInSecond whether the gradient stands in the second gradient slab rather than in
 *     that of the gates
 * @param gradientColumn first column there
 */
record WeightUse(
    ParameterSlice.Kind kind,
    int fromRow,
    int rows,
    int columns,
    boolean usesSaved,
    boolean gradientInSecond,
    int gradientColumn) {

  /** Whether both multiply the same columns of the same operand. */
  boolean sharesOperand(WeightUse other) {
    return usesSaved == other.usesSaved && columns == other.columns;
  }
}
