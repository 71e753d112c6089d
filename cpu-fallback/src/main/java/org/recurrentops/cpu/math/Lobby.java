package org.recurrentops.cpu.math;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Where threads of somebody's Executor wait a moment for a task of a {@link ThreadTeam}. A task
 * begins with those that are there: nobody relies on an Executor to run anything soon, at the same
 * time, or at all. Threads that find no task soon go back to their Executor.
 */
final class Lobby implements Runnable {
  /** Nanoseconds for which a thread waits for the next task. */
  private static final long LINGER = 100_000;

  /** Nanoseconds that a task waits for threads at least. */
  private static final long PATIENCE = 100_000;

  /** Every so many tasks wait for all threads, even if fewer have come lately. */
  private static final int HOPE = 16;

  private static final int FREE = 0;
  private static final int WAITING = 1;
  private static final int CALLED = 2; // the task is not known yet
  private static final int WORKING = 3;

  private static final int LINE = 32;

  private final Executor executor;
  private final ThreadTeam team;
  private final int size;
  private final AtomicIntegerArray seats;
  private final int[] numbers;
  private final AtomicInteger asked = new AtomicInteger();
  private volatile Thread caller;
  private volatile boolean gathering;
  private volatile boolean closed;
  private int usual;
  private int tasks;

  /** For so many threads. */
  Lobby(int size, Executor executor, ThreadTeam team) {
    this.size = size;
    this.executor = executor;
    this.team = team;
    this.seats = new AtomicIntegerArray(size * LINE);
    this.numbers = new int[size];
    this.usual = size;
  }

  /**
   * Calls threads for a task; those that come have the numbers from 1 on.
   *
   * @param patience nanoseconds to wait for them
   * @return how many do the task, the caller included; they begin when {@link #begin} is called
   */
  int gather(long patience) {
    gathering = true; // who is here stays until all have come
    try {
      ask();
      await(patience);
      return call();
    } finally {
      gathering = false;
    }
  }

  private void await(long patience) {
    int target = ++tasks % HOPE == 0 ? size : usual;
    long since = System.nanoTime();
    long most = Math.max(PATIENCE, patience);
    while (present() < target && System.nanoTime() - since < most) {
      Thread.onSpinWait();
    }
  }

  private int call() {
    int members = 1;
    for (int seat = 0; seat < size; seat++) {
      numbers[seat] = members;
      members += seats.compareAndSet(seat * LINE, WAITING, CALLED) ? 1 : 0;
    }
    usual = members - 1;
    return members;
  }

  /** Hands over as many tasks as seats are free. */
  private void ask() {
    caller = Thread.currentThread();
    try {
      handOver();
    } finally {
      caller = null;
    }
  }

  private void handOver() {
    for (int missing = size - taken() - asked.get(); missing > 0; missing--) {
      asked.incrementAndGet();
      try {
        executor.execute(this);
      } catch (RejectedExecutionException e) {
        asked.decrementAndGet();
        return; // those that are there do the task
      } catch (RuntimeException | Error e) {
        asked.decrementAndGet();
        throw e;
      }
    }
  }

  private int taken() {
    int count = 0;
    for (int seat = 0; seat < size; seat++) {
      count += seats.get(seat * LINE) == FREE ? 0 : 1;
    }
    return count;
  }

  private int present() {
    int count = 0;
    for (int seat = 0; seat < size; seat++) {
      count += seats.get(seat * LINE) == WAITING ? 1 : 0;
    }
    return count;
  }

  /** Lets those begin that {@link #gather} has called. */
  void begin() {
    for (int seat = 0; seat < size; seat++) {
      seats.compareAndSet(seat * LINE, CALLED, WORKING);
    }
  }

  /** On a thread of the Executor: waits for tasks and helps with them. */
  @Override
  public void run() {
    asked.decrementAndGet();
    if (Thread.currentThread() == caller) {
      return; // an Executor that runs tasks where they are handed over
    }
    int seat = sit();
    if (seat >= 0) {
      serve(seat);
    }
  }

  private int sit() {
    for (int seat = 0; seat < size; seat++) {
      if (seats.compareAndSet(seat * LINE, FREE, WAITING)) {
        return seat;
      }
    }
    return -1;
  }

  private void serve(int seat) {
    int at = seat * LINE;
    long since = System.nanoTime();
    while (true) {
      int seen = seats.get(at);
      if (seen == WORKING) {
        team.help(numbers[seat]);
        seats.set(at, WAITING);
        since = System.nanoTime();
      } else if (seen == WAITING && isOver(since) && seats.compareAndSet(at, WAITING, FREE)) {
        return;
      } else {
        Thread.onSpinWait();
      }
    }
  }

  private boolean isOver(long since) {
    return !gathering
        && (closed || System.nanoTime() - since > LINGER || Thread.currentThread().isInterrupted());
  }

  /** Sends waiting threads away; there are no more tasks. */
  void close() {
    closed = true;
  }
}
