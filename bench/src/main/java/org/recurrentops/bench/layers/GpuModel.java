package org.recurrentops.bench.layers;

import java.util.List;
import org.recurrentops.CellType;
import org.recurrentops.MathMode;

/**
 * A model of what a layer costs on a GPU: products at a share of the peak or of the memory's speed,
 * and a price per launch of the chain of steps. Written down before a card was measured, so that a
 * measurement can refute it.
 *
 * @param card its name
 * @param fp32 peak of FP32 without tensor cores, TFLOP/s
 * @param tf32 dense peak of tensor cores, TFLOP/s
 * @param half dense peak of BF16 and FP16, TFLOP/s
 * @param memory TB/s of the card's memory
 * @param cache TB/s of its L2 cache
 * @param cacheMegabytes its size
 * @param multiprocessor GB/s that one multiprocessor reads from L2
 * @param launch µs per dependent kernel of a stream, host included
 * @param node µs per dependent node of a graph
 * @param pace of what goes on inside a multiprocessor, where R is on the chip
 */
record GpuModel(
    String card,
    double fp32,
    double tf32,
    double half,
    double memory,
    double cache,
    double cacheMegabytes,
    double multiprocessor,
    double launch,
    double node,
    Pace pace) {
  /** NVIDIA's data sheet for peaks and memory; cache, launch and node are assumptions. */
  static final GpuModel H200 =
      new GpuModel("NVIDIA H200", 67, 494, 989, 4.8, 5.5, 50, 118, 2.5, 1.25, Pace.ASSUMED);

  /** Share of a peak that a large product reaches. */
  private static final double EFFICIENCY = 0.7;

  /** Share that one step's product reaches, with few rows. */
  private static final double STEP_EFFICIENCY = 0.3;

  /** Rows of the batch that one block of a whole-sequence kernel takes. */
  private static final int TILE = 4;

  /** Strategies that it knows. */
  static final List<String> STRATEGIES = List.of("stepped", "graph", "fused");

  /**
   * Predicted time of a call.
   *
   * @param strategy one of {@link #STRATEGIES}
   * @return milliseconds
   */
  double millis(LayerShape s, Pass pass, MathMode mode, String strategy) {
    double chain = s.steps() * stepMicros(s, mode, strategy);
    int chains = pass == Pass.FORWARD ? 1 : 2;
    return aroundChain(s, pass, mode) + chains * chain * 1e-3;
  }

  /** Milliseconds of the products over all steps, which no strategy changes. */
  double aroundChain(LayerShape s, Pass pass, MathMode mode) {
    double projection = s.skipsInput() ? launch : productMicros(s, s.inputSize(), mode);
    if (pass == Pass.FORWARD) {
      return projection * 1e-3;
    }
    // backward: dx and dW of the input side, dW of the recurrent side
    return (3 * projection + productMicros(s, s.hiddenSize(), mode)) * 1e-3;
  }

  private double stepMicros(LayerShape s, MathMode mode, String strategy) {
    double gateRows = (double) s.cell().gates() * s.hiddenSize();
    double weights = gateRows * s.hiddenSize() * bytes(mode);
    if (strategy.equals("fused")) {
      double blocks = Math.ceil((double) s.batch() / TILE);
      double alone = weights / (multiprocessor * 1e3);
      return 1 + Math.max(alone, blocks * weights / (cache * 1e6));
    }
    return stepProductMicros(s, mode, 1) + stepLaunches(s, mode) * latency(strategy);
  }

  /**
   * The product of one step, in a stepped loop, µs.
   *
   * @param layers whose R are read in turns, so that together they fit into L2 or do not
   */
  double stepProductMicros(LayerShape s, MathMode mode, int layers) {
    double gateRows = (double) s.cell().gates() * s.hiddenSize();
    double weights = gateRows * s.hiddenSize() * bytes(mode);
    double speed = speed(layers * weights);
    double arithmetic = 2 * s.batch() * gateRows * s.hiddenSize() / (peak(mode) * 1e6);
    return Math.max(arithmetic / STEP_EFFICIENCY, weights / (speed * 1e6));
  }

  /** TB/s at which so many bytes are read again and again: L2's if it holds them. */
  double speed(double bytes) {
    return bytes < 0.8e6 * cacheMegabytes ? cache : memory;
  }

  /** Stages of a step: a product and a kernel, or two of each. */
  static int stepStages(LayerShape s) {
    return s.cell() == CellType.GRU_RESET_BEFORE ? 4 : 2;
  }

  /** Launches of a step, one after the other. */
  int stepLaunches(LayerShape s, MathMode mode) {
    int products = stepStages(s) / 2;
    int conversions = bytes(mode) < 4 ? products : 0; // of the left operand to 16 bits
    return stepStages(s) + conversions;
  }

  /** Price of a launch in the stepped loop, as it is or recorded, µs. */
  double latency(String strategy) {
    return strategy.equals("stepped") ? launch : node;
  }

  /** A product over all T·N rows, µs. */
  double productMicros(LayerShape s, int depth, MathMode mode) {
    double rows = (double) s.steps() * s.batch();
    double columns = (double) s.cell().gates() * s.hiddenSize();
    double arithmetic = 2 * rows * columns * depth / (peak(mode) * 1e6 * EFFICIENCY);
    double bytes = (rows * depth + columns * depth) * bytes(mode) + 4 * rows * columns;
    return launch + Math.max(arithmetic, bytes / (memory * 1e6));
  }

  private double peak(MathMode mode) {
    return switch (mode) {
      case FP32 -> fp32;
      case TF32 -> tf32;
      case BF16, FP16 -> half;
    };
  }

  private static int bytes(MathMode mode) {
    return mode == MathMode.BF16 || mode == MathMode.FP16 ? 2 : 4;
  }

  /** The strategy that an algorithm's name stands for, or null if the model knows none. */
  static String strategyOf(String algorithm) {
    String name =
        algorithm.contains("/") ? algorithm.substring(0, algorithm.indexOf('/')) : algorithm;
    return STRATEGIES.contains(name) ? name : null;
  }
}
