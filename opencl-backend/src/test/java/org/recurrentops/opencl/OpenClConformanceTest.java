package org.recurrentops.opencl;

import org.recurrentops.tck.BackendConformance;
import org.recurrentops.tck.ExpectedRefusal;

class OpenClConformanceTest extends BackendConformance {
  OpenClConformanceTest() {
    super(
        "opencl",
        new ExpectedRefusal("fused", "layer normalisation"),
        new ExpectedRefusal("fused", "algorithm fused: zoneout"));
  }
}
