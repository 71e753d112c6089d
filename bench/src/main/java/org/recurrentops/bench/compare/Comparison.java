package org.recurrentops.bench.compare;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.recurrentops.bench.run.Combination;
import org.recurrentops.bench.run.Measured;
import org.recurrentops.bench.run.Results;
import org.recurrentops.bench.run.ResultsFile;

/** Compares two files that were measured alike. */
final class Comparison {
  private Comparison() {}

  /**
   * Compares all combinations.
   *
   * @param threshold relative change that counts
   * @throws IOException in one line, if a file is bad or the two are not comparable
   */
  static List<Verdict> of(Path before, Path after, double threshold) throws IOException {
    Results a = whole(before);
    Results b = whole(after);
    same("profile", a.settings(), b.settings());
    same("CPU", a.environment().cpu(), b.environment().cpu());
    same(
        "number of processors",
        String.valueOf(a.environment().processors()),
        String.valueOf(b.environment().processors()));
    Map<Combination, Measured> first = a.byCombination();
    Map<Combination, Measured> second = b.byCombination();
    same("set of shapes", shapes(first.keySet()), shapes(second.keySet()));
    same("set of combinations", sorted(first.keySet()), sorted(second.keySet()));
    return first.values().stream().map(m -> Verdict.of(m, second.get(m.of()), threshold)).toList();
  }

  private static Results whole(Path file) throws IOException {
    Results r = ResultsFile.read(file);
    if (!r.isComplete()) {
      throw new IOException(
          String.format(
              "%s: expected a whole run, got %d of %d rounds; give `run` the same command again",
              file, r.rounds().size(), r.planned()));
    }
    return r;
  }

  private static void same(String what, String first, String second) throws IOException {
    if (!first.equals(second)) {
      throw new IOException(
          "expected the same "
              + what
              + " in both files, got '"
              + first
              + "' and '"
              + second
              + "'; measure both alike");
    }
  }

  private static String shapes(Set<Combination> all) {
    Set<String> names = new TreeSet<>();
    all.forEach(c -> names.add(c.shape()));
    names.remove("");
    return String.join(",", names);
  }

  private static String sorted(Set<Combination> all) {
    return new LinkedHashSet<>(all)
        .stream().map(Combination::toString).sorted().collect(Collectors.joining(", "));
  }
}
