package org.recurrentops.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recurrentops.bench.report.ReportCommand;
import picocli.CommandLine;

/** A process whose files may not grow beyond 4 KiB stands for one on a full disk. */
class NoSpaceTest {
  @TempDir private Path folder;

  @Test
  void whatWasWrittenStaysAndNothingIsLeftBesideIt() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process process =
        new ProcessBuilder(
                "bash",
                "-c",
                "ulimit -f 4; exec \"$0\" \"$@\"",
                java,
                "-XX:-UsePerfData",
                "-cp",
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                folder.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    assertTrue(said.contains("results: " + folder.resolve("r.json") + ": could not be written: "));
    assertTrue(said.contains("report: " + folder.resolve("report.html") + ": could not be"), said);
    assertTrue(said.contains("; make room and run again"), said);
    assertEquals(1, ResultsFile.read(folder.resolve("r.json")).rounds().size());
    try (var files = Files.list(folder)) {
      List<String> names = files.map(f -> f.getFileName().toString()).collect(Collectors.toList());
      assertEquals(List.of("r.json"), names, "half a file is left");
    }
  }

  /** What runs without room: a small file fits, a large one and its pages do not. */
  static final class Writer {
    public static void main(String[] args) throws IOException {
      Path folder = Path.of(args[0]);
      Path file = folder.resolve("r.json");
      List<Round> rounds = new ArrayList<>();
      Combination of = ResultsFixture.on("forward", "lstm-t3n2c5h7", "cpu");
      rounds.add(ResultsFixture.round(of, 0, 1, 0.1, new Random(1)));
      ResultsFile.write(file, ResultsFixture.results(rounds));
      for (int number = 1; number < 40; number++) {
        rounds.add(ResultsFixture.round(of, number, 1, 0.1, new Random(number)));
      }
      try {
        ResultsFile.write(file, ResultsFixture.results(rounds));
      } catch (IOException e) {
        System.out.println("results: " + e.getMessage());
      }
      new CommandLine(new ReportCommand())
          .setExecutionExceptionHandler(
              (e, line, parsed) -> {
                System.out.println("report: " + e.getMessage());
                return 1;
              })
          .execute(file.toString(), "--out=" + folder);
    }
  }
}
