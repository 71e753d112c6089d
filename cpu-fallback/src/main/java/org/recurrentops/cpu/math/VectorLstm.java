package org.recurrentops.cpu.math;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link LstmUnits} in the Vector API: the passes of {@link VectorActivations} over whole blocks of
 * rows where they lie, so that short rows do not cost a call and a copy for each gate. Rounds like
 * the form that goes row by row.
 *
 * <p>What makes 0 of subnormal vectors is spelled out wherever it is needed: C2 always inlines the
 * Vector API, but methods of our own only where a profile says that they are called often, and a
 * vector that goes into one or comes out of it is allocated otherwise.
 */
final class VectorLstm implements LstmUnits {
  private static final VectorSpecies<Float> S = VectorWidth.SPECIES;
  private static final int L = VectorWidth.LANES;
  private static final Class<? extends FloatVector> FLOATS = FloatVector.zero(S).getClass();
  private static final Class<? extends IntVector> INTS =
      FloatVector.zero(S).reinterpretAsInts().getClass();
  private static final IntVector NORMAL_BITS = VectorActivations.NORMAL_BITS;
  private static final IntVector ALL_BUT_SIGN = VectorActivations.ALL_BUT_SIGN;

  private final VectorActivations activations;
  private final MethodHandle cells = VectorPass.ofArrays(MethodHandles.lookup(), "cells", 3);
  private final VectorPass outputs = VectorPass.of(MethodHandles.lookup(), "outputs");
  private final VectorLstmGradient gradient;

  VectorLstm(VectorActivations activations) {
    this.activations = activations;
    this.gradient = new VectorLstmGradient(activations);
  }

  @Override
  public void forward(
      int hidden,
      int rows,
      int count,
      float[] gates,
      int gatesAt,
      float[] before,
      int beforeAt,
      float[] after,
      int afterAt,
      float[] out,
      int outAt) {
    int stride = 4 * hidden;
    int f = gatesAt + hidden;
    int g = f + hidden;
    int o = g + hidden;
    if (count == hidden) {
      activations.sigmoid(gates, gatesAt, stride, gates, gatesAt, stride, rows, 2 * hidden);
    } else {
      activations.sigmoid(gates, gatesAt, stride, gates, gatesAt, stride, rows, count);
      activations.sigmoid(gates, f, stride, gates, f, stride, rows, count);
    }
    activations.tanh(gates, g, stride, gates, g, stride, rows, count);
    activations.sigmoid(gates, o, stride, gates, o, stride, rows, count);
    try {
      cells.invokeExact(hidden, rows, count, gates, gatesAt, before, beforeAt, after, afterAt);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e); // the loop throws nothing checked
    }
    activations.tanh(after, afterAt, hidden, out, outAt, hidden, rows, count);
    int whole = count - count % L;
    outputs.run(gates, o, stride, out, outAt, hidden, rows, whole);
    for (int r = 0; whole < count && r < rows; r++) {
      for (int i = whole; i < count; i++) {
        int at = outAt + r * hidden + i;
        out[at] = normal(gates[o + r * stride + i] * out[at]);
      }
    }
  }

  @Override
  public void backward(
      int hidden,
      int rows,
      int count,
      float[] gates,
      int gatesAt,
      float[] before,
      int beforeAt,
      float[] after,
      int afterAt,
      float[] dOut,
      int dOutAt,
      float[] dc,
      int dcAt,
      float[] dGates,
      int dGatesAt,
      float[] dBefore,
      int dBeforeAt) {
    int o = 3 * hidden;
    gradient.tangents(hidden, rows, count, after, afterAt, dGates, dGatesAt + o);
    gradient.outputs(
        hidden,
        rows,
        count,
        gates,
        gatesAt + o,
        dOut,
        dOutAt,
        dc,
        dcAt,
        dGates,
        dGatesAt + o,
        dBefore,
        dBeforeAt);
    gradient.gates(
        hidden, rows, count, gates, gatesAt, before, beforeAt, dBefore, dBeforeAt, dGates,
        dGatesAt);
  }

  /** c = f·c₋ + i·g, or 0 where that is subnormal. */
  private static void cells(
      int hidden,
      int rows,
      int count,
      float[] gates,
      int gatesAt,
      float[] before,
      int beforeAt,
      float[] after,
      int afterAt) {
    int whole = count - count % L;
    for (int r = 0; r < rows; r++) {
      int i = gatesAt + 4 * r * hidden;
      int f = i + hidden;
      int g = f + hidden;
      int from = beforeAt + r * hidden;
      int to = afterAt + r * hidden;
      for (int k = 0; k < whole; k += L) {
        FloatVector kept = FLOATS.cast(FloatVector.fromArray(S, gates, f + k));
        kept = kept.mul(FLOATS.cast(FloatVector.fromArray(S, before, from + k)));
        FloatVector added = FLOATS.cast(FloatVector.fromArray(S, gates, i + k));
        added = added.mul(FLOATS.cast(FloatVector.fromArray(S, gates, g + k)));
        IntVector z = INTS.cast(kept.add(added).reinterpretAsInts());
        IntVector below = z.and(ALL_BUT_SIGN).sub(NORMAL_BITS);
        z = z.sub(z.and(INTS.cast(below.lanewise(VectorOperators.ASHR, 31))));
        FLOATS.cast(z.reinterpretAsFloats()).intoArray(after, to + k);
      }
      for (int k = whole; k < count; k++) {
        after[to + k] = normal(gates[f + k] * before[from + k] + gates[i + k] * gates[g + k]);
      }
    }
  }

  /** y = x·y, or 0 where that is subnormal. */
  private static void outputs(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    for (int r = 0; r < rows; r++) {
      int from = xOffset + r * xStride;
      int to = yOffset + r * yStride;
      for (int k = 0; k < n; k += L) {
        FloatVector o = FLOATS.cast(FloatVector.fromArray(S, x, from + k));
        FloatVector h = o.mul(FLOATS.cast(FloatVector.fromArray(S, y, to + k)));
        IntVector z = INTS.cast(h.reinterpretAsInts());
        IntVector below = z.and(ALL_BUT_SIGN).sub(NORMAL_BITS);
        z = z.sub(z.and(INTS.cast(below.lanewise(VectorOperators.ASHR, 31))));
        FLOATS.cast(z.reinterpretAsFloats()).intoArray(y, to + k);
      }
    }
  }

  static float normal(float x) {
    return Math.abs(x) < Float.MIN_NORMAL ? 0f : x;
  }
}
