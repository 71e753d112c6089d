package org.recurrentops.cpu;

/**
 * Values per step and batch row, [period][N][width], in a plan's memory. Steps whose numbers differ
 * by the period share a place: what lives for a whole call has a place per step, what lives for a
 * chunk of steps or a single one has fewer.
 */
final class Slab {
  final float[] data;
  final int width;
  private final int base;
  private final int batch;
  private final int period;
  private final int shift;

  Slab(float[] data, int base, int batch, int width, int period) {
    this(data, base, batch, width, period, 0);
  }

  private Slab(float[] data, int base, int batch, int width, int period, int shift) {
    this.data = data;
    this.base = base;
    this.batch = batch;
    this.width = width;
    this.period = period;
    this.shift = shift;
  }

  /** The same memory, where step t means what was step t + shift. */
  Slab shifted(int by) {
    return new Slab(data, base, batch, width, period, shift + by);
  }

  /** First element of a step: row 0, all rows are dense. */
  int at(int step) {
    return base + (step + shift) % period * batch * width;
  }

  /** First element of one row of a step. */
  int at(int step, int row) {
    return at(step) + row * width;
  }

  /** First element of row r = t·N + n, where each step has a place of its own. */
  int atRow(int r) {
    return base + (shift * batch + r) * width;
  }
}
