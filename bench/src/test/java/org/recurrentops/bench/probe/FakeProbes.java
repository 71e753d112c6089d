package org.recurrentops.bench.probe;

import java.util.List;
import java.util.function.Consumer;
import org.recurrentops.spi.HardwareProbes;

/** Experiments on the CPU backend that are none; {@link #wrong} makes one fail. */
public final class FakeProbes implements HardwareProbes {
  static boolean wrong;

  @Override
  public String backend() {
    return "cpu";
  }

  @Override
  public List<String> names() {
    return List.of("a/check", "b/rate", "c/none");
  }

  @Override
  public void run(String deviceId, boolean timed, Consumer<Finding> found) {
    found.accept(
        wrong
            ? new Finding("a/check", Outcome.WRONG, 0, "", "expected 1, got 2")
            : new Finding("a/check", Outcome.RIGHT, 0, "", ""));
    Outcome outcome = timed ? Outcome.MEASURED : Outcome.UNTIMED;
    found.accept(new Finding("b/rate", outcome, timed ? 12.5 : 0, "TB/s", "of " + deviceId));
    found.accept(new Finding("c/none", Outcome.UNAVAILABLE, 0, "", "not here"));
  }
}
