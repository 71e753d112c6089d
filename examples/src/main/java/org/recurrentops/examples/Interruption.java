package org.recurrentops.examples;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets work end in order when the process is told to stop (Ctrl-C, TERM): the request is seen by
 * polling, and the process waits until the work is closed and its last words are said, though not
 * for ever.
 */
public final class Interruption implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 30;

  private static final Queue<Interruption> CLOSED = new ConcurrentLinkedQueue<>();

  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread hook = new Thread(this::requestAndWait, "stop");
  private volatile boolean requested;

  private Interruption() {}

  /**
   * Starts to listen.
   *
   * @return to be polled, and closed when the work is done
   */
  public static Interruption listen() {
    Interruption i = new Interruption();
    Runtime.getRuntime().addShutdownHook(i.hook);
    return i;
  }

  private void requestAndWait() {
    requested = true;
    try {
      done.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Whether the work should come to its end.
   *
   * @return true once asked to
   */
  public boolean requested() {
    return requested;
  }

  /** Stops listening; if the request has come, the process goes on until {@link #letGo}. */
  @Override
  public void close() {
    try {
      if (!requested) {
        Runtime.getRuntime().removeShutdownHook(hook);
        return;
      }
    } catch (IllegalStateException e) {
      // The process has just been told to stop.
    }
    CLOSED.add(this);
  }

  /** Lets the process end, once what happened has been said. */
  static void letGo() {
    for (Interruption i = CLOSED.poll(); i != null; i = CLOSED.poll()) {
      i.done.countDown();
    }
  }
}
