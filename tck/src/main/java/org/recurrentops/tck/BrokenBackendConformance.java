package org.recurrentops.tck;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.recurrentops.spi.Backend;
import org.recurrentops.spi.ProbeResult;
import org.recurrentops.tck.broken.Fault;
import org.recurrentops.tck.broken.FaultFinding;

/**
 * The kit's own test: whatever {@link Fault} is put into a right backend, a case must fail. A
 * backend's test class is this much:
 *
 * <pre>{@code
 * class CpuFaultTest extends BrokenBackendConformance {
 *   CpuFaultTest() {
 *     super(new CpuBackend());
 *   }
 * }
 * }</pre>
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class BrokenBackendConformance {
  private final Backend right;
  private final List<FaultFinding.Finding> findings = new ArrayList<>();
  private FaultFinding finding;

  /**
   * On a backend that passes the kit.
   *
   * @param right the backend to break
   */
  protected BrokenBackendConformance(Backend right) {
    this.right = right;
  }

  /**
   * Every fault.
   *
   * @return one test per fault
   */
  @TestFactory
  Stream<DynamicTest> kitFails() {
    ProbeResult probe = right.probe();
    if (!probe.isAvailable()) {
      Assertions.assertFalse(BackendConformance.isRequired(right.name()), probe.reason());
      Assumptions.abort(probe.reason());
    }
    finding = new FaultFinding(right);
    return Arrays.stream(Fault.values())
        .filter(f -> f != Fault.NONE)
        .map(f -> DynamicTest.dynamicTest(f + ": " + f.description(), () -> find(f)));
  }

  private void find(Fault fault) {
    FaultFinding.Finding found = finding.find(fault);
    findings.add(found);
    Assertions.assertNotNull(
        found.failed(),
        () -> fault + ": " + fault.description() + ": expected a failure, got none in " + found);
  }

  /** Prints where each fault was found. */
  @AfterAll
  void report() {
    findings.forEach(System.out::println);
    long found = findings.stream().filter(f -> f.failed() != null).count();
    System.out.println(
        "faults " + right.name() + ": " + found + " of " + (Fault.values().length - 1) + " found");
    if (finding != null) {
      finding.close();
    }
  }
}
