package org.recurrentops.cuda;

import org.recurrentops.BackendUnavailableException;
import org.recurrentops.Counters;
import org.recurrentops.spi.Backend;
import org.recurrentops.spi.BackendDevice;
import org.recurrentops.spi.ProbeResult;

/**
 * The backend named {@code cuda}. Not built yet: its probe says so and there is no device to open.
 */
public final class CudaBackend implements Backend {
  private static final String REASON =
      "not built yet: this version of RecurrentOps has no CUDA backend; use cpu";

  /** For ServiceLoader. */
  public CudaBackend() {}

  @Override
  public String name() {
    return "cuda";
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
