/**
 * Float64 plans of the CPU backend. All but the entrance is written by the build from the sources
 * of the float32 plans.
 */
package org.recurrentops.cpu.f64;
