package org.recurrentops.tck.broken;

import java.util.Locale;
import java.util.Optional;
import org.recurrentops.Backends;
import org.recurrentops.spi.Backend;
import org.recurrentops.tck.ConformanceFailure;
import org.recurrentops.tck.ConformanceKit;
import org.recurrentops.tck.ConformanceSession;
import org.recurrentops.tck.ConformanceSession.Item;
import org.recurrentops.tck.Outcome;

/**
 * Looks for the first case of the kit that a fault fails, and shows that the same case passes
 * without the fault.
 */
public final class FaultFinding implements AutoCloseable {
  private final Backend right;
  private final ConformanceSession sound;

  /**
   * What came out.
   *
   * @param fault what was broken
   * @param ran cases run until then
   * @param failed the first failure, or null if the fault got through
   * @param seconds time it took
   */
  public record Finding(Fault fault, int ran, Outcome failed, double seconds) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%-32s %4d %6.1f s  %s",
          fault,
          ran,
          seconds,
          failed == null ? "NOT FOUND" : failed.item().test().id() + ": " + brief(failed.detail()));
    }

    private static String brief(String detail) {
      return detail.length() <= 110 ? detail : detail.substring(0, 110) + "…";
    }
  }

  /**
   * On a backend.
   *
   * @param right one that passes the kit
   */
  public FaultFinding(Backend right) {
    this.right = right;
    sound = open(ConformanceKit.standard(), Fault.NONE);
  }

  private ConformanceSession open(ConformanceKit kit, Fault fault) {
    return kit.open(() -> Backends.open(new BrokenBackend(right, fault)), java.util.List.of());
  }

  /**
   * Runs the fault's groups of cases until the first failure.
   *
   * @param fault what to break
   * @return the finding
   * @throws AssertionError if the case found fails without the fault as well, or if it did not fail
   *     by what it checks
   */
  public Finding find(Fault fault) {
    long start = System.nanoTime();
    ConformanceKit kit =
        ConformanceKit.standard()
            .only(c -> fault.groups().stream().anyMatch(c.group()::startsWith));
    int ran = 0;
    Outcome failed = null;
    try (ConformanceSession session = open(kit, fault)) {
      for (Item item : session.items()) {
        ran++;
        Outcome outcome = session.run(item);
        if (outcome.status() == Outcome.Status.FAILED) {
          failed = outcome;
          break;
        }
      }
    }
    if (failed != null) {
      requireItsOwnFailure(failed);
    }
    return new Finding(fault, ran, failed, (System.nanoTime() - start) * 1e-9);
  }

  private void requireItsOwnFailure(Outcome failed) {
    if (!(failed.failure() instanceof ConformanceFailure)) {
      throw new AssertionError(
          "expected a failed check, got a crash in " + failed.item().test().id(), failed.failure());
    }
    String id = failed.item().test().id();
    Optional<Item> same =
        sound.items().stream()
            .filter(i -> i.test().id().equals(id))
            .filter(i -> i.label().equals(failed.item().label()))
            .findFirst()
            .or(() -> sound.items().stream().filter(i -> i.test().id().equals(id)).findFirst());
    Outcome control = sound.run(same.orElseThrow());
    if (control.status() != Outcome.Status.PASSED) {
      throw new AssertionError(
          "expected " + id + " to pass without a fault, got: " + control.detail(),
          control.failure());
    }
  }

  @Override
  public void close() {
    sound.close();
  }
}
