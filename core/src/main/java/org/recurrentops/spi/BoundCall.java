package org.recurrentops.spi;

/**
 * A call whose arguments are fixed; running it allocates nothing and copies nothing, but for what
 * depends on the first lengths that it gets.
 */
public interface BoundCall {
  /**
   * Enqueues the call.
   *
   * @param state lengths and random counters of this run; valid only during the call
   */
  void run(RunState state);

  /** Releases launch arguments and graphs. Called once. */
  void close();
}
