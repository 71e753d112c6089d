package org.recurrentops.tck;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.recurrentops.Backends;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentOpsException;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.formats.CaseFile;
import org.recurrentops.formats.CaseReader;
import org.recurrentops.formats.CaseResult;
import org.recurrentops.formats.CaseResultWriter;
import org.recurrentops.formats.CaseVerdict;
import org.recurrentops.formats.LayerCase;
import org.recurrentops.tck.cases.FixtureRun;

/**
 * Runs a folder of conformance cases on a backend, writes result files, and prints a verdict each.
 */
public final class FixtureMain {
  private static final String USAGE =
      "usage: FixtureMain <backend or device id> <algorithm or auto> <folder of cases> <folder of"
          + " results>";

  private FixtureMain() {}

  /**
   * Exit code 0: every case that could run passed; 1: some did not; 2: wrong usage.
   *
   * @param args see usage
   */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  static int run(String... args) {
    if (args.length != 4) {
      System.err.println(USAGE);
      return 2;
    }
    try (RecurrentOps ops = Backends.open(args[0])) {
      CaseResultWriter writer = new CaseResultWriter(Path.of(args[3]));
      int failed = 0;
      for (Path path : cases(Path.of(args[2]))) {
        failed += run(ops, args[1], CaseReader.read(path), writer) ? 0 : 1;
      }
      System.out.println(failed == 0 ? "all passed" : failed + " failed");
      return failed == 0 ? 0 : 1;
    } catch (RecurrentOpsException | IOException | UncheckedIOException e) {
      System.err.println(e.getMessage());
      return 1;
    }
  }

  private static List<Path> cases(Path folder) throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(p -> p.toString().endsWith(".json")).sorted().toList();
    }
  }

  private static boolean run(
      RecurrentOps ops, String algorithm, CaseFile file, CaseResultWriter writer)
      throws IOException {
    Optional<String> reason = file.refusal();
    if (reason.isPresent()) {
      writer.writeSkipped(file.name(), reason.get());
      System.out.println(file.name() + ": refused: " + reason.get());
      return true;
    }
    LayerCase fixture = file.toLayer();
    PlanOptions options = FixtureRun.options(fixture).algorithm(algorithm);
    try (RecurrentPlan plan = ops.plan(fixture.spec(), options)) {
      CaseResult result = fixture.toFileLayout(FixtureRun.run(plan, fixture));
      writer.write(file.name(), result);
      CaseVerdict verdict = CaseVerdict.of(file, result);
      System.out.println((verdict.passed() ? "passed " : "FAILED ") + verdict);
      return verdict.passed();
    }
  }
}
