package org.recurrentops.cpu.math;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The passes of {@link VectorLstm#backward}. Each is compiled by itself, as those of {@link
 * VectorActivations} are, and rounds like the form that goes row by row.
 */
final class VectorLstmGradient {
  private static final VectorSpecies<Float> S = VectorWidth.SPECIES;
  private static final int L = VectorWidth.LANES;
  private static final Class<? extends FloatVector> FLOATS = FloatVector.zero(S).getClass();
  private static final Class<? extends IntVector> INTS = VectorActivations.NORMAL_BITS.getClass();
  private static final IntVector NORMAL_BITS = VectorActivations.NORMAL_BITS;
  private static final IntVector ALL_BUT_SIGN = VectorActivations.ALL_BUT_SIGN;
  private static final FloatVector ONE = FloatVector.broadcast(S, 1f);

  private final VectorActivations activations;
  private final MethodHandle outputs = pass("outputRows", 5);
  private final MethodHandle inputs = pass("inputRows", 3);
  private final MethodHandle forgets = pass("forgetRows", 4);

  VectorLstmGradient(VectorActivations activations) {
    this.activations = activations;
  }

  private static MethodHandle pass(String name, int arrays) {
    return VectorPass.ofArrays(MethodHandles.lookup(), name, arrays);
  }

  /** tanh c, where the gradients of o's arguments go afterwards. */
  void tangents(int hidden, int rows, int count, float[] c, int cAt, float[] dO, int dOAt) {
    activations.tanh(c, cAt, hidden, dO, dOAt, 4 * hidden, rows, count);
  }

  /** The gradients that go through out: of c, all in all, and of o's arguments. */
  void outputs(
      int hidden,
      int rows,
      int count,
      float[] o,
      int oAt,
      float[] dOut,
      int dOutAt,
      float[] dc,
      int dcAt,
      float[] dO,
      int dOAt,
      float[] sum,
      int sumAt) {
    try {
      outputs.invokeExact(
          hidden, rows, count, o, oAt, dOut, dOutAt, dc, dcAt, dO, dOAt, sum, sumAt);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e); // the loop throws nothing checked
    }
  }

  /** {@code sum = dc + dOut∘o∘(1 − t²)} and {@code dO = dOut∘t∘o∘(1 − o)}, which holds t before. */
  private static void outputRows(
      int hidden,
      int rows,
      int count,
      float[] o,
      int oAt,
      float[] dOut,
      int dOutAt,
      float[] dc,
      int dcAt,
      float[] dO,
      int dOAt,
      float[] sum,
      int sumAt) {
    int whole = count - count % L;
    for (int r = 0; r < rows; r++) {
      int gate = 4 * r * hidden;
      int unit = r * hidden;
      for (int k = 0; k < whole; k += L) {
        FloatVector out = FLOATS.cast(FloatVector.fromArray(S, o, oAt + gate + k));
        FloatVector t = FLOATS.cast(FloatVector.fromArray(S, dO, dOAt + gate + k));
        FloatVector d = FLOATS.cast(FloatVector.fromArray(S, dOut, dOutAt + unit + k));
        FloatVector through = d.mul(out).mul(ONE.sub(t));
        through = through.mul(ONE.add(t));
        FloatVector later = FLOATS.cast(FloatVector.fromArray(S, dc, dcAt + unit + k));
        later.add(through).intoArray(sum, sumAt + unit + k);
        FloatVector own = d.mul(t).mul(out);
        own = own.mul(ONE.sub(out));
        IntVector z = INTS.cast(own.reinterpretAsInts());
        IntVector below = z.and(ALL_BUT_SIGN).sub(NORMAL_BITS);
        z = z.sub(z.and(INTS.cast(below.lanewise(VectorOperators.ASHR, 31))));
        FLOATS.cast(z.reinterpretAsFloats()).intoArray(dO, dOAt + gate + k);
      }
      for (int k = whole; k < count; k++) {
        float out = o[oAt + gate + k];
        float t = dO[dOAt + gate + k];
        float d = dOut[dOutAt + unit + k];
        sum[sumAt + unit + k] = dc[dcAt + unit + k] + d * out * (1 - t) * (1 + t);
        dO[dOAt + gate + k] = VectorLstm.normal(d * t * out * (1 - out));
      }
    }
  }

  /** The gradients of the arguments of i, f and g, and of c₋. */
  void gates(
      int hidden,
      int rows,
      int count,
      float[] values,
      int valuesAt,
      float[] before,
      int beforeAt,
      float[] dc,
      int dcAt,
      float[] dGates,
      int dGatesAt) {
    try {
      inputs.invokeExact(hidden, rows, count, values, valuesAt, dc, dcAt, dGates, dGatesAt);
      forgets.invokeExact(
          hidden, rows, count, values, valuesAt, before, beforeAt, dc, dcAt, dGates, dGatesAt);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e); // the loops throw nothing checked
    }
  }

  /** Those of i and g, of dc, the whole gradient of c. */
  private static void inputRows(
      int hidden,
      int rows,
      int count,
      float[] values,
      int valuesAt,
      float[] dc,
      int dcAt,
      float[] dGates,
      int dGatesAt) {
    int whole = count - count % L;
    for (int r = 0; r < rows; r++) {
      int from = valuesAt + 4 * r * hidden;
      int to = dGatesAt + 4 * r * hidden;
      int at = dcAt + r * hidden;
      for (int k = 0; k < whole; k += L) {
        FloatVector i = FLOATS.cast(FloatVector.fromArray(S, values, from + k));
        FloatVector g = FLOATS.cast(FloatVector.fromArray(S, values, from + 2 * hidden + k));
        FloatVector d = FLOATS.cast(FloatVector.fromArray(S, dc, at + k));
        FloatVector di = d.mul(g).mul(i);
        di = di.mul(ONE.sub(i));
        IntVector z = INTS.cast(di.reinterpretAsInts());
        IntVector below = z.and(ALL_BUT_SIGN).sub(NORMAL_BITS);
        z = z.sub(z.and(INTS.cast(below.lanewise(VectorOperators.ASHR, 31))));
        FLOATS.cast(z.reinterpretAsFloats()).intoArray(dGates, to + k);
        FloatVector dg = d.mul(i).mul(ONE.sub(g));
        dg = dg.mul(ONE.add(g));
        z = INTS.cast(dg.reinterpretAsInts());
        below = z.and(ALL_BUT_SIGN).sub(NORMAL_BITS);
        z = z.sub(z.and(INTS.cast(below.lanewise(VectorOperators.ASHR, 31))));
        FLOATS.cast(z.reinterpretAsFloats()).intoArray(dGates, to + 2 * hidden + k);
      }
      for (int k = whole; k < count; k++) {
        float i = values[from + k];
        float g = values[from + 2 * hidden + k];
        float d = dc[at + k];
        dGates[to + k] = VectorLstm.normal(d * g * i * (1 - i));
        dGates[to + 2 * hidden + k] = VectorLstm.normal(d * i * (1 - g) * (1 + g));
      }
    }
  }

  /** Those of f and of c₋, which takes the place of dc. */
  private static void forgetRows(
      int hidden,
      int rows,
      int count,
      float[] values,
      int valuesAt,
      float[] before,
      int beforeAt,
      float[] dc,
      int dcAt,
      float[] dGates,
      int dGatesAt) {
    int whole = count - count % L;
    for (int r = 0; r < rows; r++) {
      int from = valuesAt + 4 * r * hidden + hidden;
      int to = dGatesAt + 4 * r * hidden + hidden;
      int c = beforeAt + r * hidden;
      int at = dcAt + r * hidden;
      for (int k = 0; k < whole; k += L) {
        FloatVector f = FLOATS.cast(FloatVector.fromArray(S, values, from + k));
        FloatVector d = FLOATS.cast(FloatVector.fromArray(S, dc, at + k));
        FloatVector df = d.mul(FLOATS.cast(FloatVector.fromArray(S, before, c + k)));
        df = df.mul(f);
        df = df.mul(ONE.sub(f));
        IntVector z = INTS.cast(df.reinterpretAsInts());
        IntVector below = z.and(ALL_BUT_SIGN).sub(NORMAL_BITS);
        z = z.sub(z.and(INTS.cast(below.lanewise(VectorOperators.ASHR, 31))));
        FLOATS.cast(z.reinterpretAsFloats()).intoArray(dGates, to + k);
        z = INTS.cast(d.mul(f).reinterpretAsInts());
        below = z.and(ALL_BUT_SIGN).sub(NORMAL_BITS);
        z = z.sub(z.and(INTS.cast(below.lanewise(VectorOperators.ASHR, 31))));
        FLOATS.cast(z.reinterpretAsFloats()).intoArray(dc, at + k);
      }
      for (int k = whole; k < count; k++) {
        float f = values[from + k];
        float d = dc[at + k];
        dGates[to + k] = VectorLstm.normal(d * before[c + k] * f * (1 - f));
        dc[at + k] = VectorLstm.normal(d * f);
      }
    }
  }
}
