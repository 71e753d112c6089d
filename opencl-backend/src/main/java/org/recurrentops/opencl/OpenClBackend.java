package org.recurrentops.opencl;

import org.recurrentops.BackendUnavailableException;
import org.recurrentops.Counters;
import org.recurrentops.spi.Backend;
import org.recurrentops.spi.BackendDevice;
import org.recurrentops.spi.ProbeResult;

/**
 * The backend named {@code opencl}. Not built yet: its probe says so and there is no device to
 * open.
 */
public final class OpenClBackend implements Backend {
  private static final String REASON =
      "not built yet: this version of RecurrentOps has no OpenCL backend; use cpu";

  /** For ServiceLoader. */
  public OpenClBackend() {}

  @Override
  public String name() {
    return "opencl";
  }

  @Override
  public ProbeResult probe() {
    return ProbeResult.unavailable(REASON);
  }

  @Override
  public BackendDevice open(String deviceId, Counters counters) {
    throw new BackendUnavailableException(deviceId + ": " + REASON);
  }
}
