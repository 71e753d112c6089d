package org.recurrentops.spi;

import org.recurrentops.Counters;

/** A provider found by ServiceLoader: it tells what it could open, and opens it. */
public interface Backend {
  /**
   * Name on command lines and in properties.
   *
   * @return such as {@code cpu}
   */
  String name();

  /**
   * Looks for devices. Never throws and prints nothing; repeated calls are cheap.
   *
   * @return the devices, or the reason why there are none
   */
  ProbeResult probe();

  /**
   * Opens a device.
   *
   * @param deviceId one of the ids of {@link #probe()}
   * @param counters where the device counts its launches, copies and synchronisations
   * @return the opened device
   * @throws org.recurrentops.BackendUnavailableException if it cannot be opened, with the reason
   */
  BackendDevice open(String deviceId, Counters counters);
}
