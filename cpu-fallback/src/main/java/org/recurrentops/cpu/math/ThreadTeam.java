package org.recurrentops.cpu.math;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * A persistent team of threads that run one {@link Task} together; the calling thread is worker 0.
 *
 * <p>Waiting, at the {@link #barrier} and for the next task, spins briefly and then parks, so an
 * idle team uses no processor time. {@link #run} and {@link #barrier} allocate nothing. A team of
 * one has no threads and runs tasks inline; the threads of a larger one are daemons, or those of an
 * Executor, as many as come in time.
 *
 * <p>One task at a time: a second caller is refused, not queued. Interrupting the caller does not
 * stop the task: it completes, and the interrupt flag is set afterwards.
 */
public final class ThreadTeam implements AutoCloseable {

  /** Work that all workers of a team do together. */
  @FunctionalInterface
  public interface Task {
    /**
     * Does one worker's share.
     *
     * @param worker number of this worker, 0 ≤ worker &lt; workers; 0 is the thread that called run
     * @param workers how many do the task
     */
    void run(int worker, int workers);
  }

  private static final int IDLE = 0;
  private static final int RUNNING = 1;
  private static final int CLOSED = 2;

  /** Looks at a signal before parking: some tens of microseconds, a long step of a network. */
  private static final int SPINS = 2000;

  // Signals, each on cache lines of its own.
  private static final int LINE = 32;
  private static final int EPOCH = 0; // changes when a task begins or the team closes
  private static final int PHASE = LINE; // changes when all have arrived or the barrier breaks
  private static final int ARRIVED = 2 * LINE; // workers waiting at the barrier
  private static final int LEAVING = 3 * LINE; // workers that will not come to the barrier again
  private static final int FINISHED = 4 * LINE; // workers that are done with the task
  private static final int DONE = 5 * LINE; // changes when the last worker has finished
  private static final int PARKED = 6 * LINE; // one flag per worker

  /** Unwinds workers from a barrier that not all can reach any more. */
  private static final class BrokenBarrierError extends Error {
    private static final long serialVersionUID = 1L;

    BrokenBarrierError() {
      super("another worker of the team failed", null, false, false);
    }
  }

  private static final BrokenBarrierError BROKEN = new BrokenBarrierError();

  private final int workers;
  private final int spins;
  private final Thread[] threads;
  private final AtomicInteger state = new AtomicInteger(IDLE);
  private final AtomicIntegerArray signals;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private volatile boolean broken;
  private final boolean[] interrupted; // while they waited
  private final Lobby lobby; // null with threads of its own
  private int members; // workers that do the task
  private Task task;

  /**
   * Makes a team.
   *
   * @param workers threads that work together, the caller's included
   * @param name prefix of the thread names
   * @throws IllegalArgumentException if workers is not positive
   */
  public ThreadTeam(int workers, String name) {
    this(workers, null, name);
    try {
      for (int w = 1; w < workers; w++) {
        int worker = w;
        Thread thread = new Thread(null, () -> serve(worker), name + "-" + w, 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(null);
        thread.start();
        threads[w] = thread;
      }
    } catch (OutOfMemoryError e) {
      close();
      throw e;
    }
  }

  /**
   * Makes a team whose threads are somebody's.
   *
   * <p>A task waits for threads for a short time, and begins with those that have come; one alone
   * does it, too. So an Executor may be busy, bounded, shut down, reject tasks or run them on the
   * calling thread: tasks take longer then. Its threads return to it within a fraction of a
   * millisecond after the last task. An interrupt of one of them takes effect after the task.
   *
   * @param workers threads that work together at most, the caller's included
   * @param executor of the others; it is not shut down
   * @throws IllegalArgumentException if workers is not positive or executor is null
   */
  public ThreadTeam(int workers, Executor executor) {
    this(workers, executor, null);
  }

  /** With an executor, or a name for threads that are started afterwards. */
  private ThreadTeam(int workers, Executor executor, String name) {
    if (executor == null && name == null) {
      throw new IllegalArgumentException("executor: expected one, got null");
    }
    if (workers < 1) {
      throw new IllegalArgumentException(
          "workers: expected at least 1 (the calling thread), got " + workers);
    }
    this.workers = workers;
    this.members = workers;
    this.lobby = executor == null || workers == 1 ? null : new Lobby(workers - 1, executor, this);
    this.spins = workers > Runtime.getRuntime().availableProcessors() ? 0 : SPINS;
    this.signals = new AtomicIntegerArray(PARKED + (workers + 1) * LINE);
    this.threads = new Thread[workers];
    this.interrupted = new boolean[workers];
  }

  /** {@return the size of the team, the calling thread included} */
  public int workers() {
    return workers;
  }

  /**
   * Runs the task on all workers and returns when all have finished.
   *
   * <p>If workers throw, the first exception is rethrown, the very object, and the others are
   * unwound from the barrier; the team remains usable.
   *
   * @param task the work
   * @param nanos how long it may wait for threads that are not its own
   * @throws IllegalStateException if the team is closed, runs a task already, or a worker returned
   *     while others waited at the barrier
   */
  public void run(Task task, long nanos) {
    if (!state.compareAndSet(IDLE, RUNNING)) {
      throw new IllegalStateException(
          state.get() == CLOSED
              ? "the thread team is closed"
              : "the thread team runs a task already; use one team per concurrent caller");
    }
    threads[0] = Thread.currentThread();
    try {
      if (workers == 1) {
        task.run(0, 1);
      } else {
        members = lobby == null ? workers : lobby.gather(nanos);
        runTogether(task);
      }
    } finally {
      threads[0] = null;
      state.set(IDLE);
    }
  }

  /**
   * As {@link #run(Task, long)}, without much waiting.
   *
   * @param task the work
   */
  public void run(Task task) {
    run(task, 0);
  }

  private void runTogether(Task task) {
    this.task = task;
    failure.set(null);
    broken = false;
    interrupted[0] = false;
    signals.set(ARRIVED, 0);
    signals.set(LEAVING, 0);
    signals.set(FINISHED, 0);
    int done = signals.get(DONE);
    if (lobby != null) {
      lobby.begin();
    } else {
      signals.incrementAndGet(EPOCH);
      wakeOthers(0);
    }
    work(0);
    await(0, DONE, done);
    this.task = null;
    if (interrupted[0]) {
      Thread.currentThread().interrupt();
    }
    Throwable thrown = failure.get();
    if (thrown instanceof RuntimeException) {
      throw (RuntimeException) thrown;
    }
    if (thrown instanceof Error) {
      throw (Error) thrown;
    }
    if (thrown != null) {
      throw new IllegalStateException("a task threw a checked exception", thrown);
    }
  }

  /** Life of a thread of the team. */
  private void serve(int worker) {
    int epoch = 0;
    while (true) {
      await(worker, EPOCH, epoch);
      if (state.get() == CLOSED) {
        return;
      }
      epoch++;
      work(worker);
    }
  }

  /** On a thread that came to the lobby: does its share of the task. */
  void help(int worker) {
    threads[worker] = Thread.currentThread();
    interrupted[worker] = false;
    if (work(worker)) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns whether it was interrupted; all that has its number may be another's from then on. */
  private boolean work(int worker) {
    try {
      task.run(worker, members);
    } catch (BrokenBarrierError e) {
      // What broke the barrier is recorded already.
    } catch (Throwable e) {
      fail(worker, e);
    }
    boolean was = interrupted[worker];
    int all = members;
    signals.incrementAndGet(LEAVING);
    if (signals.get(ARRIVED) > 0 && !broken) {
      fail(worker, missing());
    }
    if (signals.incrementAndGet(FINISHED) == all) {
      signals.incrementAndGet(DONE);
      wakeOthers(worker);
    }
    return was;
  }

  /**
   * Waits until every worker of the running task has come here; what they wrote before is visible
   * after. If a worker throws or returns instead, the waiting ones are unwound and {@link #run}
   * throws.
   *
   * @param worker number of this worker, as the task was given it
   */
  public void barrier(int worker) {
    if (members == 1) {
      return;
    }
    int phase = signals.get(PHASE);
    if (broken) {
      throw BROKEN;
    }
    if (signals.incrementAndGet(ARRIVED) == members) {
      signals.set(ARRIVED, 0);
      signals.incrementAndGet(PHASE);
      wakeOthers(worker);
      return;
    }
    // In this order: one that left after coming here has changed the phase before.
    if (signals.get(LEAVING) > 0 && signals.get(PHASE) == phase) {
      fail(worker, missing());
    }
    await(worker, PHASE, phase);
    if (broken) {
      throw BROKEN;
    }
  }

  private static IllegalStateException missing() {
    return new IllegalStateException(
        "a worker returned from the task while others wait at the team's barrier");
  }

  private void fail(int worker, Throwable thrown) {
    failure.compareAndSet(null, thrown);
    broken = true;
    signals.incrementAndGet(PHASE);
    wakeOthers(worker);
  }

  /** Waits while the signal has this value: spins, then parks. */
  private void await(int worker, int signal, int value) {
    for (int s = 0; s < spins; s++) {
      if (signals.get(signal) != value) {
        return;
      }
      Thread.onSpinWait();
    }
    int flag = PARKED + worker * LINE;
    while (signals.get(signal) == value) {
      if (Thread.interrupted()) {
        interrupted[worker] = true; // a set flag would keep it from parking
      }
      signals.set(flag, 1);
      if (signals.get(signal) == value) {
        LockSupport.park(this);
      }
      signals.set(flag, 0);
    }
  }

  /** Unparks those who sleep; call it after changing a signal. */
  private void wakeOthers(int worker) {
    for (int w = 0; w < workers; w++) {
      if (w != worker && signals.get(PARKED + w * LINE) != 0) {
        LockSupport.unpark(threads[w]);
      }
    }
  }

  /**
   * Ends the team's threads; closing again does nothing. Waits for a task that another thread runs.
   *
   * @throws IllegalStateException if called from within the team's own task
   */
  @Override
  public void close() {
    while (!state.compareAndSet(IDLE, CLOSED)) {
      if (state.get() == CLOSED) {
        return;
      }
      for (Thread thread : threads) {
        if (thread == Thread.currentThread()) {
          throw new IllegalStateException("a thread team cannot be closed by its own task");
        }
      }
      LockSupport.parkNanos(this, 100_000);
    }
    if (lobby != null) {
      lobby.close();
      return;
    }
    signals.incrementAndGet(EPOCH);
    wakeOthers(0);
    boolean flag = false;
    for (int w = 1; w < workers; w++) {
      while (threads[w] != null && threads[w].isAlive()) {
        try {
          threads[w].join();
        } catch (InterruptedException e) {
          flag = true;
        }
      }
    }
    if (flag) {
      Thread.currentThread().interrupt();
    }
  }
}
