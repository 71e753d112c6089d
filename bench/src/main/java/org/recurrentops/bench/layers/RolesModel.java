package org.recurrentops.bench.layers;

import java.util.OptionalDouble;
import org.recurrentops.MathMode;

/**
 * What {@link PersistentModel} expects where loops share a launch, in float32: both directions of a
 * layer on a half of the card each; layers as a wavefront of T + L − 1 steps on an L-th each, all
 * of which are taken to multiply their input, too. Blocks poll for the words of their own loop and
 * of the one before, see {@link StripModel}. Written down before a card was measured.
 *
 * @param alone a loop that has a launch of its own
 */
record RolesModel(PersistentModel alone) {
  /** Of the same assumptions. */
  static final RolesModel H200 = new RolesModel(PersistentModel.H200);

  /** Milliseconds of both directions of a layer one after the other; empty where it is refused. */
  OptionalDouble directionsApart(LayerShape s, Pass pass) {
    OptionalDouble one = alone.millis(s, pass, MathMode.FP32);
    return one.isPresent() ? OptionalDouble.of(2 * one.getAsDouble()) : one;
  }

  /** Milliseconds of both in one launch; empty where they do not fit. */
  OptionalDouble directionsTogether(LayerShape s, Pass pass) {
    double around = 2 * alone.card().aroundChain(s, pass, MathMode.FP32);
    return millis(around, s.steps() * stepMicros(s, pass, 2, false));
  }

  /** Milliseconds of a stack layer after layer; empty where it is refused. */
  OptionalDouble inTurn(LayerShape first, int layers, Pass pass) {
    OptionalDouble upper = alone.millis(StackModel.inner(first), pass, MathMode.FP32);
    OptionalDouble lowest = alone.millis(first, pass, MathMode.FP32);
    return lowest.isPresent() && upper.isPresent()
        ? OptionalDouble.of(lowest.getAsDouble() + (layers - 1) * upper.getAsDouble())
        : OptionalDouble.empty();
  }

  /** Milliseconds of a stack as a wavefront; empty where it does not fit. */
  OptionalDouble inWave(LayerShape first, int layers, Pass pass) {
    double around = alone.card().aroundChain(first, pass, MathMode.FP32);
    if (pass != Pass.FORWARD) { // dW of both sides; all else of an upper layer is in the steps
      double product = alone.card().productMicros(first, first.hiddenSize(), MathMode.FP32);
      around += (layers - 1) * 2e-3 * product;
    }
    return millis(around, (first.steps() + layers - 1) * stepMicros(first, pass, layers, true));
  }

  private static OptionalDouble millis(double around, double micros) {
    return Double.isNaN(micros)
        ? OptionalDouble.empty()
        : OptionalDouble.of(around + micros * 1e-3);
  }

  /** µs of a step, that of backward included in training; NaN where the weights do not fit. */
  private double stepMicros(LayerShape s, Pass pass, int loops, boolean stack) {
    StripModel strip = new StripModel(alone, loops, stack);
    double forward = strip.stepMicros(s, false);
    return pass == Pass.FORWARD ? forward : forward + strip.stepMicros(s, true);
  }
}
