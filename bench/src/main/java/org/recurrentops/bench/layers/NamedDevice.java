package org.recurrentops.bench.layers;

import org.recurrentops.Backends;
import org.recurrentops.DeviceKind;
import org.recurrentops.RecurrentOps;

/** Opens the device that was asked for and no other. */
public final class NamedDevice {
  private NamedDevice() {}

  /**
   * Opens a backend or one of its devices.
   *
   * @param name such as {@code cpu} or {@code opencl:0:1}
   * @return the opened device
   * @throws org.recurrentops.BackendUnavailableException if it is missing
   * @throws IllegalArgumentException if it is an emulation, or if the name names no backend
   */
  public static RecurrentOps open(String name) {
    if (name.equals(Backends.AUTO)) {
      throw new IllegalArgumentException(
          "backend: expected a name such as cpu or opencl, got auto; a benchmark says what it ran"
              + " on");
    }
    RecurrentOps ops = Backends.open(name);
    if (ops.device().kind() == DeviceKind.SOFTWARE) {
      String id = ops.device().id();
      ops.close();
      throw new IllegalArgumentException(
          "backend: " + id + " is an emulation for tests, which is never timed; name another");
    }
    return ops;
  }
}
