package org.recurrentops.bench.layers;

import java.util.Locale;

/** What is timed. */
enum Pass {
  /** Forward on an inference plan with packed weights. */
  FORWARD("forward", 1),
  /** Forward and backward with dx and dParams; the backward pass has twice the products. */
  TRAINING("trainingStep", 3);

  private final String method;
  private final int forwards;

  Pass(String method, int forwards) {
    this.method = method;
    this.forwards = forwards;
  }

  /** The method of {@link LayerBenchmark} that times it. */
  String method() {
    return method;
  }

  /** Floating-point operations of one call in matrix products. */
  long flops(LayerShape shape) {
    return forwards * shape.forwardFlops();
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
