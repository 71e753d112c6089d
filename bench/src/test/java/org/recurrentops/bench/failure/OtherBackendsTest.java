package org.recurrentops.bench.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * CPU and OpenCL go on in a process whose CUDA device failed; the trials are in {@link
 * CudaFailureMain}, the device is the software one that the tests of the CUDA backend build.
 */
class OtherBackendsTest {
  private static final Path DEVICE =
      Path.of("..", "cuda-backend", "target", "software-cuda").toAbsolutePath();

  @TempDir Path folder;

  @Test
  void afterErrorsThatPass() throws Exception {
    String out =
        goOnAfter(
            "errors that pass",
            Map.of("SOFTWARE_CUDA_MEMORY", "4000000", "SOFTWARE_CUDA_CAPABILITY", "75"));
    assertTrue(out.contains("OutOfDeviceMemoryException: "), out);
    assertTrue(out.contains("UnsupportedSpecException: wrap CUdeviceptr"), out);
    assertTrue(out.contains("UnsupportedSpecException: ") && out.contains("math mode BF16"), out);
  }

  @Test
  void afterAnIllegalAddress() throws Exception {
    String out = goOnAfter("illegal address", Map.of());
    assertTrue(out.contains("CUDA_ERROR_ILLEGAL_ADDRESS (700)"), out);
  }

  @Test
  void afterTheHostFrameworkResetTheDevice() throws Exception {
    String out = goOnAfter("destroyed context", Map.of());
    assertTrue(out.contains("CUDA_ERROR_CONTEXT_IS_DESTROYED (709)"), out);
  }

  @Test
  void afterTheDeviceLeftItsBus() throws Exception {
    String out = goOnAfter("lost device", Map.of("SOFTWARE_CUDA_LOST", "40:999"));
    assertTrue(out.contains("CUDA_ERROR_UNKNOWN (999)"), out);
  }

  private String goOnAfter(String failure, Map<String, String> environment) throws Exception {
    if (!Files.exists(DEVICE.resolve("libkernels.so"))) {
      lacking("cuda-sim", "no software CUDA device in " + DEVICE + ": run cuda-backend's tests");
    }
    String out = run(failure, environment);
    assertTrue(out.contains("cpu goes on"), out);
    if (out.contains("opencl unavailable: ")) {
      lacking("opencl", out);
    }
    assertTrue(out.contains("opencl goes on"), out);
    return out;
  }

  private static void lacking(String what, String reason) {
    if (Arrays.asList(System.getProperty("recurrentops.require", "").split(",")).contains(what)) {
      fail("-Drecurrentops.require names " + what + ", but: " + reason);
    }
    abort(reason);
  }

  private String run(String failure, Map<String, String> environment)
      throws IOException, InterruptedException {
    Path out = folder.resolve("out.txt");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (Runtime.version().feature() >= 24) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-Drecurrentops.cuda.workspace=4096",
            "-Djava.library.path=" + DEVICE.resolve("natives"),
            "-cp",
            System.getProperty("java.class.path"),
            CudaFailureMain.class.getName(),
            failure));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectErrorStream(true).redirectOutput(out.toFile());
    builder.environment().putAll(environment);
    builder.environment().put("LD_LIBRARY_PATH", DEVICE.toString());
    String kernels = DEVICE.resolve("libkernels.so").toString();
    builder.environment().put("SOFTWARE_CUDA_KERNELS", kernels);
    Process process = builder.start();
    boolean ended = process.waitFor(5, TimeUnit.MINUTES);
    if (!ended) {
      process.destroyForcibly();
    }
    String text = Files.readString(out, StandardCharsets.UTF_8);
    assertTrue(ended, () -> "still running: " + text);
    assertEquals(0, process.exitValue(), text);
    return text;
  }
}
