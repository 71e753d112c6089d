package org.recurrentops.bench.run;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.recurrentops.bench.layers.Environment;

/**
 * All of a results file.
 *
 * @param schema {@link ResultsFile#SCHEMA}
 * @param version of RecurrentOps
 * @param settings of JMH and the profile, by which results are comparable
 * @param environment of the machine
 * @param planned number of rounds that a whole file has
 * @param rounds what was measured so far
 */
public record Results(
    String schema,
    String version,
    String settings,
    Environment environment,
    int planned,
    List<Round> rounds) {

  /**
   * Rounds of the same combination together.
   *
   * @return in the order of the file
   */
  public Map<Combination, Measured> byCombination() {
    Map<Combination, List<Round>> groups = new LinkedHashMap<>();
    for (Round r : rounds) {
      groups.computeIfAbsent(r.of(), k -> new java.util.ArrayList<>()).add(r);
    }
    Map<Combination, Measured> measured = new LinkedHashMap<>();
    groups.forEach((key, group) -> measured.put(key, Measured.of(key, group)));
    return measured;
  }

  /**
   * Whether every planned round is in it.
   *
   * @return false after a run that was cut off or had failures
   */
  public boolean isComplete() {
    return rounds.size() >= planned;
  }
}
