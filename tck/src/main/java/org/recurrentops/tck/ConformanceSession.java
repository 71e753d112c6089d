package org.recurrentops.tck;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.recurrentops.MathMode;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;

/** One run of the kit on one device: which case with which algorithm, and how each ended. */
public final class ConformanceSession implements AutoCloseable {
  /** Stands for the algorithm in cases that are about the device. */
  static final String DEVICE = "device";

  private final Supplier<RecurrentOps> opener;
  private final RecurrentOps ops;
  private final List<ExpectedRefusal> expected;
  private final Set<ExpectedRefusal> seen = new HashSet<>();
  private final List<Item> items = new ArrayList<>();
  private final List<Outcome> outcomes = new ArrayList<>();

  /**
   * A case to run.
   *
   * @param algorithm what to force, or {@code device}
   * @param mode arithmetic to force
   * @param test the case
   */
  public record Item(String algorithm, MathMode mode, ConformanceCase test) {
    /**
     * For tables.
     *
     * @return such as {@code stepped/cublas}, or {@code stepped/cublas BF16}
     */
    public String label() {
      return mode == MathMode.FP32 ? algorithm : algorithm + " " + mode;
    }

    @Override
    public String toString() {
      return label() + " " + test.id();
    }
  }

  /** Groups of cases that run in every mode, not only in FP32: what products are part of. */
  private static final Set<String> GROUPS_OF_MODES =
      Set.of("shapes", "structure", "variants", "lengths", "precision");

  private static boolean runs(ConformanceCase test, MathMode mode, String algorithm) {
    if (mode == MathMode.FP32) {
      return true;
    }
    // options of cells do not touch products: a deep case each, and auto with the other groups
    boolean spared = !test.name().contains(" deep") || algorithm.equals(PlanOptions.AUTO);
    return GROUPS_OF_MODES.contains(test.group()) && !(test.group().equals("variants") && spared);
  }

  ConformanceSession(
      Supplier<RecurrentOps> opener,
      List<ConformanceCase> cases,
      Predicate<String> wanted,
      List<ExpectedRefusal> expected) {
    this.opener = opener;
    ops = opener.get();
    this.expected = expected;
    List<String> algorithms = new ArrayList<>(ops.algorithms());
    algorithms.add(PlanOptions.AUTO);
    algorithms.removeIf(wanted.negate());
    for (MathMode mode : new TreeSet<>(ops.mathModes())) {
      for (String algorithm : algorithms) {
        cases.stream()
            .filter(ConformanceCase::perAlgorithm)
            .filter(c -> runs(c, mode, algorithm))
            .forEach(c -> items.add(new Item(algorithm, mode, c)));
      }
    }
    cases.stream()
        .filter(c -> !c.perAlgorithm())
        .forEach(c -> items.add(new Item(DEVICE, MathMode.FP32, c)));
  }

  /**
   * Everything to run, in order.
   *
   * @return an unmodifiable list
   */
  public List<Item> items() {
    return List.copyOf(items);
  }

  /**
   * Runs one case and checks that it left no allocation behind.
   *
   * @param item one of {@link #items()}
   * @return how it ended; never throws
   */
  public Outcome run(Item item) {
    long start = System.nanoTime();
    String algorithm = item.algorithm().equals(DEVICE) ? PlanOptions.AUTO : item.algorithm();
    ConformanceCase test = item.test();
    Outcome outcome;
    try {
      long live = ops.counters().snapshot().liveAllocations();
      test.body()
          .run(new ConformanceContext(opener, ops, algorithm, item.mode(), test.id().hashCode()));
      long left = ops.counters().snapshot().liveAllocations() - live;
      if (left != 0) {
        throw new ConformanceFailure(
            "live allocations: expected none left by the case, got " + left);
      }
      outcome = new Outcome(item, Outcome.Status.PASSED, "", null, System.nanoTime() - start);
    } catch (RefusedException e) {
      outcome = refused(item, e, System.nanoTime() - start);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      outcome = failed(item, e, System.nanoTime() - start);
    } catch (Exception | AssertionError | StackOverflowError | OutOfMemoryError e) {
      outcome = failed(item, e, System.nanoTime() - start);
    }
    outcomes.add(outcome);
    return outcome;
  }

  private static Outcome failed(Item item, Throwable e, long nanos) {
    String detail = e instanceof ConformanceFailure ? e.getMessage() : e.toString();
    return new Outcome(item, Outcome.Status.FAILED, detail, e, nanos);
  }

  private Outcome refused(Item item, RefusedException e, long nanos) {
    for (ExpectedRefusal r : expected) {
      if (r.matches(item.algorithm(), e.getMessage())) {
        seen.add(r);
        return new Outcome(item, Outcome.Status.REFUSED, e.getMessage(), null, nanos);
      }
    }
    String detail = "refusal that is not in the list of expected ones: " + e.getMessage();
    return new Outcome(item, Outcome.Status.FAILED, detail, e, nanos);
  }

  /**
   * What happened so far; items that did not run count as left out. After a full run an expected
   * refusal that never came is a failure, too.
   *
   * @return the report
   */
  public ConformanceReport report() {
    List<ExpectedRefusal> stale = new ArrayList<>();
    if (outcomes.size() == items.size()) {
      expected.stream().filter(r -> !seen.contains(r)).forEach(stale::add);
    }
    return new ConformanceReport(
        ops.device(), List.copyOf(outcomes), List.copyOf(stale), items.size() - outcomes.size());
  }

  /** Closes the device. */
  @Override
  public void close() {
    ops.close();
  }
}
