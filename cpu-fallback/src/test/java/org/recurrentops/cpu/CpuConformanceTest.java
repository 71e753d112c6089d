package org.recurrentops.cpu;

import org.recurrentops.tck.BackendConformance;

class CpuConformanceTest extends BackendConformance {
  CpuConformanceTest() {
    super("cpu");
  }
}
