package org.recurrentops.examples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.recurrentops.BackendUnavailableException;
import org.recurrentops.Backends;

/** One run of a short program within this process: its exit code and what it wrote. */
final class LessonRun {
  private static final String REQUIRE = "recurrentops.require";

  final int code;
  final String out;
  final String err;

  /** Runs on the CPU and writes the picture given, unless the options say otherwise. */
  LessonRun(Path picture, String... options) {
    List<String> args = new ArrayList<>(List.of(options));
    if (!args.contains("--out")) {
      args.addAll(List.of("--out", picture.toString()));
    }
    if (!args.contains("--backend")) {
      args.addAll(List.of("--backend", "cpu"));
    }
    StringWriter o = new StringWriter();
    StringWriter e = new StringWriter();
    code = Main.run(args.toArray(new String[0]), new PrintWriter(o), new PrintWriter(e));
    out = o.toString();
    err = e.toString();
  }

  /** Skips a test where a backend is missing, or fails it where that is required. */
  static void needs(String backend) {
    try {
      Backends.open(backend).close();
    } catch (BackendUnavailableException e) {
      if (Arrays.asList(System.getProperty(REQUIRE, "").split(",")).contains(backend)) {
        Assertions.fail("-D" + REQUIRE + " names it: " + e.getMessage());
      }
      Assumptions.abort(e.getMessage());
    }
  }

  /** The number that a pattern's group finds in the output. */
  double number(String pattern) {
    Matcher m = Pattern.compile("(?m)" + pattern).matcher(out);
    assertTrue(m.find(), "no " + pattern + " in\n" + this);
    return Double.parseDouble(m.group(1));
  }

  @Override
  public String toString() {
    return "exit code " + code + "\n" + out + "\n" + err;
  }
}
