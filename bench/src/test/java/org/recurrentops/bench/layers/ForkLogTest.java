package org.recurrentops.bench.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

class ForkLogTest {
  @Test
  void whatAForkPrintedIsToldIfItEndedByItselfAndOnlyThen() throws IOException {
    Path file;
    try (ForkLog log = ForkLog.begin()) {
      OptionsBuilder options = new OptionsBuilder();
      log.take(options);
      file = Path.of(options.build().getOutput().get());
      Files.writeString(file, "early\n\nWARNING: incubator\n# SIGSEGV\n<forked VM>\nat x\nlast\n");
      assertEquals(
          "VM failed with exit code 139; it said: # SIGSEGV / at x / last",
          log.failure(new RunnerException("VM failed with exit code 139")));
      RunnerException wrapped = new RunnerException("benchmarks failed");
      wrapped.addSuppressed(new RuntimeException("outer", new IllegalStateException("y is wrong")));
      assertEquals("y is wrong", log.failure(wrapped));
    }
    assertFalse(Files.exists(file));
  }
}
