package org.recurrentops.cpu;

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

  private final int threads;
  private final Gemm[] forms;
  private final AtomicBoolean busy = new AtomicBoolean();
  private final AtomicReference<Worker> spare = new AtomicReference<>();
  private final ThreadTeam.Task task = (worker, workers) -> runShare(worker);
  private ThreadTeam team;
  private Worker[] crew;
  private Program program;
  private boolean closed;

  Workforce(int threads, Gemm... forms) {
    this.threads = threads;
    this.forms = forms;
  }

  /** The property's value, or one per processor. */
  static int configuredThreads() {
    String value = System.getProperty(THREADS);
    if (value == null || value.isBlank()) {
      return Runtime.getRuntime().availableProcessors();
    }
    int threads;
    try {
      threads = Integer.parseInt(value.trim());
    } catch (NumberFormatException e) {
      threads = 0;
    }
    if (threads < 1) {
      throw new IllegalArgumentException(
          "-D" + THREADS + ": expected a number of threads ≥ 1, got '" + value + "'");
    }
    return threads;
  }

  int threads() {
    return threads;
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
      team.run(task);
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
      team = new ThreadTeam(threads, "recurrentops-cpu");
      crew = new Worker[threads];
      for (int w = 0; w < threads; w++) {
        crew[w] = new Worker(w, threads, team, forms);
      }
    }
  }

  private void runShare(int worker) {
    program.run(crew[worker]);
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
