/**
 * Products and non-linearities of float64 plans. The products are written by the build from the
 * sources of the float32 ones.
 */
package org.recurrentops.cpu.f64.math;
