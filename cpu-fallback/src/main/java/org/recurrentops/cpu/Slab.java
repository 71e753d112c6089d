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
  private final RowGaps gaps;

  Slab(float[] data, int base, int batch, int width, int period) {
    this(data, base, batch, width, period, null);
  }

  /** One whose rows may lie apart. */
  Slab(float[] data, int base, int batch, int width, int period, RowGaps gaps) {
    this(data, base, batch, width, period, gaps, 0);
  }

  private Slab(float[] data, int base, int batch, int width, int period, RowGaps gaps, int shift) {
    this.data = data;
    this.base = base;
    this.batch = batch;
    this.width = width;
    this.period = period;
    this.gaps = gaps;
    this.shift = shift;
  }

  /** The same memory, where step t means what was step t + shift. */
  Slab shifted(int by) {
    return new Slab(data, base, batch, width, period, gaps, shift + by);
  }

  /** First element of one row of a step; those of one worker follow each other. */
  int at(int step, int row) {
    int before = gaps == null ? 0 : gaps.before(row);
    return base + (step + shift) % period * perStep() + row * width + before;
  }

  /** Elements from step to step. */
  int perStep() {
    return batch * width + (gaps == null ? 0 : gaps.perStep());
  }

  /** First element of row r = t·N + n, where each step has a place of its own, without gaps. */
  int atRow(int r) {
    return base + (shift * batch + r) * width;
  }
}
