package org.recurrentops.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;
import org.recurrentops.BackendUnavailableException;
import org.recurrentops.Backends;
import org.recurrentops.tck.backend.ReferenceBackend;

/** The kit's own bookkeeping: refusals, leaks, requirements, exit codes. */
class ConformanceKitTest {
  private static ConformanceReport run(
      String refusedCell, List<ExpectedRefusal> expected, String only) {
    return ConformanceKit.standard()
        .only(c -> c.id().contains(only))
        .run(() -> Backends.open(new ReferenceBackend(refusedCell)), expected);
  }

  @Test
  void namesAreUnique() {
    Set<String> seen = new HashSet<>();
    for (ConformanceCase c : ConformanceKit.standard().cases()) {
      assertTrue(seen.add(c.id()), "twice: " + c.id());
    }
    assertTrue(seen.size() > 1000, "only " + seen.size() + " cases");
  }

  @Test
  void unexpectedRefusalFails() {
    ConformanceReport report = run("gru", List.of(), "shapes/gru t1n1c1h1");
    assertEquals(2, report.failures());
    assertTrue(report.table().contains("no gru here"), report.table());
  }

  @Test
  void expectedRefusalIsCounted() {
    List<ExpectedRefusal> known =
        List.of(
            new ExpectedRefusal("reference", "no gru"), new ExpectedRefusal("auto", "no gru here"));
    ConformanceReport report = run("gru", known, "shapes/gru t1n1c1h1");
    assertEquals("tck reference: 0 passed, 0 failed, 2 refused", report.closingLine());
    assertTrue(report.table().contains("refused 1 × reference: no gru here"), report.table());
  }

  @Test
  void expectedRefusalThatNeverComesFails() {
    List<ExpectedRefusal> stale = List.of(new ExpectedRefusal("auto", "no such reason"));
    ConformanceReport report = run("none", stale, "shapes/gru t1n1c1h1");
    assertEquals("tck reference: 2 passed, 1 failed, 0 refused", report.closingLine());
  }

  private static ConformanceReport runOne(ConformanceCase.Body body) {
    ConformanceCase one = ConformanceCase.ofDevice("g", "n", body);
    try (ConformanceSession session =
        new ConformanceSession(
            () -> Backends.open(new ReferenceBackend()), List.of(one), name -> true, List.of())) {
      session.items().forEach(session::run);
      return session.report();
    }
  }

  @Test
  void leakIsAFailure() {
    ConformanceReport report = runOne(c -> c.ops().allocate(3));
    assertEquals(1, report.failures());
    assertTrue(report.table().contains("live allocations"), report.table());
  }

  @Test
  void anyExceptionIsAFailure() {
    ConformanceReport report =
        runOne(
            c -> {
              throw new java.io.IOException("disk");
            });
    assertEquals("tck reference: 0 passed, 1 failed, 0 refused", report.closingLine());
  }

  /** A backend that is not there. */
  private static final class Missing extends BackendConformance {
    Missing() {
      super("missing:1");
    }
  }

  @Test
  void unavailableBackendSkipsUnlessRequired() {
    String before = System.getProperty(BackendConformance.REQUIRE);
    try {
      System.setProperty(BackendConformance.REQUIRE, "cpu");
      TestAbortedException skipped =
          assertThrows(TestAbortedException.class, () -> new Missing().conformance());
      assertTrue(skipped.getMessage().contains("missing"), skipped.getMessage());
      System.setProperty(BackendConformance.REQUIRE, "cpu, missing");
      assertThrows(BackendUnavailableException.class, () -> new Missing().conformance());
    } finally {
      if (before == null) {
        System.clearProperty(BackendConformance.REQUIRE);
      } else {
        System.setProperty(BackendConformance.REQUIRE, before);
      }
    }
  }

  @Test
  void whatIsLeftOutIsCounted() {
    ConformanceKit kit = ConformanceKit.standard().only(c -> c.id().equals("shapes/gru t1n1c1h1"));
    ConformanceReport report =
        kit.run(
            () -> Backends.open(new ReferenceBackend()),
            List.of(),
            item -> !item.toString().equals("auto shapes/gru t1n1c1h1"));
    assertEquals("tck reference: 1 passed, 0 failed, 0 refused, 1 left out", report.closingLine());
  }

  @Test
  void exitCodes() {
    assertEquals(2, ConformanceMain.run());
    assertEquals(2, ConformanceMain.run("cpu", "--unknown", "x"));
    assertEquals(2, ConformanceMain.run("cpu", "--expect", "no-equals-sign"));
    assertEquals(1, ConformanceMain.run("no-such-backend"));
  }

  @Test
  void requirementIsByNameOrDevice() {
    String before = System.getProperty(BackendConformance.REQUIRE);
    try {
      System.setProperty(BackendConformance.REQUIRE, "opencl,cuda:1");
      assertTrue(BackendConformance.isRequired("opencl:0:1"));
      assertTrue(BackendConformance.isRequired("cuda:1"));
      assertFalse(BackendConformance.isRequired("cuda:0"));
      assertFalse(BackendConformance.isRequired("cpu"));
    } finally {
      if (before == null) {
        System.clearProperty(BackendConformance.REQUIRE);
      } else {
        System.setProperty(BackendConformance.REQUIRE, before);
      }
    }
  }
}
