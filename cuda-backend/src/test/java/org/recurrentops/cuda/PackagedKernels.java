package org.recurrentops.cuda;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Assumptions;

/** Whether this build found nvcc, without which it packages no kernels. */
final class PackagedKernels {
  private PackagedKernels() {}

  /** Skips the test without them, or fails it where {@code nvcc} is required. */
  static void require() {
    if (!KernelImages.isPackaged()) {
      String required = System.getProperty("recurrentops.require", "");
      boolean must = Arrays.asList(required.split(",")).contains("nvcc");
      assertTrue(!must, "-Drecurrentops.require names nvcc, but no kernels are packaged");
      Assumptions.abort("this build found no nvcc, so no kernels are packaged");
    }
  }
}
