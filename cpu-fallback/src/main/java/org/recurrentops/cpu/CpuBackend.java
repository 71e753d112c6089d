package org.recurrentops.cpu;

import java.util.List;
import java.util.concurrent.Executor;
import org.recurrentops.BackendUnavailableException;
import org.recurrentops.Counters;
import org.recurrentops.DeviceInfo;
import org.recurrentops.DeviceKind;
import org.recurrentops.cpu.math.CpuMath;
import org.recurrentops.spi.Backend;
import org.recurrentops.spi.BackendDevice;
import org.recurrentops.spi.ProbeResult;

/**
 * The backend that runs wherever a JVM does. It has one device, {@code cpu}.
 *
 * <p>An application that has threads of its own says which ones may work:
 *
 * <pre>{@code
 * RecurrentOps ops = Backends.open(new CpuBackend(4, pool));
 * }</pre>
 */
public final class CpuBackend implements Backend {
  static final String NAME = "cpu";

  private final int threads; // 0 for what the property says
  private final Executor executor;

  /**
   * Made by ServiceLoader, or handed to {@link org.recurrentops.Backends#open(Backend)}: as many
   * threads as {@code -Drecurrentops.cpu.threads} says, or one per processor.
   */
  public CpuBackend() {
    this.threads = 0;
    this.executor = null;
  }

  /**
   * With a number of threads, whatever the property says.
   *
   * @param threads that work on a call, the caller's included; with 1 nothing is ever started
   * @throws IllegalArgumentException if it is less than 1
   */
  public CpuBackend(int threads) {
    this.threads = checked(threads);
    this.executor = null;
  }

  /**
   * With threads of the application, and none of its own. A call begins with those that come within
   * an eighth of the time that it takes, or a tenth of a millisecond: where the Executor is busy,
   * bounded, shut down, rejects tasks or runs them on the calling thread, fewer threads work, and
   * the caller's always does. Results are the same to the bit. Threads return to the Executor a
   * tenth of a millisecond after the last call; calls too small to share do not ask for any.
   *
   * @param threads that work on a call at most, the caller's included
   * @param executor of the others; it is not shut down, and an Executor that drops tasks in silence
   *     gives no threads
   * @throws IllegalArgumentException if threads is less than 1 or executor is null
   */
  public CpuBackend(int threads, Executor executor) {
    this.threads = checked(threads);
    if (executor == null) {
      throw new IllegalArgumentException(
          "executor: expected one, got null; new CpuBackend(threads) starts threads of its own");
    }
    this.executor = executor;
  }

  private static int checked(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException(
          "threads: expected at least 1 (the calling thread), got " + threads);
    }
    return threads;
  }

  private int threads() {
    return threads > 0 ? threads : Workforce.configuredThreads();
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public ProbeResult probe() {
    try {
      return ProbeResult.available(List.of(info(CpuMath.forms().get(0), threads())));
    } catch (IllegalArgumentException | IllegalStateException e) {
      return ProbeResult.unavailable(e.getMessage());
    }
  }

  @Override
  public BackendDevice open(String deviceId, Counters counters) {
    if (!deviceId.equals(NAME)) {
      throw new BackendUnavailableException(
          "cpu: expected device 'cpu', got '" + deviceId + "'; there is only this one");
    }
    try {
      return new CpuDevice(counters, threads(), executor);
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new BackendUnavailableException("cpu: " + e.getMessage());
    }
  }

  static DeviceInfo info(CpuMath math, int threads) {
    String detail =
        math.name()
            + " kernels, "
            + threads
            + (threads == 1 ? " thread" : " threads")
            + ", JDK "
            + Runtime.version()
            + " "
            + System.getProperty("os.arch")
            + "; "
            + math.reason();
    return new DeviceInfo(
        NAME,
        NAME,
        DeviceKind.CPU,
        "Java on " + System.getProperty("os.arch"),
        Runtime.getRuntime().maxMemory(),
        detail);
  }
}
