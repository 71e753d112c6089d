package org.recurrentops;

import org.recurrentops.spi.BackendQueue;

/**
 * An in-order queue of device work: a stream, a command queue, or on the CPU the calling thread.
 */
public final class ExecutionQueue implements AutoCloseable {
  private final RecurrentOps ops;
  private final BackendQueue queue;
  private final boolean owned;
  private volatile boolean closed;

  ExecutionQueue(RecurrentOps ops, BackendQueue queue, boolean owned) {
    this.ops = ops;
    this.queue = queue;
    this.owned = owned;
  }

  /**
   * The device it belongs to.
   *
   * @return the ops
   */
  public RecurrentOps ops() {
    return ops;
  }

  BackendQueue backend() {
    if (closed) {
      throw new IllegalStateException("queue: expected an open queue, got a closed one");
    }
    return queue;
  }

  /** Blocks until everything enqueued so far is done; throws pending device errors. */
  public void synchronize() {
    ops.call(
        () -> {
          backend().synchronize();
          ops.counters().countSynchronisation();
        });
  }

  /**
   * Marks the current end of this queue.
   *
   * @return an event other queues of the same ops can wait for
   */
  public Event record() {
    Object[] token = new Object[1];
    ops.call(() -> token[0] = backend().record());
    return new Event(this, token[0]);
  }

  /**
   * Makes later work of this queue wait for an event, without blocking the host.
   *
   * @param event recorded on a queue of the same ops
   */
  public void waitFor(Event event) {
    if (event.queue().ops() != ops) {
      throw new IllegalArgumentException(
          "waitFor: expected an event of "
              + ops.device().id()
              + ", got one of "
              + event.queue().ops().device().id());
    }
    ops.call(() -> backend().waitFor(event.token()));
  }

  /** Gives an owned queue back after its work is done; the default queue and borrowed ones stay. */
  @Override
  public void close() {
    if (!owned || closed) {
      return;
    }
    closed = true;
    ops.release(this);
    queue.close();
  }
}
