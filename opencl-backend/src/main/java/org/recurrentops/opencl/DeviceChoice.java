package org.recurrentops.opencl;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.recurrentops.spi.ProbeResult;

/**
 * Which of the devices found are offered: all usable ones, or those that the property {@value
 * #PROPERTY} names, by id ({@code opencl:0:1} or {@code 0:1}), by kind ({@code gpu}, {@code cpu})
 * or by a part of the device's or platform's name.
 */
final class DeviceChoice {
  /** System property that restricts the devices. */
  static final String PROPERTY = "recurrentops.opencl.device";

  private DeviceChoice() {}

  /**
   * The usable devices that were asked for.
   *
   * @param found all devices
   * @param wanted value of {@link #PROPERTY}, or null
   * @return the preferred one first; empty if there is none
   */
  static List<ClDevice> usable(List<ClDevice> found, String wanted) {
    return found.stream()
        .filter(d -> d.lacking().isEmpty() && matches(d, wanted))
        .sorted(ClDevice.preference())
        .toList();
  }

  /**
   * What the probe says.
   *
   * @param found all devices
   * @param wanted value of {@link #PROPERTY}, or null
   * @return the devices, or why there is none
   */
  static ProbeResult result(List<ClDevice> found, String wanted) {
    List<ClDevice> usable = usable(found, wanted);
    if (!usable.isEmpty()) {
      return ProbeResult.available(usable.stream().map(ClDevice::info).toList());
    }
    if (found.isEmpty()) {
      return ProbeResult.unavailable(
          "the OpenCL loader found no device: no driver is registered in /etc/OpenCL/vendors (or"
              + " where OCL_ICD_VENDORS points). "
              + ClLibrary.install());
    }
    if (found.stream().anyMatch(d -> d.lacking().isEmpty())) {
      return ProbeResult.unavailable(
          "-D" + PROPERTY + "=" + wanted + " names none of: " + list(found));
    }
    return ProbeResult.unavailable(
        "no device can run the kernels: " + list(found) + ". Update the driver.");
  }

  private static String list(List<ClDevice> found) {
    return found.stream()
        .map(d -> d.label() + (d.lacking().isEmpty() ? "" : ": " + d.lacking()))
        .collect(Collectors.joining("; "));
  }

  private static boolean matches(ClDevice d, String wanted) {
    if (wanted == null || wanted.isBlank()) {
      return true;
    }
    String w = wanted.trim().toLowerCase(Locale.ROOT);
    String kind = d.info().kind().name().toLowerCase(Locale.ROOT);
    if (w.equals("gpu") || w.equals("cpu")) {
      return w.equals(kind);
    }
    if (w.matches("(opencl:)?\\d+:\\d+")) {
      return d.id().equals(w.startsWith("opencl:") ? w : "opencl:" + w);
    }
    String names = d.info().name() + "\n" + d.info().detail();
    return names.toLowerCase(Locale.ROOT).contains(w);
  }
}
