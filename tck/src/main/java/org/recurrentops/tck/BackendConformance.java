package org.recurrentops.tck;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.recurrentops.BackendUnavailableException;
import org.recurrentops.Backends;
import org.recurrentops.RecurrentOps;

/**
 * The kit as JUnit tests. A backend's test class is this much:
 *
 * <pre>{@code
 * class CpuConformanceTest extends BackendConformance {
 *   CpuConformanceTest() {
 *     super("cpu");
 *   }
 * }
 * }</pre>
 *
 * <p>An unavailable backend skips the tests with the probe's reason, unless {@code
 * -Drecurrentops.require=cpu,opencl} names it: then it fails them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class BackendConformance {
  /** System property: backends, comma-separated, whose absence is a failure. */
  public static final String REQUIRE = "recurrentops.require";

  private final String backend;
  private final List<ExpectedRefusal> expected;
  private ConformanceSession session;

  /**
   * For a backend that refuses nothing unexpectedly.
   *
   * @param backend name or device id
   * @param expected refusals that its authors know of
   */
  protected BackendConformance(String backend, ExpectedRefusal... expected) {
    this.backend = backend;
    this.expected = List.of(expected);
  }

  /**
   * Opens the device, more than once; overridden by tests of a backend that is no service.
   *
   * @return an opened device, which the kit closes
   */
  protected RecurrentOps open() {
    return Backends.open(backend);
  }

  /**
   * The cases; overridden by tests that run some of them.
   *
   * @return the whole kit
   */
  protected ConformanceKit kit() {
    return ConformanceKit.standard();
  }

  /**
   * All cases, by algorithm.
   *
   * @return one test per case
   */
  @TestFactory
  Stream<DynamicNode> conformance() {
    try {
      session = kit().open(this::open, expected);
    } catch (BackendUnavailableException e) {
      if (isRequired(backend)) {
        throw e;
      }
      Assumptions.abort(e.getMessage());
    }
    Map<String, Stream.Builder<DynamicTest>> byAlgorithm = new LinkedHashMap<>();
    for (ConformanceSession.Item item : session.items()) {
      byAlgorithm
          .computeIfAbsent(item.label(), k -> Stream.builder())
          .add(DynamicTest.dynamicTest(item.test().id(), () -> run(item)));
    }
    DynamicTest last = DynamicTest.dynamicTest("every expected refusal came", this::checkRefusals);
    return Stream.concat(
        byAlgorithm.entrySet().stream()
            .map(e -> DynamicContainer.dynamicContainer(e.getKey(), e.getValue().build())),
        Stream.of(last));
  }

  private void run(ConformanceSession.Item item) {
    Outcome outcome = session.run(item);
    if (outcome.status() == Outcome.Status.FAILED) {
      throw new AssertionError(outcome.detail(), outcome.failure());
    }
  }

  private void checkRefusals() {
    Assertions.assertEquals(List.of(), session.report().staleRefusals());
  }

  /**
   * Prints the table and the closing line, which a quiet build would hide, and closes the device.
   */
  @AfterAll
  void report() {
    if (session != null) {
      System.out.println(session.report().table());
      session.close();
    }
  }

  static boolean isRequired(String backend) {
    String name = backend.contains(":") ? backend.substring(0, backend.indexOf(':')) : backend;
    return Arrays.stream(System.getProperty(REQUIRE, "").split(","))
        .map(String::trim)
        .anyMatch(required -> required.equals(name) || required.equals(backend));
  }
}
