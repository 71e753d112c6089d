package org.recurrentops.bench.run;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The classic optimisations of an LSTM's forward pass on a CPU, each added to those before it.
 *
 * <p>The first four call this library's matrix product and compute everything else in loops of
 * their own with {@code Math.exp} and {@code Math.tanh}, as one writes them by hand; the others are
 * plans of this library. All but the last use one thread.
 */
public enum Rung {
  /** Eight products a step, one per gate and operand; a loop over the arrays per function. */
  SEPARATE_GATES(1),
  /** Two products a step, all gates at once. */
  COMBINED_GATES(1),
  /** One loop that computes all of a unit while it is in registers. */
  FUSED_POINTWISE(1),
  /** The products with all inputs as one before the first step. */
  BATCHED_INPUT(1),
  /** A plan: products and gates fused tile by tile, vectorised non-linearities. */
  PLAN(1),
  /** Weights packed once for all calls. */
  PACKED_WEIGHTS(1),
  /** A thread per processor. */
  THREADS(0);

  private final int threads;

  Rung(int threads) {
    this.threads = threads;
  }

  /** As in {@link Combination#threads()}. */
  int threads() {
    return threads;
  }

  boolean isPlan() {
    return compareTo(PLAN) >= 0;
  }

  /**
   * Reads a name.
   *
   * @param text such as {@code fused-pointwise}
   * @return the constant
   * @throws IllegalArgumentException if there is none of that name
   */
  public static Rung parse(String text) {
    return Arrays.stream(values())
        .filter(r -> r.toString().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    Arrays.stream(values())
                        .map(Rung::toString)
                        .collect(
                            Collectors.joining(
                                ", ", "ablation: expected one of ", ", got '" + text + "'"))));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
