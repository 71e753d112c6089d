package org.recurrentops.bench.layers;

import java.util.OptionalDouble;
import org.recurrentops.MathMode;

/**
 * What {@link PersistentModel} expects where loops share a launch: both directions of a layer on a
 * half of the card each; layers as a wavefront of T + L − 1 steps on an L-th each, all of which are
 * taken to multiply their input, too. Blocks poll for the words of their own loop and of the one
 * before, see {@link StripModel} and {@link TensorModel}. Written down before a card was measured.
 *
 * @param alone a loop that has a launch of its own
 */
record RolesModel(PersistentModel alone) {
  /** Of the same assumptions. */
  static final RolesModel H200 = new RolesModel(PersistentModel.H200);

  /** Milliseconds of both directions of a layer one after the other; empty where it is refused. */
  OptionalDouble directionsApart(LayerShape s, Pass pass, MathMode mode) {
    OptionalDouble one = alone.millis(s, pass, mode);
    return one.isPresent() ? OptionalDouble.of(2 * one.getAsDouble()) : one;
  }

  /** Milliseconds of both in one launch; empty where they do not fit. */
  OptionalDouble directionsTogether(LayerShape s, Pass pass, MathMode mode) {
    double around = 2 * alone.card().aroundChain(s, pass, mode);
    return millis(around, s.steps() * stepMicros(s, pass, mode, 2, false));
  }

  /** Milliseconds of a stack layer after layer; empty where it is refused. */
  OptionalDouble inTurn(LayerShape first, int layers, Pass pass, MathMode mode) {
    OptionalDouble upper = alone.millis(StackModel.inner(first), pass, mode);
    OptionalDouble lowest = alone.millis(first, pass, mode);
    return lowest.isPresent() && upper.isPresent()
        ? OptionalDouble.of(lowest.getAsDouble() + (layers - 1) * upper.getAsDouble())
        : OptionalDouble.empty();
  }

  /** Milliseconds of a stack as a wavefront; empty where it does not fit. */
  OptionalDouble inWave(LayerShape first, int layers, Pass pass, MathMode mode) {
    double around = alone.card().aroundChain(first, pass, mode);
    if (pass != Pass.FORWARD) { // dW of both sides; all else of an upper layer is in the steps
      double product = alone.card().productMicros(first, first.hiddenSize(), mode);
      around += (layers - 1) * 2e-3 * product;
    }
    return millis(
        around, (first.steps() + layers - 1) * stepMicros(first, pass, mode, layers, true));
  }

  private static OptionalDouble millis(double around, double micros) {
    return Double.isNaN(micros)
        ? OptionalDouble.empty()
        : OptionalDouble.of(around + micros * 1e-3);
  }

  /** µs of a step, that of backward included in training; NaN where the weights do not fit. */
  private double stepMicros(LayerShape s, Pass pass, MathMode mode, int loops, boolean stack) {
    double forward = stepMicros(s, mode, false, loops, stack);
    return pass == Pass.FORWARD ? forward : forward + stepMicros(s, mode, true, loops, stack);
  }

  private double stepMicros(
      LayerShape s, MathMode mode, boolean backward, int loops, boolean stack) {
    return mode == MathMode.FP32
        ? new StripModel(alone, loops, stack).step(s, backward).micros()
        : new TensorModel(alone, loops, stack).step(s, mode, backward).micros();
  }
}
