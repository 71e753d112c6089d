package org.recurrentops.tck;

import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.recurrentops.RecurrentOps;
import org.recurrentops.tck.cases.StandardCases;

/**
 * The list of cases that every backend must pass. Needs no test framework: {@link #run} does it
 * all, {@link ConformanceMain} is a program, and {@link BackendConformance} is the JUnit form.
 */
public final class ConformanceKit {
  private final List<ConformanceCase> cases;
  private final Predicate<String> algorithms;

  private ConformanceKit(List<ConformanceCase> cases, Predicate<String> algorithms) {
    this.cases = List.copyOf(cases);
    this.algorithms = algorithms;
  }

  /**
   * The whole kit.
   *
   * @return all cases
   */
  public static ConformanceKit standard() {
    return new ConformanceKit(StandardCases.all(), name -> true);
  }

  /**
   * A part of the kit.
   *
   * @param wanted chooses cases
   * @return the kit with those only
   */
  public ConformanceKit only(Predicate<ConformanceCase> wanted) {
    return new ConformanceKit(cases.stream().filter(wanted).toList(), algorithms);
  }

  /**
   * The kit for some algorithms; cases about the device are left out.
   *
   * @param wanted chooses names, {@code auto} among them
   * @return the kit with those only
   */
  public ConformanceKit algorithms(Predicate<String> wanted) {
    return new ConformanceKit(
        cases.stream().filter(ConformanceCase::perAlgorithm).toList(), wanted);
  }

  /**
   * The cases.
   *
   * @return an unmodifiable list
   */
  public List<ConformanceCase> cases() {
    return cases;
  }

  /**
   * Opens a device for a run, case by case.
   *
   * @param opener opens the device under test; some cases open it a second time
   * @param expected refusals that are known of
   * @return the session, which closes the device
   */
  public ConformanceSession open(Supplier<RecurrentOps> opener, List<ExpectedRefusal> expected) {
    return new ConformanceSession(opener, cases, algorithms, expected);
  }

  /**
   * Runs every case with every algorithm forced, and once more with {@code auto}.
   *
   * @param opener opens the device under test; some cases open it a second time
   * @param expected refusals that are known of
   * @return what happened
   */
  public ConformanceReport run(Supplier<RecurrentOps> opener, List<ExpectedRefusal> expected) {
    return run(opener, expected, item -> true);
  }

  /**
   * Runs a part of that; the report counts what it left out.
   *
   * @param opener opens the device under test; some cases open it a second time
   * @param expected refusals that are known of
   * @param wanted chooses among the cases with an algorithm and a mode each
   * @return what happened
   */
  public ConformanceReport run(
      Supplier<RecurrentOps> opener,
      List<ExpectedRefusal> expected,
      Predicate<ConformanceSession.Item> wanted) {
    try (ConformanceSession session = open(opener, expected)) {
      session.items().stream().filter(wanted).forEach(session::run);
      return session.report();
    }
  }
}
