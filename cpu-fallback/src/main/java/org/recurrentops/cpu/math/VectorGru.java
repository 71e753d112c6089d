package org.recurrentops.cpu.math;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link GruUnits} in the Vector API: passes over whole blocks of rows, compiled each by itself as
 * those of {@link VectorLstm} are. Rounds like the form that goes row by row.
 */
final class VectorGru implements GruUnits {
  private static final VectorSpecies<Float> S = VectorWidth.SPECIES;
  private static final int L = VectorWidth.LANES;
  private static final Class<? extends FloatVector> FLOATS = FloatVector.zero(S).getClass();
  private static final Class<? extends IntVector> INTS =
      FloatVector.zero(S).reinterpretAsInts().getClass();
  private static final IntVector NORMAL_BITS = VectorActivations.NORMAL_BITS;
  private static final IntVector ALL_BUT_SIGN = VectorActivations.ALL_BUT_SIGN;
  private static final FloatVector ONE = FloatVector.broadcast(S, 1f);

  private final VectorActivations activations;
  private final MethodHandle arguments = pass("argumentRows", 2);
  private final MethodHandle states = pass("stateRows", 3);
  private final MethodHandle updates = pass("updateRows", 5);
  private final MethodHandle resets = pass("resetRows", 4);
  private final VectorGruReset resetsBefore = new VectorGruReset();

  VectorGru(VectorActivations activations) {
    this.activations = activations;
  }

  private static MethodHandle pass(String name, int arrays) {
    return VectorPass.ofArrays(MethodHandles.lookup(), name, arrays);
  }

  @Override
  public void forward(
      int hidden,
      int rows,
      int count,
      float[] gates,
      int gatesAt,
      float[] q,
      int qAt,
      float[] before,
      int beforeAt,
      float[] after,
      int afterAt) {
    int stride = 3 * hidden;
    int z = gatesAt + hidden;
    int n = z + hidden;
    if (count == hidden) {
      activations.sigmoid(gates, gatesAt, stride, gates, gatesAt, stride, rows, 2 * hidden);
    } else {
      activations.sigmoid(gates, gatesAt, stride, gates, gatesAt, stride, rows, count);
      activations.sigmoid(gates, z, stride, gates, z, stride, rows, count);
    }
    try {
      arguments.invokeExact(hidden, rows, count, gates, gatesAt, q, qAt);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e); // the loops throw nothing checked
    }
    activations.tanh(gates, n, stride, gates, n, stride, rows, count);
    states(hidden, rows, count, gates, gatesAt, before, beforeAt, after, afterAt);
  }

  private void states(
      int hidden,
      int rows,
      int count,
      float[] gates,
      int gatesAt,
      float[] before,
      int beforeAt,
      float[] after,
      int afterAt) {
    try {
      states.invokeExact(hidden, rows, count, gates, gatesAt, before, beforeAt, after, afterAt);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e); // the loops throw nothing checked
    }
  }

  @Override
  public void backward(
      int hidden,
      int rows,
      int count,
      float[] gates,
      int gatesAt,
      float[] q,
      int qAt,
      float[] before,
      int beforeAt,
      float[] dh,
      int dhAt,
      float[] dGates,
      int dGatesAt,
      float[] dQ,
      int dQAt,
      float[] dBefore,
      int dBeforeAt) {
    updateGradients(
        hidden, rows, count, gates, gatesAt, before, beforeAt, dh, dhAt, dGates, dGatesAt, dBefore,
        dBeforeAt);
    try {
      resets.invokeExact(hidden, rows, count, gates, gatesAt, q, qAt, dGates, dGatesAt, dQ, dQAt);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e); // the loops throw nothing checked
    }
  }

  @Override
  public void reset(
      int hidden,
      int rows,
      int count,
      float[] gates,
      int gatesAt,
      float[] before,
      int beforeAt,
      float[] operand,
      int operandAt) {
    int stride = 3 * hidden;
    activations.sigmoid(gates, gatesAt, stride, gates, gatesAt, stride, rows, count);
    resetsBefore.operands(
        hidden, rows, count, gates, gatesAt, before, beforeAt, operand, operandAt);
  }

  @Override
  public void update(
      int hidden,
      int rows,
      int count,
      float[] gates,
      int gatesAt,
      float[] before,
      int beforeAt,
      float[] after,
      int afterAt) {
    int stride = 3 * hidden;
    int z = gatesAt + hidden;
    int n = z + hidden;
    activations.sigmoid(gates, z, stride, gates, z, stride, rows, count);
    activations.tanh(gates, n, stride, gates, n, stride, rows, count);
    states(hidden, rows, count, gates, gatesAt, before, beforeAt, after, afterAt);
  }

  @Override
  public void updateGradients(
      int hidden,
      int rows,
      int count,
      float[] gates,
      int gatesAt,
      float[] before,
      int beforeAt,
      float[] dh,
      int dhAt,
      float[] dGates,
      int dGatesAt,
      float[] dBefore,
      int dBeforeAt) {
    try {
      updates.invokeExact(
          hidden, rows, count, gates, gatesAt, before, beforeAt, dh, dhAt, dGates, dGatesAt,
          dBefore, dBeforeAt);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e); // the loops throw nothing checked
    }
  }

  @Override
  public void resetGradients(
      int hidden,
      int rows,
      int count,
      float[] gates,
      int gatesAt,
      float[] before,
      int beforeAt,
      float[] dOperand,
      int dOperandAt,
      float[] dGates,
      int dGatesAt,
      float[] dBefore,
      int dBeforeAt) {
    resetsBefore.gradients(
        hidden,
        rows,
        count,
        gates,
        gatesAt,
        before,
        beforeAt,
        dOperand,
        dOperandAt,
        dGates,
        dGatesAt,
        dBefore,
        dBeforeAt);
  }

  /** {@code n = n + r∘q}, the argument of the candidate. */
  private static void argumentRows(
      int hidden, int rows, int count, float[] gates, int gatesAt, float[] q, int qAt) {
    int whole = count - count % L;
    for (int row = 0; row < rows; row++) {
      int r = gatesAt + 3 * row * hidden;
      int n = r + 2 * hidden;
      int from = qAt + row * hidden;
      for (int k = 0; k < whole; k += L) {
        FloatVector kept = FLOATS.cast(FloatVector.fromArray(S, gates, r + k));
        kept = kept.mul(FLOATS.cast(FloatVector.fromArray(S, q, from + k)));
        FloatVector given = FLOATS.cast(FloatVector.fromArray(S, gates, n + k));
        given.add(kept).intoArray(gates, n + k);
      }
      for (int k = whole; k < count; k++) {
        gates[n + k] = gates[n + k] + gates[r + k] * q[from + k];
      }
    }
  }

  /** {@code h = (1 − z)∘n + z∘h₋}, or 0 where that is subnormal. */
  private static void stateRows(
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
    for (int row = 0; row < rows; row++) {
      int z = gatesAt + 3 * row * hidden + hidden;
      int n = z + hidden;
      int from = beforeAt + row * hidden;
      int to = afterAt + row * hidden;
      for (int k = 0; k < whole; k += L) {
        FloatVector keep = FLOATS.cast(FloatVector.fromArray(S, gates, z + k));
        FloatVector fresh = FLOATS.cast(FloatVector.fromArray(S, gates, n + k));
        fresh = ONE.sub(keep).mul(fresh);
        FloatVector kept = keep.mul(FLOATS.cast(FloatVector.fromArray(S, before, from + k)));
        IntVector h = INTS.cast(fresh.add(kept).reinterpretAsInts());
        IntVector below = h.and(ALL_BUT_SIGN).sub(NORMAL_BITS);
        h = h.sub(h.and(INTS.cast(below.lanewise(VectorOperators.ASHR, 31))));
        FLOATS.cast(h.reinterpretAsFloats()).intoArray(after, to + k);
      }
      for (int k = whole; k < count; k++) {
        float keep = gates[z + k];
        after[to + k] = VectorLstm.normal((1 - keep) * gates[n + k] + keep * before[from + k]);
      }
    }
  }

  /** The gradients of z's and n's arguments, and of h₋ as far as it comes by itself. */
  private static void updateRows(
      int hidden,
      int rows,
      int count,
      float[] gates,
      int gatesAt,
      float[] before,
      int beforeAt,
      float[] dh,
      int dhAt,
      float[] dGates,
      int dGatesAt,
      float[] dBefore,
      int dBeforeAt) {
    int whole = count - count % L;
    for (int row = 0; row < rows; row++) {
      int from = gatesAt + 3 * row * hidden + hidden;
      int to = dGatesAt + 3 * row * hidden + hidden;
      int unit = row * hidden;
      for (int k = 0; k < whole; k += L) {
        FloatVector z = FLOATS.cast(FloatVector.fromArray(S, gates, from + k));
        FloatVector n = FLOATS.cast(FloatVector.fromArray(S, gates, from + hidden + k));
        FloatVector d = FLOATS.cast(FloatVector.fromArray(S, dh, dhAt + unit + k));
        FloatVector fresh = ONE.sub(z);
        FloatVector dz = FLOATS.cast(FloatVector.fromArray(S, before, beforeAt + unit + k));
        dz = d.mul(dz.sub(n)).mul(z).mul(fresh);
        IntVector bits = INTS.cast(dz.reinterpretAsInts());
        IntVector below = bits.and(ALL_BUT_SIGN).sub(NORMAL_BITS);
        bits = bits.sub(bits.and(INTS.cast(below.lanewise(VectorOperators.ASHR, 31))));
        FLOATS.cast(bits.reinterpretAsFloats()).intoArray(dGates, to + k);
        FloatVector dn = d.mul(fresh).mul(ONE.sub(n));
        dn = dn.mul(ONE.add(n));
        bits = INTS.cast(dn.reinterpretAsInts());
        below = bits.and(ALL_BUT_SIGN).sub(NORMAL_BITS);
        bits = bits.sub(bits.and(INTS.cast(below.lanewise(VectorOperators.ASHR, 31))));
        FLOATS.cast(bits.reinterpretAsFloats()).intoArray(dGates, to + hidden + k);
        d.mul(z).intoArray(dBefore, dBeforeAt + unit + k);
      }
      for (int k = whole; k < count; k++) {
        float z = gates[from + k];
        float n = gates[from + hidden + k];
        float d = dh[dhAt + unit + k];
        float dz = d * (before[beforeAt + unit + k] - n) * z * (1 - z);
        dGates[to + k] = VectorLstm.normal(dz);
        dGates[to + hidden + k] = VectorLstm.normal(d * (1 - z) * (1 - n) * (1 + n));
        dBefore[dBeforeAt + unit + k] = d * z;
      }
    }
  }

  /** The gradients of r's argument and of q, of that of n's argument. */
  private static void resetRows(
      int hidden,
      int rows,
      int count,
      float[] gates,
      int gatesAt,
      float[] q,
      int qAt,
      float[] dGates,
      int dGatesAt,
      float[] dQ,
      int dQAt) {
    int whole = count - count % L;
    for (int row = 0; row < rows; row++) {
      int from = gatesAt + 3 * row * hidden;
      int to = dGatesAt + 3 * row * hidden;
      int candidate = to + 2 * hidden;
      int unit = row * hidden;
      for (int k = 0; k < whole; k += L) {
        FloatVector r = FLOATS.cast(FloatVector.fromArray(S, gates, from + k));
        FloatVector d = FLOATS.cast(FloatVector.fromArray(S, dGates, candidate + k));
        FloatVector dr = FLOATS.cast(FloatVector.fromArray(S, q, qAt + unit + k));
        dr = d.mul(dr).mul(r).mul(ONE.sub(r));
        IntVector bits = INTS.cast(dr.reinterpretAsInts());
        IntVector below = bits.and(ALL_BUT_SIGN).sub(NORMAL_BITS);
        bits = bits.sub(bits.and(INTS.cast(below.lanewise(VectorOperators.ASHR, 31))));
        FLOATS.cast(bits.reinterpretAsFloats()).intoArray(dGates, to + k);
        bits = INTS.cast(d.mul(r).reinterpretAsInts());
        below = bits.and(ALL_BUT_SIGN).sub(NORMAL_BITS);
        bits = bits.sub(bits.and(INTS.cast(below.lanewise(VectorOperators.ASHR, 31))));
        FLOATS.cast(bits.reinterpretAsFloats()).intoArray(dQ, dQAt + unit + k);
      }
      for (int k = whole; k < count; k++) {
        float r = gates[from + k];
        float d = dGates[candidate + k];
        dGates[to + k] = VectorLstm.normal(d * q[qAt + unit + k] * r * (1 - r));
        dQ[dQAt + unit + k] = VectorLstm.normal(d * r);
      }
    }
  }
}
