package org.recurrentops.cpu.math;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class GemmTest {

  static Stream<CpuMath> ownForms() {
    return KernelForms.both();
  }

  static Stream<CpuMath> forms() {
    return KernelForms.all();
  }

  @ParameterizedTest
  @MethodSource("forms")
  void agreesWithFloat64HoweverItIsSplitOrPacked(CpuMath form) {
    for (long seed = 1; seed <= 400; seed++) {
      GemmTrials.run(form.gemm(), new GemmTrial(seed, GemmTrial.SIZES));
    }
  }

  @ParameterizedTest
  @MethodSource("forms")
  void everySmallShape(CpuMath form) {
    int[] sizes = {0, 1, 2, 3, 7, 33};
    for (int i = 0; i < 6 * 6 * 6; i++) {
      GemmTrials.run(
          form.gemm(), new GemmTrial(7000 + i, sizes[i % 6], sizes[i / 6 % 6], sizes[i / 36]));
    }
  }

  /** Blocks of more than one row, column and depth block of the implementations. */
  @ParameterizedTest
  @MethodSource("forms")
  void agreesWithFloat64BeyondItsBlocks(CpuMath form) {
    GemmTrials.run(form.gemm(), new GemmTrial(1, 193, 258, 1027));
    GemmTrials.run(form.gemm(), new GemmTrial(2, 385, 1027, 258));
    GemmTrials.run(form.gemm(), new GemmTrial(3, 1, 2050, 513));
    GemmTrials.run(form.gemm(), new GemmTrial(4, 37, 520, 2051));
    Set<String> transposed = new HashSet<>();
    for (long seed = 8; transposed.size() < 4; seed++) {
      GemmTrial trial = new GemmTrial(seed, 290, 33, 2051);
      if (transposed.add(trial.transA + " " + trial.transB)) {
        GemmTrials.run(form.gemm(), trial);
      }
    }
    for (long seed = 1; seed < 7; seed++) { // some of rows that are joined of two operands
      int more = (int) seed;
      GemmTrials.run(form.gemm(), new GemmTrial(seed, 163 + more, 35, 40 + more));
    }
  }

  /** Panels that no core's own cache holds, and every way to divide rows into tiles. */
  @ParameterizedTest
  @MethodSource("forms")
  void agreesWithFloat64WherePanelsComeFromFarAway(CpuMath form) {
    for (int m = 7; m <= 37; m++) {
      GemmTrials.run(form.gemm(), new GemmTrial(100 + m, m, 527 + m, 501));
    }
  }

  /** Nothing is skipped because it is zero, and padding does not leak. */
  @ParameterizedTest
  @MethodSource("forms")
  void propagatesNanAndInfinity(CpuMath form) {
    Gemm gemm = form.gemm();
    for (int m : new int[] {1, 2, 3, 6, 13}) {
      for (int n : new int[] {1, 5, 16, 37}) {
        for (int k : new int[] {1, 2, 9}) {
          for (float special : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            float[] a = new float[m * k];
            float[] b = new float[k * n];
            float[] c = new float[m * n];
            int column = n / 2;
            b[(k - 1) * n + column] = special;
            float[] packed = new float[gemm.packedLength(k, n)];
            gemm.packB(false, k, n, b, 0, n, packed, 0, 0, n);
            Gemm.Scratch scratch = gemm.newScratch();
            gemm.gemmPacked(false, m, n, k, a, 0, k, packed, 0, 0, n, c, 0, n, false, scratch);
            for (int i = 0; i < m * n; i++) {
              float expected = i % n == column ? Float.NaN : 0f;
              assertEquals(expected, c[i], "0·" + special + " in " + m + "x" + n + "x" + k);
            }
            Arrays.fill(a, special);
            Arrays.fill(b, 0f);
            gemm.gemm(false, false, m, n, k, a, 0, k, b, 0, n, c, 0, n, false, scratch);
            for (float value : c) {
              assertTrue(Float.isNaN(value), special + "·0 is " + value);
            }
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("forms")
  void refusesPackedFormsThatDoNotFitAnArray(CpuMath form) {
    assertThrows(ArithmeticException.class, () -> form.gemm().packedLength(1 << 16, 1 << 16));
  }

  @ParameterizedTest
  @MethodSource("ownForms")
  void allocatesNothingOnceCompiled(CpuMath form) {
    Gemm gemm = form.gemm();
    Gemm.Scratch scratch = gemm.newScratch();
    float[] a = new float[64 * 64];
    float[] b = new float[64 * 64];
    float[] c = new float[64 * 64];
    float[] packed = new float[gemm.packedLength(64, 64)];
    int[] rows = {1, 2, 3, 4, 5, 7, 33};
    Allocation.assertNone(
        form.name(),
        () -> {
          for (int m : rows) {
            gemm.packB(true, 63, 61, b, 0, 64, packed, 0, 0, 61);
            gemm.gemmPacked(false, m, 61, 63, a, 0, 64, packed, 0, 0, 61, c, 0, 64, true, scratch);
            gemm.gemm(true, false, m, 61, 63, a, 0, 64, b, 0, 64, c, 0, 64, false, scratch);
          }
        });
  }

  /** Other vector widths, which this machine may emulate, and the interpreter. */
  @ParameterizedTest
  @CsvSource({
    "vector-128, 60, 97, -Drecurrentops.cpu.vector.bits=128",
    "vector-256, 60, 97, -Drecurrentops.cpu.vector.bits=256",
    "vector-512, 25, 33, -Drecurrentops.cpu.vector.bits=512",
    "java, 25, 33, -Xint"
  })
  void agreesInOtherJvms(
      String name, String trials, String largest, String flag, @TempDir File folder)
      throws IOException, InterruptedException {
    KernelForms.form("on");
    List<String> command = new ArrayList<>();
    command.add(new File(System.getProperty("java.home"), "bin/java").getPath());
    command.addAll(List.of("--add-modules", "jdk.incubator.vector", flag));
    command.add("-D" + CpuMath.PROPERTY + "=" + (name.equals("java") ? "off" : "on"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(GemmTrials.class.getName(), name, trials, "9000", largest));
    File output = new File(folder, "output");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output).start();
    boolean ended = process.waitFor(400, TimeUnit.SECONDS);
    process.destroyForcibly().waitFor();
    String said = Files.readString(output.toPath(), StandardCharsets.UTF_8);
    assertTrue(ended, "did not end in time: " + said);
    assertEquals(0, process.exitValue(), said);
    assertTrue(said.contains("trials passed on " + name), said);
  }
}
