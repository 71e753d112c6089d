package org.recurrentops;

/** A point in an {@link ExecutionQueue}. */
public final class Event {
  private final ExecutionQueue queue;
  private final Object token;

  Event(ExecutionQueue queue, Object token) {
    this.queue = queue;
    this.token = token;
  }

  /**
   * Where it was recorded.
   *
   * @return the queue
   */
  public ExecutionQueue queue() {
    return queue;
  }

  Object token() {
    return token;
  }

  /**
   * Whether the work before it is done.
   *
   * @return true if so
   */
  public boolean isDone() {
    return queue.backend().isDone(token);
  }
}
