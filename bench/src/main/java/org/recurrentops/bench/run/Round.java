package org.recurrentops.bench.run;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * What one JVM measured of one combination.
 *
 * @param of what was measured
 * @param number from 0
 * @param chosen algorithm that the plan chose
 * @param device its name
 * @param deviceDetail its free text: vector width or driver, threads
 * @param iterationMillis median call of each iteration
 * @param samples number of timed calls
 * @param p50 median call, milliseconds
 * @param p90 nine calls of ten are faster
 * @param p99 99 calls of 100 are faster
 * @param p999 999 calls of 1000 are faster
 * @param max the slowest call
 * @param allocatedBytes Java heap that a call takes, null where that is not known
 * @param planBytes workspace and reserve that the plan holds, null where there is no plan
 * @param machineMillis what fixed work on the CPU took around each iteration; null where a GPU did
 *     the work, and in older files
 * @param phases milliseconds of a call by phase, in the last iteration; null where phases are not
 *     timed, and in older files
 */
public record Round(
    Combination of,
    int number,
    String chosen,
    String device,
    String deviceDetail,
    List<Double> iterationMillis,
    long samples,
    double p50,
    double p90,
    double p99,
    double p999,
    double max,
    Double allocatedBytes,
    Long planBytes,
    List<Double> machineMillis,
    Map<String, Double> phases) {

  /** Whether all that readers rely on is there; Gson leaves out what a file lacks. */
  boolean isWhole() {
    return of != null
        && of.what() != null
        && of.shape() != null
        && of.backend() != null
        && of.algorithm() != null
        && of.mode() != null
        && iterationMillis != null
        && !iterationMillis.isEmpty()
        && areTimes(iterationMillis)
        && (machineMillis == null
            || machineMillis.size() == iterationMillis.size() && areTimes(machineMillis))
        && (phases == null || areTimes(phases.values()))
        && p50 > 0
        && samples > 0;
  }

  private static boolean areTimes(Collection<Double> millis) {
    return millis.stream().allMatch(v -> v != null && v > 0 && v < 1e12);
  }
}
