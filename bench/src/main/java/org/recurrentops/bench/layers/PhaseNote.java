package org.recurrentops.bench.layers;

import java.util.Map;
import java.util.TreeMap;
import org.recurrentops.Counters;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.spi.BackendDevice;

/** The phases of calls between two moments. */
final class PhaseNote {
  private final Counters.Snapshot before;

  private PhaseNote(Counters.Snapshot before) {
    this.before = before;
  }

  /** From now on. */
  static PhaseNote begin(RecurrentOps ops) {
    return new PhaseNote(ops.counters().snapshot());
  }

  /** Adds them to the note of this run. */
  void write(RecurrentOps ops, RecurrentPlan plan) {
    RunNote.of(ops.device(), plan).withPhases(perCall(before, ops.counters().snapshot())).write();
  }

  /**
   * Milliseconds of a call by phase, such as {@code backward gates}; phases that took no time are
   * left out.
   */
  static Map<String, Double> perCall(Counters.Snapshot before, Counters.Snapshot after) {
    Map<String, Double> phases = new TreeMap<>();
    after
        .nanoseconds()
        .forEach(
            (name, nanos) -> {
              String[] parts = name.split("\\.");
              String call = parts[0] + "." + parts[1];
              long calls = after.launchesOf(call) - before.launchesOf(call);
              long spent = nanos - before.nanoseconds().getOrDefault(name, 0L);
              if (parts[0].equals(BackendDevice.TIMED) && calls > 0 && spent > 0) {
                phases.put(parts[1] + " " + parts[2].replace('-', ' '), spent * 1e-6 / calls);
              }
            });
    return phases;
  }
}
