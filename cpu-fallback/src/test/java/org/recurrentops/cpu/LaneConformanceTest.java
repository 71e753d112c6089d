package org.recurrentops.cpu;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.recurrentops.tck.BackendConformance;
import org.recurrentops.tck.ConformanceKit;

/** The kit where vectors hold any number of batch rows. */
class LaneConformanceTest extends BackendConformance {
  LaneConformanceTest() {
    super("cpu");
  }

  @BeforeAll
  void always() {
    System.setProperty(PlanShape.LANE_ROWS, "1");
  }

  @AfterAll
  void noMore() {
    System.clearProperty(PlanShape.LANE_ROWS);
  }

  @Override
  protected ConformanceKit kit() {
    return ConformanceKit.standard().algorithms("stepped/vector"::equals);
  }
}
