package org.recurrentops.bench.layers;

import org.recurrentops.MathMode;

/**
 * How long that takes which goes on inside a multiprocessor, in times of what the models assume: 1
 * as assumed, 0 for nothing.
 *
 * @param float32 multiply-adds without tensor cores
 * @param tf32 those of tensor cores by mma.sync
 * @param bf16 the same
 * @param fp16 the same
 * @param shared what is read from shared memory
 * @param peers what is written to other blocks of a cluster
 * @param finish sums, gates and barriers of a block
 */
record Pace(
    double float32,
    double tf32,
    double bf16,
    double fp16,
    double shared,
    double peers,
    double finish) {
  /** As the models have it. */
  static final Pace ASSUMED = new Pace(1, 1, 1, 1, 1, 1, 1);

  /** Of a step's products. */
  double products(MathMode mode) {
    return switch (mode) {
      case FP32 -> float32;
      case TF32 -> tf32;
      case BF16 -> bf16;
      case FP16 -> fp16;
    };
  }
}
