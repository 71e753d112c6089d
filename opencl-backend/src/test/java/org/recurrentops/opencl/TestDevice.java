package org.recurrentops.opencl;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.util.Arrays;
import org.recurrentops.Counters;
import org.recurrentops.spi.ProbeResult;

/** The first OpenCL device here, or a skip, or a failure where OpenCL is required. */
final class TestDevice {
  private TestDevice() {}

  /** Whether {@code -Drecurrentops.require} names opencl. */
  static boolean isRequired() {
    return Arrays.asList(System.getProperty("recurrentops.require", "").split(","))
        .contains("opencl");
  }

  /** Skips the test for a reason, or fails where OpenCL is required. */
  static void missing(String reason) {
    if (isRequired()) {
      fail("-Drecurrentops.require names opencl, but: " + reason);
    }
    abort(reason);
  }

  static OpenClDevice open() {
    return open(new OpenClBackend());
  }

  static OpenClDevice open(OpenClBackend backend) {
    ProbeResult probe = backend.probe();
    if (!probe.isAvailable()) {
      missing(probe.reason());
    }
    return backend.openDevice(probe.devices().get(0).id(), new Counters());
  }

  /** The driver's description of the first device. */
  static ClDevice first() {
    return DeviceChoice.usable(ClDevice.all(), System.getProperty(DeviceChoice.PROPERTY)).get(0);
  }
}
