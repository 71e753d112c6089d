package org.recurrentops.cpu.math;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** What {@link VectorGru} does with r where it comes before the product of the state. */
final class VectorGruReset {
  private static final VectorSpecies<Float> S = VectorWidth.SPECIES;
  private static final int L = VectorWidth.LANES;
  private static final Class<? extends FloatVector> FLOATS = FloatVector.zero(S).getClass();
  private static final Class<? extends IntVector> INTS =
      FloatVector.zero(S).reinterpretAsInts().getClass();
  private static final IntVector NORMAL_BITS = VectorActivations.NORMAL_BITS;
  private static final IntVector ALL_BUT_SIGN = VectorActivations.ALL_BUT_SIGN;
  private static final FloatVector ONE = FloatVector.broadcast(S, 1f);

  private final MethodHandle operands =
      VectorPass.ofArrays(MethodHandles.lookup(), "operandRows", 3);
  private final MethodHandle gradients =
      VectorPass.ofArrays(MethodHandles.lookup(), "gradientRows", 5);

  /** {@code operand = r∘before}. */
  void operands(
      int hidden,
      int rows,
      int count,
      float[] gates,
      int gatesAt,
      float[] before,
      int beforeAt,
      float[] operand,
      int operandAt) {
    try {
      operands.invokeExact(
          hidden, rows, count, gates, gatesAt, before, beforeAt, operand, operandAt);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e); // the loop throws nothing checked
    }
  }

  /** See {@link GruUnits#resetGradients}. */
  void gradients(
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
    try {
      gradients.invokeExact(
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
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e); // the loop throws nothing checked
    }
  }

  private static void operandRows(
      int hidden,
      int rows,
      int count,
      float[] gates,
      int gatesAt,
      float[] before,
      int beforeAt,
      float[] operand,
      int operandAt) {
    int whole = count - count % L;
    for (int row = 0; row < rows; row++) {
      int r = gatesAt + 3 * row * hidden;
      int from = beforeAt + row * hidden;
      int to = operandAt + row * hidden;
      for (int k = 0; k < whole; k += L) {
        FloatVector kept = FLOATS.cast(FloatVector.fromArray(S, gates, r + k));
        kept = kept.mul(FLOATS.cast(FloatVector.fromArray(S, before, from + k)));
        FLOATS.cast(kept).intoArray(operand, to + k);
      }
      for (int k = whole; k < count; k++) {
        operand[to + k] = gates[r + k] * before[from + k];
      }
    }
  }

  private static void gradientRows(
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
    int whole = count - count % L;
    for (int row = 0; row < rows; row++) {
      int from = gatesAt + 3 * row * hidden;
      int to = dGatesAt + 3 * row * hidden;
      int unit = row * hidden;
      for (int k = 0; k < whole; k += L) {
        FloatVector r = FLOATS.cast(FloatVector.fromArray(S, gates, from + k));
        FloatVector d = FLOATS.cast(FloatVector.fromArray(S, dOperand, dOperandAt + unit + k));
        FloatVector dh = FLOATS.cast(FloatVector.fromArray(S, dBefore, dBeforeAt + unit + k));
        dh.add(d.mul(r)).intoArray(dBefore, dBeforeAt + unit + k);
        FloatVector dr = FLOATS.cast(FloatVector.fromArray(S, before, beforeAt + unit + k));
        dr = d.mul(dr).mul(r).mul(ONE.sub(r));
        IntVector bits = INTS.cast(dr.reinterpretAsInts());
        IntVector below = bits.and(ALL_BUT_SIGN).sub(NORMAL_BITS);
        bits = bits.sub(bits.and(INTS.cast(below.lanewise(VectorOperators.ASHR, 31))));
        FLOATS.cast(bits.reinterpretAsFloats()).intoArray(dGates, to + k);
      }
      for (int k = whole; k < count; k++) {
        float r = gates[from + k];
        float d = dOperand[dOperandAt + unit + k];
        dBefore[dBeforeAt + unit + k] = dBefore[dBeforeAt + unit + k] + d * r;
        dGates[to + k] = VectorLstm.normal(d * before[beforeAt + unit + k] * r * (1 - r));
      }
    }
  }
}
