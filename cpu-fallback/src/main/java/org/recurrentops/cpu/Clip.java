package org.recurrentops.cpu;

/** Values bounded to [−bound, bound]; the gradient is 0 outside and 1 inside. NaN passes. */
final class Clip {
  private final float bound;

  Clip(float bound) {
    this.bound = bound;
  }

  /** Whether there is a bound at all. */
  boolean clips() {
    return bound != Float.POSITIVE_INFINITY;
  }

  void apply(float[] a, int count) {
    if (!clips()) {
      return;
    }
    for (int k = 0; k < count; k++) {
      a[k] = a[k] > bound ? bound : a[k] < -bound ? -bound : a[k];
    }
  }

  /** Zeroes a gradient where the argument that starts at {@code data[at]} was cut. */
  void cut(Worker w, float[] data, int at, float[] gradient, int count) {
    if (clips()) {
      float[] argument = w.lane(Worker.LAST_LANE);
      System.arraycopy(data, at, argument, 0, count);
      zeroOutside(argument, gradient, count);
    }
  }

  /** Zeroes the gradient where the argument was cut. */
  void zeroOutside(float[] argument, float[] gradient, int count) {
    for (int k = 0; k < count; k++) {
      gradient[k] = Math.abs(argument[k]) > bound ? 0 : gradient[k];
    }
  }
}
