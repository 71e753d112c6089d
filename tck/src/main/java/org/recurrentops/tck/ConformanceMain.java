package org.recurrentops.tck;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.Backends;
import org.recurrentops.RecurrentOpsException;

/**
 * Runs the kit as a program: {@code java -cp … org.recurrentops.tck.ConformanceMain cpu [--only
 * text] [--algorithm text] [--expect algorithm=reason]}. Exit code 0 for conformance, 1 for
 * failures, 2 for wrong usage.
 */
public final class ConformanceMain {
  private static final String USAGE =
      "usage: ConformanceMain <backend or device id> [--only <part of group/name>]"
          + " [--algorithm <part of its name>]"
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
    ConformanceKit kit = ConformanceKit.standard();
    List<ExpectedRefusal> expected = new ArrayList<>();
    for (int i = 1; i < args.length; i += 2) {
      String value = args[i + 1];
      if (args[i].equals("--only")) {
        kit = kit.only(c -> c.id().contains(value));
      } else if (args[i].equals("--algorithm")) {
        kit = kit.algorithms(name -> name.contains(value));
      } else if (args[i].equals("--expect") && value.contains("=")) {
        int at = value.indexOf('=');
        expected.add(new ExpectedRefusal(value.substring(0, at), value.substring(at + 1)));
      } else {
        System.err.println(USAGE);
        return 2;
      }
    }
    try {
      ConformanceReport report = kit.run(() -> Backends.open(args[0]), expected);
      System.out.println(report.table());
      return report.failures() == 0 ? 0 : 1;
    } catch (RecurrentOpsException e) {
      System.err.println(e.getMessage());
      return 1;
    }
  }
}
