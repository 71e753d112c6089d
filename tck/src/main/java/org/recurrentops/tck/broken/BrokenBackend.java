package org.recurrentops.tck.broken;

import org.recurrentops.Counters;
import org.recurrentops.spi.Backend;
import org.recurrentops.spi.BackendDevice;
import org.recurrentops.spi.ProbeResult;

/**
 * A backend that is right but for one fault (decisions.md 27). The fault changes calls on their way
 * to the wrapped backend, or what comes back; no loop is copied. Open it with {@link
 * org.recurrentops.Backends#open(Backend)}.
 */
public final class BrokenBackend implements Backend {
  private final Backend right;
  private final Fault fault;

  /**
   * Wraps a backend.
   *
   * @param right a backend that passes the kit
   * @param fault what to break
   */
  public BrokenBackend(Backend right, Fault fault) {
    this.right = right;
    this.fault = fault;
  }

  @Override
  public String name() {
    return right.name();
  }

  @Override
  public ProbeResult probe() {
    return right.probe();
  }

  @Override
  public BackendDevice open(String deviceId, Counters counters) {
    return new BrokenDevice(right.open(deviceId, counters), fault.tampering());
  }
}
