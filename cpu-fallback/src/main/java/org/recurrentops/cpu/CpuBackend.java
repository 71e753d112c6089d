package org.recurrentops.cpu;

import java.util.List;
import org.recurrentops.BackendUnavailableException;
import org.recurrentops.Counters;
import org.recurrentops.DeviceInfo;
import org.recurrentops.DeviceKind;
import org.recurrentops.cpu.math.CpuMath;
import org.recurrentops.spi.Backend;
import org.recurrentops.spi.BackendDevice;
import org.recurrentops.spi.ProbeResult;

/** The backend that runs wherever a JVM does. It has one device, {@code cpu}. */
public final class CpuBackend implements Backend {
  static final String NAME = "cpu";

  /** Made by ServiceLoader, or handed to {@link org.recurrentops.Backends#open(Backend)}. */
  public CpuBackend() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public ProbeResult probe() {
    try {
      return ProbeResult.available(List.of(info(CpuMath.select(), Workforce.configuredThreads())));
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
      return new CpuDevice(counters);
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
