package org.recurrentops.cpu;

import org.recurrentops.tck.BrokenBackendConformance;

/** The kit fails for every fault that is put into this backend. */
class CpuFaultTest extends BrokenBackendConformance {
  CpuFaultTest() {
    super(new CpuBackend());
  }
}
