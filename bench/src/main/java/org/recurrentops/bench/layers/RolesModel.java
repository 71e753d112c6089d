package org.recurrentops.bench.layers;

import java.util.OptionalDouble;
import org.recurrentops.MathMode;

/**
 * What {@link PersistentModel} expects where loops share a launch, in float32: both directions of a
 * layer on a half of the card each; layers as a wavefront of T + L − 1 steps on an L-th each, all
 * of which are taken to multiply their input, too. Weights are in shared memory, and the blocks of
 * a loop meet in every step. Written down before a card was measured.
 *
 * @param alone a loop that has a launch of its own
 * @param barrier µs of a barrier of the blocks of a loop
 */
record RolesModel(PersistentModel alone, double barrier) {
  /** Of the same assumptions; so is the barrier. */
  static final RolesModel H200 = new RolesModel(PersistentModel.H200, 1.3);

  /** Rows of a thread's tile, and units of a group in backward. */
  private static final int TILE = 4;

  private static final int THREADS = 256;

  /** Multiply-adds of a multiprocessor per clock, and the share that loads leave of them. */
  private static final double RATE = 128 * 0.5;

  /** µs for sums, gates and barriers of a block, per group of rows that fits. */
  private static final double FINISH = 0.3;

  /** Milliseconds of both directions of a layer one after the other; empty where it is refused. */
  OptionalDouble directionsApart(LayerShape s, Pass pass) {
    OptionalDouble one = alone.millis(s, pass, MathMode.FP32);
    return one.isPresent() ? OptionalDouble.of(2 * one.getAsDouble()) : one;
  }

  /** Milliseconds of both in one launch; empty where they do not fit. */
  OptionalDouble directionsTogether(LayerShape s, Pass pass) {
    double around = 2 * alone.card().aroundChain(s, pass, MathMode.FP32);
    return millis(around, s.steps() * stepMicros(s, pass, 2, 1));
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
    return millis(around, (first.steps() + layers - 1) * stepMicros(first, pass, layers, 2));
  }

  private static OptionalDouble millis(double around, double micros) {
    return Double.isNaN(micros)
        ? OptionalDouble.empty()
        : OptionalDouble.of(around + micros * 1e-3);
  }

  /** µs of a step, that of backward included in training; NaN where the weights do not fit. */
  private double stepMicros(LayerShape s, Pass pass, int loops, int products) {
    double forward = stepMicros(s, false, loops, products);
    return pass == Pass.FORWARD ? forward : forward + stepMicros(s, true, loops, products);
  }

  private double stepMicros(LayerShape s, boolean backward, int loops, int products) {
    int gates = s.cell().gates();
    int units = PersistentModel.ceil(s.hiddenSize(), alone.multiprocessors() / loops);
    int groups = backward ? PersistentModel.ceil(units, TILE) : units;
    int share = backward ? TILE * groups : units;
    int slices = backward ? gates : 1;
    int columns = backward ? TILE : gates;
    int tiles = tiles(s, groups, columns, products * slices, backward ? 2 * share : share);
    if (tiles == 0) {
      return Double.NaN;
    }
    int chunks = PersistentModel.ceil(s.batch(), TILE * tiles);
    double rows = (double) TILE * PersistentModel.ceil(s.batch(), TILE);
    double arithmetic = rows * share * gates * s.hiddenSize() / (RATE * alone.clock() * 1e3);
    double blocks = (double) loops * PersistentModel.ceil(s.hiddenSize(), share);
    double bytes = Float.BYTES * blocks * s.batch() * s.hiddenSize() * slices;
    double reading = chunks * slices * alone.latency() + alone.reading(bytes);
    return barrier + products * (reading + arithmetic + chunks * FINISH);
  }

  /** Tiles of rows that fit beside the weights; 0 for none. */
  private int tiles(LayerShape s, int groups, int columns, int slices, int kept) {
    int quads = PersistentModel.ceil(s.hiddenSize(), TILE);
    long fixed =
        (long) TILE * slices * quads * columns * groups
            + (long) TILE * columns * THREADS
            + (long) kept * s.batch();
    long left = alone.sharedBytes() / Float.BYTES - fixed;
    long fit = left < 0 ? 0 : left / ((long) TILE * TILE * (quads | 1));
    int most = Math.min(PersistentModel.ceil(s.batch(), TILE), THREADS / groups);
    return (int) Math.min(fit, most);
  }
}
