package org.recurrentops.tck;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.recurrentops.DeviceInfo;
import org.recurrentops.tck.Outcome.Status;

/**
 * What a run of the kit found.
 *
 * @param device what was tested
 * @param outcomes one per case and algorithm
 * @param staleRefusals expected refusals that never came; they make the run fail
 * @param leftOut cases that the run was told to leave out, counted per algorithm and mode
 */
public record ConformanceReport(
    DeviceInfo device, List<Outcome> outcomes, List<ExpectedRefusal> staleRefusals, int leftOut) {

  /**
   * Outcomes of one kind.
   *
   * @param status the kind
   * @return how many
   */
  public long count(Status status) {
    return outcomes.stream().filter(o -> o.status() == status).count();
  }

  /**
   * Failed cases and stale refusals.
   *
   * @return how many; 0 is conformance
   */
  public long failures() {
    return count(Status.FAILED) + staleRefusals.size();
  }

  /**
   * The last line, for logs that hide everything else.
   *
   * @return such as {@code tck cpu: 412 passed, 0 failed, 3 refused}, and {@code , 7 left out}
   *     where only a part was run
   */
  public String closingLine() {
    return "tck "
        + device.id()
        + ": "
        + count(Status.PASSED)
        + " passed, "
        + failures()
        + " failed, "
        + count(Status.REFUSED)
        + " refused"
        + (leftOut > 0 ? ", " + leftOut + " left out" : "");
  }

  /**
   * Everything a person wants to read: failures, table per algorithm, refusals with their reasons,
   * and the closing line.
   *
   * @return several lines
   */
  public String table() {
    StringBuilder s = new StringBuilder();
    for (Outcome o : outcomes) {
      if (o.status() == Status.FAILED) {
        s.append("FAILED ").append(o.item()).append(": ").append(o.detail()).append('\n');
      }
    }
    for (ExpectedRefusal r : staleRefusals) {
      s.append("FAILED expected refusal never came, remove it from the list: ");
      s.append(r).append('\n');
    }
    s.append(
        String.format(
            "%-24s %7s %7s %7s %8s%n", "algorithm", "passed", "failed", "refused", "seconds"));
    byAlgorithm().forEach((name, row) -> s.append(row.line(name)));
    refusals()
        .forEach(
            (reason, cases) ->
                s.append("refused ").append(cases).append(" × ").append(reason).append('\n'));
    return s.append(closingLine()).toString();
  }

  private Map<String, Row> byAlgorithm() {
    Map<String, Row> rows = new LinkedHashMap<>();
    for (Outcome o : outcomes) {
      Row row = rows.computeIfAbsent(o.item().label(), k -> new Row());
      row.counts[o.status().ordinal()]++;
      row.nanos += o.nanos();
    }
    return rows;
  }

  private Map<String, Integer> refusals() {
    Map<String, Integer> reasons = new TreeMap<>();
    for (Outcome o : outcomes) {
      if (o.status() == Status.REFUSED) {
        reasons.merge(o.item().label() + ": " + o.detail(), 1, Integer::sum);
      }
    }
    return reasons;
  }

  private static final class Row {
    final long[] counts = new long[Status.values().length];
    long nanos;

    String line(String algorithm) {
      return String.format(
          "%-24s %7d %7d %7d %8.1f%n", algorithm, counts[0], counts[1], counts[2], nanos * 1e-9);
    }
  }
}
