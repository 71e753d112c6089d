package org.recurrentops.gpu;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.recurrentops.spi.RunState;

/**
 * The work of one bound call, enqueued by every run. Runs whose lengths leave out enough have a
 * list of their own, which the first of them builds: most calls never need it.
 */
final class PlainCall {
  private final WorkList full;
  private final Compaction compaction;
  private final Function<Compaction, WorkList> builder;
  private final AtomicLong compacted;
  private WorkList packed;

  /**
   * Of a list for all rows.
   *
   * @param compaction null if rows are never left out
   * @param builder makes the list for runs that leave rows out
   * @param compacted counts them
   */
  PlainCall(
      WorkList full,
      Compaction compaction,
      Function<Compaction, WorkList> builder,
      AtomicLong compacted) {
    this.full = full;
    this.compaction = compaction;
    this.builder = builder;
    this.compacted = compacted;
  }

  void run(DeviceQueue queue, RunState state) {
    if (compaction == null || !compaction.take(state.lengths())) {
      full.enqueue(queue, state);
      return;
    }
    if (packed == null) {
      packed = builder.apply(compaction);
    }
    packed.enqueue(queue, state);
    queue.count(compacted);
  }

  void close() {
    full.close();
    if (packed != null) {
      packed.close();
    }
  }
}
