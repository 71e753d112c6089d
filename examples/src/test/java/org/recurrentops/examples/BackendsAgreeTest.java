package org.recurrentops.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every program that trains learns the same on OpenCL as on the CPU, to float32 accuracy. */
class BackendsAgreeTest {
  /** Of a loss after some steps of Adam, which magnify the rounding of every step. */
  private static final double LOSS = 2e-4;

  private static final Pattern LOSSES = Pattern.compile("(?m)loss ([-+0-9.eE]+) at step");
  private static final Pattern NUMBERS =
      Pattern.compile("(?<![\\w.-])[0-9]+(\\.[0-9]+)?(e-?[0-9]+)?");

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "caption --steps 31, 8",
    "classify --steps 11, 1",
    "classify --two --steps 11, 1",
    "forecast --steps 22 --networks 1 --tau 9, 0.02",
    "memory --lag 8 --steps 21, 4",
    "tag --steps 11, 0.5",
    "translate --steps 11, 4"
  })
  void sameLossesAndNumbers(String command, double ofPrinted) {
    LessonRun.needs("opencl");
    LessonRun cpu = run(command, "cpu");
    LessonRun opencl = run(command, "opencl");
    List<Double> expected = numbers(LOSSES, cpu.err);
    List<Double> got = numbers(LOSSES, opencl.err);
    assertTrue(!expected.isEmpty() && expected.size() == got.size(), cpu + "\n" + opencl);
    for (int i = 0; i < expected.size(); i++) {
      double most = LOSS * Math.max(0.05, Math.abs(expected.get(i)));
      assertEquals(expected.get(i), got.get(i), most, "loss " + i + "\n" + cpu + "\n" + opencl);
    }
    List<Double> said = numbers(NUMBERS, cpu.out.replaceAll("(?m)^picture.*", ""));
    List<Double> saidThere = numbers(NUMBERS, opencl.out.replaceAll("(?m)^picture.*", ""));
    assertEquals(said.size(), saidThere.size(), cpu + "\n" + opencl);
    for (int i = 0; i < said.size(); i++) {
      assertEquals(said.get(i), saidThere.get(i), ofPrinted, cpu + "\n" + opencl);
    }
  }

  private LessonRun run(String command, String backend) {
    String[] options = (command + " --seed 3 --backend " + backend).split(" ");
    LessonRun run = new LessonRun(folder.resolve("picture.png"), options);
    assertEquals(0, run.code, run.toString());
    return run;
  }

  private static List<Double> numbers(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map((MatchResult m) -> m.groupCount() == 1 ? m.group(1) : m.group())
        .map(Double::parseDouble)
        .toList();
  }
}
