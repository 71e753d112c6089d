package org.recurrentops.bench.layers;

import org.recurrentops.MathMode;

/**
 * What {@link GpuModel} expects of a stack of equal layers, run in turn or as the wavefront over
 * layers and time that the CUDA backend runs: layer l + 1 takes a chunk of K steps when layer l has
 * done it. A wave takes ⌈T/K⌉ + L − 1 slots of K steps, the product over a chunk's input and two
 * markers, but no less than the card needs for all products one after the other (which read R from
 * L2 only if those of all layers fit), and in a stream no less than the host needs to enqueue every
 * launch. Written down before a card was measured.
 *
 * @param card what one layer costs
 * @param enqueue µs of the host per launch of a stream
 */
record StackModel(GpuModel card, double enqueue) {
  /** The price of a launch for the host is an assumption. */
  static final StackModel H200 = new StackModel(GpuModel.H200, 2.0);

  /** Launches of a chunk beside its steps: the product over its input, two markers. */
  private static final int PER_CHUNK = 3;

  /** The backend lets no more layers run at the same time. */
  static final int MOST_LAYERS = 4;

  /**
   * Milliseconds of layers in turn.
   *
   * @param layers L ≥ 2
   * @param strategy stepped or graph
   */
  double inTurn(LayerShape first, int layers, Pass pass, MathMode mode, String strategy) {
    return card.millis(first, pass, mode, strategy)
        + (layers - 1) * card.millis(inner(first), pass, mode, strategy);
  }

  /** A layer whose input is the output of another. */
  static LayerShape inner(LayerShape first) {
    return new LayerShape(
        first.cell(), first.steps(), first.batch(), first.hiddenSize(), first.hiddenSize());
  }

  /** Steps of a chunk, as the backend chooses them: K = √(3·T / ((L − 1)·s)). */
  static int chunk(LayerShape s, int layers) {
    double best =
        Math.sqrt((double) PER_CHUNK * s.steps() / ((layers - 1) * GpuModel.stepStages(s)));
    return (int) Math.max(1, Math.round(best));
  }

  private static int chunks(LayerShape s, int layers) {
    return (s.steps() + chunk(s, layers) - 1) / chunk(s, layers);
  }

  /** Whether the backend makes it a wave: it must save a tenth of the launches in a row. */
  static boolean waves(LayerShape s, int layers) {
    int stages = GpuModel.stepStages(s);
    int slots = chunks(s, layers) + layers - 1;
    double inTurn = (double) layers * s.steps() * stages;
    return s.steps() > 1 && slots * (chunk(s, layers) * stages + PER_CHUNK) <= 0.9 * inTurn;
  }

  /**
   * Milliseconds of a wave.
   *
   * @param layers from 2 to {@link #MOST_LAYERS}
   * @param strategy stepped or graph
   */
  double inWave(LayerShape first, int layers, Pass pass, MathMode mode, String strategy) {
    double forward = pass(first, layers, mode, strategy, false);
    double micros =
        pass == Pass.FORWARD ? forward : forward + pass(first, layers, mode, strategy, true);
    return micros * 1e-3;
  }

  /** Forward, or backward: there the weight gradients run beside the loops, but for the last. */
  private double pass(
      LayerShape first, int layers, MathMode mode, String strategy, boolean backward) {
    LayerShape s = inner(first);
    double latency = card.latency(strategy);
    int steps = chunk(s, layers);
    int launches = card.stepLaunches(s, mode);
    double product = card.stepProductMicros(s, mode, layers);
    double step = launches * latency + product;
    double input = card.productMicros(s.withSteps(steps), s.inputSize(), mode);
    double slot = steps * step + input + (PER_CHUNK - 1) * latency;
    double slots = chunks(s, layers) + layers - 1;
    double weights = backward ? 2 * card.productMicros(s, s.hiddenSize(), mode) : 0;
    double chain = slots * slot + weights;

    double ofLayer = s.steps() * product + chunks(s, layers) * input;
    double busy = layers * (ofLayer + weights);
    double enqueued =
        strategy.equals("stepped")
            ? layers * enqueue * (s.steps() * launches + (double) PER_CHUNK * chunks(s, layers))
            : 0;
    return Math.max(chain, Math.max(busy, enqueued));
  }
}
