package org.recurrentops.bench.run;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.recurrentops.bench.layers.Environment;

/** Results as a run would write them, without measuring. */
public final class ResultsFixture {
  private static final Environment HERE = Environment.of("run");

  private ResultsFixture() {}

  /** A combination on the cpu. */
  public static Combination on(String what, String shape, String backend) {
    return new Combination(what, shape, backend, "auto", "FP32", 0);
  }

  /** Times that scatter around a median. */
  public static Round round(Combination of, int number, double millis, double noise, Random r) {
    List<Double> times = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      times.add(millis * (1 + noise * (2 * r.nextDouble() - 1)));
    }
    double max = times.stream().mapToDouble(v -> v).max().orElseThrow();
    // Of a plan whose memory grows as T².
    Long bytes = of.kind() == What.FORWARD ? (long) (10 * Math.pow(of.layer().steps(), 2)) : null;
    return new Round(
        of,
        number,
        "stepped",
        "device",
        "2 threads",
        times,
        40,
        millis,
        max,
        max,
        max,
        max,
        16.0,
        bytes,
        null,
        null);
  }

  /** As above on a machine that takes so many times as long, for fixed work also. */
  public static Round round(
      Combination of, int number, double millis, double noise, Random r, double machine) {
    Round there = round(of, number, millis * machine, noise, r);
    return new Round(
        of,
        number,
        there.chosen(),
        there.device(),
        there.deviceDetail(),
        there.iterationMillis(),
        there.samples(),
        there.p50(),
        there.p90(),
        there.p99(),
        there.p999(),
        there.max(),
        there.allocatedBytes(),
        there.planBytes(),
        Collections.nCopies(there.iterationMillis().size(), 15 * machine),
        there.phases());
  }

  /** A round whose phases were timed. */
  public static Round round(Combination of, int number, Map<String, Double> phases) {
    double millis = phases.values().stream().mapToDouble(v -> v).sum();
    Round r = round(of, number, millis, 1e-9, new Random(1));
    return new Round(
        of,
        number,
        "stepped/timed",
        r.device(),
        r.deviceDetail(),
        r.iterationMillis(),
        r.samples(),
        r.p50(),
        r.p90(),
        r.p99(),
        r.p999(),
        r.max(),
        r.allocatedBytes(),
        r.planBytes(),
        r.machineMillis(),
        phases);
  }

  /** Whole results. */
  public static Results results(List<Round> rounds) {
    return new Results(ResultsFile.SCHEMA, "1", "quick", HERE, rounds.size(), rounds);
  }
}
