package org.recurrentops.tck.broken;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.recurrentops.Backends;
import org.recurrentops.PlanOptions;
import org.recurrentops.tck.ConformanceKit;
import org.recurrentops.tck.ConformanceReport;
import org.recurrentops.tck.ConformanceSession;
import org.recurrentops.tck.backend.ReferenceBackend;

/**
 * The kit judges the reference, through the whole interface: right as it is, wrong with any fault.
 * Operations beside the recurrence are left to the backends' own tests.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KitOnReferenceTest {
  private final List<FaultFinding.Finding> findings = new ArrayList<>();

  private static ConformanceKit kit() {
    return ConformanceKit.standard().only(c -> !c.group().startsWith("math"));
  }

  @Test
  void passesWithoutAFault() {
    ConformanceReport report;
    try (ConformanceSession session =
        kit()
            .open(
                () -> Backends.open(new BrokenBackend(new ReferenceBackend(), Fault.NONE)),
                List.of())) {
      session.items().stream()
          .filter(i -> !i.algorithm().equals(PlanOptions.AUTO)) // it has one algorithm only
          .forEach(session::run);
      report = session.report();
    }
    assertEquals(0, report.failures(), report::table);
    System.out.println(report.table());
  }

  @TestFactory
  Stream<DynamicTest> failsWithEveryFault() {
    FaultFinding search = new FaultFinding(new ReferenceBackend());
    return Arrays.stream(Fault.values())
        .filter(f -> f != Fault.NONE && !f.groups().contains("math"))
        .map(
            f ->
                DynamicTest.dynamicTest(
                    f.name(),
                    () -> {
                      FaultFinding.Finding found = search.find(f);
                      findings.add(found);
                      assertNotNull(found.failed(), () -> f + ": " + f.description());
                    }));
  }

  @AfterAll
  void report() {
    findings.forEach(System.out::println);
  }
}
