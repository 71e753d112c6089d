package org.recurrentops.cpu;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.recurrentops.cpu.math.Gemm;
import org.recurrentops.cpu.math.ThreadTeam;

/**
 * The threads of a device. The team serves one program at a time; whoever finds it busy, or brings
 * little work, does it alone on its own thread, so that callers never wait for one another.
 */
final class Workforce implements AutoCloseable {
  /** System property: number of threads, the calling one included. */
  static final String THREADS = "recurrentops.cpu.threads";

  /** Multiplications below which waking others costs more than they save. */
  private static final long SMALL = 500_000;

  /** A task waits for threads of an Executor an eighth of its time, at 10¹¹ operations a second. */
  private static final int MULTIPLICATIONS_PER_NANO = 400;

  private final int threads;
  private final Executor executor;
  private final Gemm[] forms;
  private final AtomicBoolean busy = new AtomicBoolean();
  private final AtomicReference<Worker> spare = new AtomicReference<>();
  private final ThreadTeam.Task task = this::runShare;
  private ThreadTeam team;
  private Worker[] crew;
  private Program program;
  private boolean closed;

  /**
   * For a device.
   *
   * @param threads that do the work, started with the first large call
   * @param executor whose threads they are beside the caller's, or null for own ones
   * @param forms products that they compute
   */
  Workforce(int threads, Executor executor, Gemm... forms) {
    this.threads = threads;
    this.executor = executor;
    this.forms = forms;
  }

  /** The property's value, or one per processor. */
  static int configuredThreads() {
    int processors = Runtime.getRuntime().availableProcessors();
    return PositiveProperty.of(THREADS, "threads", processors);
  }

  int threads() {
    return threads;
  }

  /** For people: how many, and who says so. */
  String describe() {
    return executor == null
        ? threads + " (-D" + THREADS + ", or as CpuBackend was told)"
        : threads + " at most, the caller's and those of its Executor";
  }

  /** A worker for programs that one thread does alone. */
  Worker newLoneWorker() {
    return new Worker(0, 1, null, forms);
  }

  /**
   * Runs a program to its end.
   *
   * @param work what to do
   * @param multiplications how much it is, roughly
   * @param alone does it if the team is busy or the work is small
   */
  void run(Program work, long multiplications, Worker alone) {
    if (threads == 1 || multiplications < SMALL || !busy.compareAndSet(false, true)) {
      work.run(alone);
      return;
    }
    try {
      hire();
      program = work;
      team.run(task, multiplications / MULTIPLICATIONS_PER_NANO);
    } finally {
      program = null;
      busy.set(false);
    }
  }

  /** As above, with a worker of the device's. */
  void run(Program work, long multiplications) {
    Worker taken = spare.getAndSet(null);
    Worker alone = taken == null ? newLoneWorker() : taken;
    try {
      run(work, multiplications, alone);
    } finally {
      spare.set(alone);
    }
  }

  private void hire() {
    if (closed) {
      throw new IllegalStateException("cpu: expected an open device, got a closed one");
    }
    if (team == null) {
      team =
          executor == null
              ? new ThreadTeam(threads, "recurrentops-cpu")
              : new ThreadTeam(threads, executor);
      crew = new Worker[threads];
      for (int w = 0; w < threads; w++) {
        crew[w] = new Worker(w, threads, team, forms);
      }
    }
  }

  private void runShare(int worker, int workers) {
    Worker w = crew[worker];
    w.workers(workers);
    program.run(w);
  }

  /** Ends the threads; the device is closed only after its last call. */
  @Override
  public void close() {
    closed = true;
    if (team != null) {
      team.close();
    }
  }
}
