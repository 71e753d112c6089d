package org.recurrentops.opencl;

import org.recurrentops.spi.ProbeResult;

/** Prints what the probe says, twice; for forked JVMs. */
final class ProbeMain {
  private ProbeMain() {}

  public static void main(String[] args) {
    for (int i = 0; i < 2; i++) {
      ProbeResult r = new OpenClBackend().probe();
      System.out.println(r.isAvailable() ? "devices " + r.devices() : "unavailable: " + r.reason());
    }
  }
}
