package org.recurrentops.cpu;

/** Stores the total gradient of every h of one layer and direction into the caller's tensor. */
final class HiddenGradientSink {
  private final Rows target;
  private final int batch;
  private final float[] zeros;

  /** Into rows [T,N,H or P]. */
  HiddenGradientSink(Rows target, int batch) {
    this.target = target;
    this.batch = batch;
    this.zeros = new float[target.width()];
  }

  /** Stores this worker's share of step t; padding is zero. */
  void store(Worker w, int t, Slab dh, RowLengths lengths) {
    int left = w.unitFrom(dh.width);
    int count = w.unitTo(dh.width) - left;
    for (int n = w.rowFrom(); count > 0 && n < w.rowTo(); n++) {
      if (lengths.isValid(t, n)) {
        target.write(t * batch + n, left, count, dh.data, dh.at(t, n) + left);
      } else {
        target.write(t * batch + n, left, count, zeros, 0);
      }
    }
  }
}
