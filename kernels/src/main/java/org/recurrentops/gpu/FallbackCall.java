package org.recurrentops.gpu;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.recurrentops.spi.RunState;

/** The work of one bound call of a plan that may fall back: built anew when that has happened. */
final class FallbackCall {
  private final Fallback fallback;
  private final Function<Algorithm, WorkList> builder;
  private final Function<Algorithm, AtomicLong> counter;
  private Algorithm algorithm;
  private WorkList list;
  private AtomicLong runs;

  /**
   * Builds the work of the plan's algorithm.
   *
   * @param builder makes it
   * @param counter counts the runs with an algorithm
   */
  FallbackCall(
      Fallback fallback,
      Function<Algorithm, WorkList> builder,
      Function<Algorithm, AtomicLong> counter) {
    this.fallback = fallback;
    this.builder = builder;
    this.counter = counter;
    build(fallback.now());
  }

  private void build(Algorithm now) {
    list = builder.apply(now);
    runs = counter.apply(now);
    algorithm = now;
  }

  /** Enqueues it; returns the algorithm's counter. */
  AtomicLong run(DeviceQueue queue, RunState state) {
    if (fallback.now() != algorithm) {
      list.close();
      build(fallback.now());
    }
    list.enqueue(queue, state);
    return runs;
  }

  void close() {
    list.close();
  }
}
