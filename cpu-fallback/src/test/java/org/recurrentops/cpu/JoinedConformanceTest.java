package org.recurrentops.cpu;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.recurrentops.tck.BackendConformance;
import org.recurrentops.tck.ConformanceKit;

/** The kit where steps of any number of rows multiply input and state together. */
class JoinedConformanceTest extends BackendConformance {
  JoinedConformanceTest() {
    super("cpu");
  }

  @BeforeAll
  void always() {
    System.setProperty(PlanShape.JOINED_ROWS, "1");
  }

  @AfterAll
  void noMore() {
    System.clearProperty(PlanShape.JOINED_ROWS);
  }

  @Override
  protected ConformanceKit kit() {
    return ConformanceKit.standard().algorithms("stepped/vector"::equals);
  }
}
