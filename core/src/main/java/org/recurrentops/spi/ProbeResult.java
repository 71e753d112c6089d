package org.recurrentops.spi;

import java.util.List;
import org.recurrentops.DeviceInfo;

/**
 * What a backend found.
 *
 * @param devices usable devices, the preferred one first; empty if there is none
 * @param reason why there is none, and what to install; empty if there is one
 */
public record ProbeResult(List<DeviceInfo> devices, String reason) {
  /**
   * Copies the list.
   *
   * @param devices usable devices
   * @param reason why there is none
   */
  public ProbeResult {
    devices = List.copyOf(devices);
  }

  /**
   * A usable backend.
   *
   * @param devices at least one device
   * @return the result
   */
  public static ProbeResult available(List<DeviceInfo> devices) {
    return new ProbeResult(devices, "");
  }

  /**
   * An unusable backend.
   *
   * @param reason why, and what to install
   * @return the result
   */
  public static ProbeResult unavailable(String reason) {
    return new ProbeResult(List.of(), reason);
  }

  /**
   * Whether there is a device.
   *
   * @return true if there is
   */
  public boolean isAvailable() {
    return !devices.isEmpty();
  }
}
