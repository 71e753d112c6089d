/**
 * The float64 reference: the equations of {@link org.recurrentops.CellType} one step and one row at
 * a time, written to be checked by eye, sharing no code with any backend. Its own tests are central
 * finite differences, values worked out by hand, and results computed by other libraries.
 */
package org.recurrentops.tck.reference;
