package org.recurrentops.bench.run;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link RoofLoops} in the Vector API; spelled out, because C2 keeps named vectors in registers.
 */
final class VectorRoofLoops implements RoofLoops {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int L = S.length();

  /** Chains under way at once: they hide the latency of a multiply-add and fit 16 registers. */
  private static final int CHAINS = 12;

  @Override
  public void multiplyAdd(float[] values, int rounds, float m, float s) {
    for (int i = 0; i < values.length; i += CHAINS * L) {
      chains(values, i, rounds, m, s);
    }
  }

  private static void chains(float[] values, int at, int rounds, float m, float s) {
    FloatVector factor = FloatVector.broadcast(S, m);
    FloatVector added = FloatVector.broadcast(S, s);
    FloatVector v0 = FloatVector.fromArray(S, values, at);
    FloatVector v1 = FloatVector.fromArray(S, values, at + L);
    FloatVector v2 = FloatVector.fromArray(S, values, at + 2 * L);
    FloatVector v3 = FloatVector.fromArray(S, values, at + 3 * L);
    FloatVector v4 = FloatVector.fromArray(S, values, at + 4 * L);
    FloatVector v5 = FloatVector.fromArray(S, values, at + 5 * L);
    FloatVector v6 = FloatVector.fromArray(S, values, at + 6 * L);
    FloatVector v7 = FloatVector.fromArray(S, values, at + 7 * L);
    FloatVector v8 = FloatVector.fromArray(S, values, at + 8 * L);
    FloatVector v9 = FloatVector.fromArray(S, values, at + 9 * L);
    FloatVector v10 = FloatVector.fromArray(S, values, at + 10 * L);
    FloatVector v11 = FloatVector.fromArray(S, values, at + 11 * L);
    for (int r = 0; r < rounds; r++) {
      v0 = v0.fma(factor, added);
      v1 = v1.fma(factor, added);
      v2 = v2.fma(factor, added);
      v3 = v3.fma(factor, added);
      v4 = v4.fma(factor, added);
      v5 = v5.fma(factor, added);
      v6 = v6.fma(factor, added);
      v7 = v7.fma(factor, added);
      v8 = v8.fma(factor, added);
      v9 = v9.fma(factor, added);
      v10 = v10.fma(factor, added);
      v11 = v11.fma(factor, added);
    }
    v0.intoArray(values, at);
    v1.intoArray(values, at + L);
    v2.intoArray(values, at + 2 * L);
    v3.intoArray(values, at + 3 * L);
    v4.intoArray(values, at + 4 * L);
    v5.intoArray(values, at + 5 * L);
    v6.intoArray(values, at + 6 * L);
    v7.intoArray(values, at + 7 * L);
    v8.intoArray(values, at + 8 * L);
    v9.intoArray(values, at + 9 * L);
    v10.intoArray(values, at + 10 * L);
    v11.intoArray(values, at + 11 * L);
  }

  @Override
  public void read(float[] values, int from, int count, float[] sums) {
    FloatVector v0 = FloatVector.fromArray(S, sums, 0);
    FloatVector v1 = FloatVector.fromArray(S, sums, L);
    FloatVector v2 = FloatVector.fromArray(S, sums, 2 * L);
    FloatVector v3 = FloatVector.fromArray(S, sums, 3 * L);
    FloatVector v4 = FloatVector.fromArray(S, sums, 4 * L);
    FloatVector v5 = FloatVector.fromArray(S, sums, 5 * L);
    FloatVector v6 = FloatVector.fromArray(S, sums, 6 * L);
    FloatVector v7 = FloatVector.fromArray(S, sums, 7 * L);
    FloatVector v8 = FloatVector.fromArray(S, sums, 8 * L);
    FloatVector v9 = FloatVector.fromArray(S, sums, 9 * L);
    FloatVector v10 = FloatVector.fromArray(S, sums, 10 * L);
    FloatVector v11 = FloatVector.fromArray(S, sums, 11 * L);
    for (int i = from; i < from + count; i += CHAINS * L) {
      v0 = v0.add(FloatVector.fromArray(S, values, i));
      v1 = v1.add(FloatVector.fromArray(S, values, i + L));
      v2 = v2.add(FloatVector.fromArray(S, values, i + 2 * L));
      v3 = v3.add(FloatVector.fromArray(S, values, i + 3 * L));
      v4 = v4.add(FloatVector.fromArray(S, values, i + 4 * L));
      v5 = v5.add(FloatVector.fromArray(S, values, i + 5 * L));
      v6 = v6.add(FloatVector.fromArray(S, values, i + 6 * L));
      v7 = v7.add(FloatVector.fromArray(S, values, i + 7 * L));
      v8 = v8.add(FloatVector.fromArray(S, values, i + 8 * L));
      v9 = v9.add(FloatVector.fromArray(S, values, i + 9 * L));
      v10 = v10.add(FloatVector.fromArray(S, values, i + 10 * L));
      v11 = v11.add(FloatVector.fromArray(S, values, i + 11 * L));
    }
    v0.intoArray(sums, 0);
    v1.intoArray(sums, L);
    v2.intoArray(sums, 2 * L);
    v3.intoArray(sums, 3 * L);
    v4.intoArray(sums, 4 * L);
    v5.intoArray(sums, 5 * L);
    v6.intoArray(sums, 6 * L);
    v7.intoArray(sums, 7 * L);
    v8.intoArray(sums, 8 * L);
    v9.intoArray(sums, 9 * L);
    v10.intoArray(sums, 10 * L);
    v11.intoArray(sums, 11 * L);
  }
}
