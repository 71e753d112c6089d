package org.recurrentops.cuda;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.recurrentops.Backends;
import org.recurrentops.ProbeReport;
import org.recurrentops.spi.ProbeResult;

class CudaBackendDiscoveryTest {
  @Test
  void serviceLoaderFindsItAndItHasDevicesOrAReason() {
    ProbeReport.Entry entry = Backends.report().find("cuda");
    assertNotNull(entry, "META-INF/services does not name the provider");
    ProbeResult result = entry.result();
    if (result.isAvailable()) {
      assertTrue(result.devices().stream().allMatch(d -> d.backend().equals("cuda")));
    } else {
      assertFalse(result.reason().isBlank(), "unavailable without a reason");
    }
  }
}
