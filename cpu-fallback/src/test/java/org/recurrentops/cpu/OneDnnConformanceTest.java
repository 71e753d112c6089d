package org.recurrentops.cpu;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.recurrentops.cpu.math.CpuMath;
import org.recurrentops.tck.BackendConformance;
import org.recurrentops.tck.ConformanceKit;

/** The kit with oneDNN's products, for any size. */
class OneDnnConformanceTest extends BackendConformance {
  OneDnnConformanceTest() {
    super("cpu");
  }

  @BeforeAll
  void on() {
    System.setProperty(CpuMath.ONEDNN, "on");
  }

  @AfterAll
  void off() {
    System.clearProperty(CpuMath.ONEDNN);
  }

  @Override
  protected ConformanceKit kit() {
    return ConformanceKit.standard().algorithms("stepped/onednn"::equals);
  }
}
