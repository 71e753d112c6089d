package org.recurrentops.tck;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.recurrentops.Backends;
import org.recurrentops.RecurrentOpsException;

/**
 * Runs the kit as a program: {@code java -cp … org.recurrentops.tck.ConformanceMain cpu [--only
 * text] [--algorithm text] [--leave-out pattern] [--expect algorithm=reason]}. Exit code 0 for
 * conformance, 1 for failures, 2 for wrong usage. A pattern is a regular expression for all of
 * {@code algorithm group/name}, or {@code algorithm mode group/name} in a mode other than FP32;
 * what is left out is counted in the closing line.
 */
public final class ConformanceMain {
  private static final String USAGE =
      "usage: ConformanceMain <backend or device id> [--only <part of group/name>]"
          + " [--algorithm <part of its name>]"
          + " [--leave-out <pattern of algorithm group/name>]..."
          + " [--expect <algorithm>=<part of the refusal>]...";

  private ConformanceMain() {}

  /**
   * Entry point.
   *
   * @param args see the class
   */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  /**
   * The program without its exit.
   *
   * @param args see the class
   * @return exit code
   */
  static int run(String... args) {
    if (args.length % 2 == 0) {
      System.err.println(USAGE);
      return 2;
    }
    List<ExpectedRefusal> expected = new ArrayList<>();
    List<Predicate<ConformanceSession.Item>> wanted = new ArrayList<>();
    Map<Pattern, Integer> leaveOut = new LinkedHashMap<>();
    for (int i = 1; i < args.length; i += 2) {
      String value = args[i + 1];
      if (args[i].equals("--only")) {
        wanted.add(item -> item.test().id().contains(value));
      } else if (args[i].equals("--algorithm")) {
        wanted.add(item -> item.algorithm().contains(value));
      } else if (args[i].equals("--leave-out")) {
        leaveOut.put(Pattern.compile(value), 0);
      } else if (args[i].equals("--expect") && value.contains("=")) {
        int at = value.indexOf('=');
        expected.add(new ExpectedRefusal(value.substring(0, at), value.substring(at + 1)));
      } else {
        System.err.println(USAGE);
        return 2;
      }
    }
    return run(args[0], expected, wanted, leaveOut);
  }

  private static int run(
      String id,
      List<ExpectedRefusal> expected,
      List<Predicate<ConformanceSession.Item>> wanted,
      Map<Pattern, Integer> leaveOut) {
    try {
      ConformanceReport report =
          ConformanceKit.standard()
              .run(
                  () -> Backends.open(id),
                  expected,
                  item -> isWanted(item, leaveOut) && wanted.stream().allMatch(w -> w.test(item)));
      leaveOut.forEach((pattern, left) -> System.out.println("left out " + left + " × " + pattern));
      System.out.println(report.table());
      if (report.outcomes().isEmpty() || leaveOut.containsValue(0)) {
        System.err.println("What --only, --algorithm or --leave-out name fits no case.");
        return 1;
      }
      return report.failures() == 0 ? 0 : 1;
    } catch (RecurrentOpsException e) {
      System.err.println(e.getMessage());
      return 1;
    }
  }

  private static boolean isWanted(ConformanceSession.Item item, Map<Pattern, Integer> leaveOut) {
    for (Pattern pattern : leaveOut.keySet()) {
      if (pattern.matcher(item.toString()).matches()) {
        leaveOut.merge(pattern, 1, Integer::sum);
        return false;
      }
    }
    return true;
  }
}
