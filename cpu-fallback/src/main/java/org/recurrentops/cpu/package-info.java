/**
 * The CPU backend. A {@link org.recurrentops.cpu.Cell} says its steps as lists of {@link
 * org.recurrentops.cpu.Stage}s; {@link org.recurrentops.cpu.DirectionForward} and {@link
 * org.recurrentops.cpu.DirectionBackward} run them over time without knowing which cell it is, and
 * select padding away. {@link org.recurrentops.cpu.ForwardRun} and {@link
 * org.recurrentops.cpu.BackwardRun} are one program that all {@link org.recurrentops.cpu.Worker}s
 * run, each on its share; no result depends on their number. {@link
 * org.recurrentops.cpu.PlanLayout} says where everything lies. Inner kernels are in {@code
 * org.recurrentops.cpu.math}.
 */
package org.recurrentops.cpu;
