package org.recurrentops.formats;

/**
 * Where one block of a canonical slice lies in another system's tensor: element (row, column) at
 * {@code offset + row·rowStride + column·columnStride}.
 *
 * @param tensor name
 * @param offset of element (0, 0)
 * @param rowStride between rows
 * @param columnStride between columns
 */
record WeightPlace(String tensor, int offset, int rowStride, int columnStride) {}
