package org.recurrentops.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The kernels on oclgrind's simulated device, which sees data races, uninitialised values, accesses
 * outside buffers and wrong calls. Its report must be empty; nothing is filtered. Skipped where
 * oclgrind is not installed, unless {@code -Drecurrentops.require} names opencl.
 */
class OclgrindTest {
  private static final List<Path> DRIVERS =
      List.of(
          Path.of("/usr/lib/oclgrind/liboclgrind-rt-icd.so"),
          Path.of("/usr/lib/x86_64-linux-gnu/oclgrind/liboclgrind-rt-icd.so"),
          Path.of("/usr/local/lib/liboclgrind-rt-icd.so"));

  @TempDir Path folder;

  /** What oclgrind reported. */
  private String report(String what) throws Exception {
    Path driver = DRIVERS.stream().filter(Files::exists).findFirst().orElse(null);
    if (driver == null) {
      TestDevice.missing("oclgrind is not installed: none of " + DRIVERS);
    }
    Path vendors = Files.createDirectory(folder.resolve("vendors"));
    Files.writeString(vendors.resolve("oclgrind.icd"), driver + "\n");
    Path log = folder.resolve("report.txt");
    Map<String, String> environment = new HashMap<>();
    environment.put("OCL_ICD_VENDORS", vendors.toString());
    environment.put("OCLGRIND_DATA_RACES", "1");
    environment.put("OCLGRIND_UNIFORM_WRITES", "1");
    environment.put("OCLGRIND_UNINITIALIZED", "1");
    environment.put("OCLGRIND_CHECK_API", "1");
    environment.put("OCLGRIND_LOG", log.toString());
    // Its check for uninitialised values does not know all instructions of optimised code.
    environment.put("OCLGRIND_BUILD_OPTIONS", "-cl-opt-disable");
    ForkedJvm jvm =
        ForkedJvm.start(
            folder,
            environment,
            List.of("-D" + GemmForms.PROPERTY + "=" + forms(what)),
            OclgrindMain.class.getName(),
            what);
    String said = jvm.succeed();
    assertTrue(said.contains("Oclgrind"), said);
    String last = said.lines().reduce((a, b) -> b).orElse("");
    assertTrue(last.matches("ran [1-9]\\d*"), said);
    System.out.println("oclgrind " + what + ": " + last);
    return Files.exists(log) ? Files.readString(log) : "";
  }

  /** The tiled form simulates whole tiles, which is slow: it has a case of its own. */
  private static String forms(String what) {
    return what.equals("kit") ? GemmForms.VECTOR : "";
  }

  @Test
  void conformanceCasesLeaveAnEmptyReport() throws Exception {
    assertEquals("", report("kit"));
  }

  @Test
  void matrixProductsLeaveAnEmptyReport() throws Exception {
    assertEquals("", report("gemm"));
  }

  @Test
  void aBrokenKernelIsReported() throws Exception {
    String report = report("broken");
    assertTrue(report.contains("Uninitialized value"), report);
    assertTrue(report.contains("race"), report);
    assertTrue(report.contains("Invalid read"), report);
  }
}
