package org.recurrentops.bench.layers;

import java.util.Locale;

/**
 * What the models of a card take for granted: a time, or a rate, that a probe of the GPU bundle
 * measures or that none does.
 */
enum Cost {
  LAUNCH(Part.LAUNCHES, "launch/stream", GpuModel.H200.launch(), false),
  NODE(Part.LAUNCHES, "launch/graph", GpuModel.H200.node(), false),
  /** From a store to the poll that has its words. */
  MAIL(
      Part.EXCHANGE,
      "latency/mailbox",
      PersistentModel.H200.published() + PersistentModel.H200.latency(),
      false),
  HOP(Part.EXCHANGE, "latency/cluster", Persistent2dModel.H200.hop(), false),
  BARRIER(Part.EXCHANGE, "latency/cluster-barrier", OneClusterModel.H200.barrier(), false),
  L2(Part.WORDS, "rate/l2", GpuModel.H200.cache(), true),
  /** What blocks of a cluster write to each other. */
  PEERS(Part.WORDS, "", 0, true),
  SHARED(Part.WEIGHTS, "rate/shared", terahertz() * PersistentModel.SHARED_BYTES_PER_CLOCK, true),
  MEMORY(Part.WEIGHTS, "rate/memory", GpuModel.H200.memory(), true),
  FLOAT32(Part.PRODUCTS, "rate/float32", terahertz() * 2 * 128, true),
  TF32(Part.PRODUCTS, "rate/mma-tf32", terahertz() * 2 * 512, true),
  BF16(Part.PRODUCTS, "rate/mma-bf16", terahertz() * 2 * 1024, true),
  FP16(Part.PRODUCTS, "rate/mma-fp16", terahertz() * 2 * 1024, true),
  /** Of products over all steps on tensor cores. */
  PEAK(Part.PRODUCTS, "", 0, true),
  /** Sums, gates and barriers of a block. */
  FINISH(Part.GATES, "", 0, false);

  /** What a step is made of; what is measured of one moves that part. */
  enum Part {
    LAUNCHES,
    EXCHANGE,
    WORDS,
    WEIGHTS,
    PRODUCTS,
    GATES;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  final Part part;

  /** That measures it; empty for none. */
  final String probe;

  /** In the probe's unit. */
  final double assumed;

  private final boolean rate;

  Cost(Part part, String probe, double assumed, boolean rate) {
    this.part = part;
    this.probe = probe;
    this.assumed = assumed;
    this.rate = rate;
  }

  /** How long it takes where a probe has a value, in times of what is assumed. */
  double times(double measured) {
    return rate ? assumed / measured : measured / assumed;
  }

  /** Clocks of all multiprocessors, 10¹² a second. */
  private static double terahertz() {
    return PersistentModel.H200.multiprocessors() * PersistentModel.H200.clock() * 1e-3;
  }
}
