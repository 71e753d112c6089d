package org.recurrentops.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HelloCommandTest {
  private static final Pattern LOSS = Pattern.compile("loss ([0-9.]+) nats");

  @ParameterizedTest
  @CsvSource({"vanilla,1", "vanilla,2", "lstm,1", "lstm,3", "gru,1", "gru,4"})
  void learnsToSayHello(String cell, String seed) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] args = {"hello", "--backend", "cpu", "--cell", cell, "--seed", seed};
    int code = Main.run(args, new PrintWriter(out), new PrintWriter(err));
    String where = cell + " seed " + seed + ":\n" + out + err;
    assertEquals(0, code, where);
    List<Double> losses =
        LOSS.matcher(out.toString()).results().map(r -> Double.valueOf(r.group(1))).toList();
    assertEquals(2, losses.size(), where);
    // Guessing among four letters costs 4 ln 4 over the four steps; one bit per step is less.
    assertTrue(losses.get(0) > 4 * Math.log(2), where);
    assertTrue(losses.get(1) < 0.1 * losses.get(0), where);
    assertEquals("ello", says(out.toString().split("after ")[1]), where);
  }

  private static String says(String table) {
    Matcher rows = Pattern.compile("(?m)^ +[1-4] .* ([helo])$").matcher(table);
    StringBuilder s = new StringBuilder();
    while (rows.find()) {
      s.append(rows.group(1));
    }
    return s.toString();
  }
}
