package org.recurrentops.cpu.math;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.util.List;
import java.util.stream.Stream;

/** The forms of the kernels that a test is to run: plain Java and Vector API. */
final class KernelForms {
  private KernelForms() {}

  /** Both forms; without the Vector API a failure where the CPU backend is required. */
  static Stream<CpuMath> both() {
    return Stream.of("off", "on").map(KernelForms::form);
  }

  static CpuMath form(String choice) {
    boolean present = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    if (choice.equals("on") && !present) {
      String message =
          "Vector API kernels not tested: start with --add-modules jdk.incubator.vector";
      List<String> required = List.of(System.getProperty("recurrentops.require", "").split(","));
      if (required.contains("cpu")) {
        fail(message);
      }
      abort(message);
    }
    return CpuMath.select(choice, present);
  }
}
