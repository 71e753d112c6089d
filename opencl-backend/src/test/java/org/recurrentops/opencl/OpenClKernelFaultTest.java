package org.recurrentops.opencl;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.recurrentops.tck.ConformanceMain;

/**
 * Faults planted in the text of the OpenCL kernels, each of which the kit must find. {@code
 * -Drecurrentops.opencl.faults} says which of them are tried: {@code all}, {@code first} or {@code
 * second} (one each, which {@code .ci/run} tries on one of its JDKs each), {@code both} of these; a
 * third where it is not set.
 */
class OpenClKernelFaultTest {
  private static final String PROPERTY = "recurrentops.opencl.faults";

  @TempDir Path folder;

  static List<OpenClKernelFault> tried() {
    String which = System.getProperty(PROPERTY, "one");
    List<OpenClKernelFault> tried = new ArrayList<>();
    for (OpenClKernelFault fault : OpenClKernelFault.values()) {
      boolean wanted =
          switch (which) {
            case "all" -> true;
            case "first" -> fault.ordinal() == 4;
            case "second" -> fault.ordinal() == 9;
            case "both" -> fault.ordinal() == 4 || fault.ordinal() == 9;
            case "one" -> fault.ordinal() == 2;
            default -> throw new IllegalArgumentException("-D" + PROPERTY + "=" + which);
          };
      if (wanted) {
        tried.add(fault);
      }
    }
    return tried;
  }

  /** Also those that are not tried here: the text of a kernel has moved on. */
  @Test
  void everyFaultStillFits() {
    for (OpenClKernelFault fault : OpenClKernelFault.values()) {
      assertFalse(fault.planted().isEmpty(), fault::name);
    }
  }

  @ParameterizedTest
  @MethodSource("tried")
  void kitFinds(OpenClKernelFault fault) throws Exception {
    TestDevice.open().close();
    Path faulty = folder.resolve("faulty");
    fault.plant(faulty);
    ForkedJvm jvm =
        ForkedJvm.start(
            folder,
            Map.of(),
            // what a parent loader finds comes before the class path
            List.of("-XX:TieredStopAtLevel=1", "-Xbootclasspath/a:" + faulty),
            ConformanceMain.class.getName(),
            "opencl",
            "--algorithm",
            fault.algorithm,
            "--only",
            fault.cases);
    String out = jvm.fail(1);
    List<String> failed = out.lines().filter(l -> l.startsWith("FAILED ")).toList();
    assertTrue(failed.stream().anyMatch(l -> !l.contains("refusal")), out);
    System.out.println(fault + ": " + failed.size() + " cases of " + fault.cases + " fail");
  }
}
