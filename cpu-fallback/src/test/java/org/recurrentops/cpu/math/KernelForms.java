package org.recurrentops.cpu.math;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.util.List;
import java.util.stream.Stream;

/** The forms of the kernels that a test is to run. */
final class KernelForms {
  private KernelForms() {}

  /** Both forms; without the Vector API a failure where the CPU backend is required. */
  static Stream<CpuMath> both() {
    return Stream.of("off", "on").map(KernelForms::form);
  }

  /** Both forms, and one with oneDNN's products where Java can call them. */
  static Stream<CpuMath> all() {
    return Stream.concat(both(), callsLibraries() ? Stream.of(withOneDnn()) : Stream.empty());
  }

  /** Java that can call libraries on arrays; the build then has oneDNN's on the class path. */
  static boolean callsLibraries() {
    return Runtime.version().feature() >= 22;
  }

  static CpuMath withOneDnn() {
    System.setProperty(CpuMath.ONEDNN, "on");
    try {
      List<CpuMath> forms = CpuMath.forms();
      return forms.get(forms.size() - 1);
    } finally {
      System.clearProperty(CpuMath.ONEDNN);
    }
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
