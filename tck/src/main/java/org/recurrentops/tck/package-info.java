/**
 * The conformance kit: what a backend of {@link org.recurrentops.RecurrentOps} must do, as a list
 * of cases that run without a test framework ({@link org.recurrentops.tck.ConformanceMain}) or
 * under JUnit ({@link org.recurrentops.tck.BackendConformance}).
 *
 * <p>Every case runs once per algorithm that the device advertises, forced, and once more with
 * {@code auto}; launch counters must show that this very algorithm ran. Results are compared with
 * the float64 reference of {@link org.recurrentops.tck.reference} by {@link
 * org.recurrentops.tck.Tolerance}.
 */
package org.recurrentops.tck;
