package org.recurrentops.bench.run;

/** {@link RoofLoops} that C2 may make vectors of by itself. */
final class PlainRoofLoops implements RoofLoops {
  /** Multiply-adds of a pass. */
  private static final int DEEP = 8;

  @Override
  public void multiplyAdd(float[] values, int rounds, float m, float s) {
    for (int r = 0; r < rounds; r += DEEP) {
      MachineBenchmark.multiplyAdd(values, m, s);
    }
  }

  @Override
  public void read(float[] values, int from, int count, float[] sums) {
    float a = sums[0];
    float b = sums[1];
    float c = sums[2];
    float d = sums[3];
    for (int i = from; i < from + count; i += 4) {
      a += values[i];
      b += values[i + 1];
      c += values[i + 2];
      d += values[i + 3];
    }
    sums[0] = a;
    sums[1] = b;
    sums[2] = c;
    sums[3] = d;
  }
}
