package org.recurrentops.cuda;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.recurrentops.tck.ConformanceMain;

/**
 * Faults planted in the text of the kernels, each of which the kit must find on the software CUDA
 * device. {@code -Drecurrentops.cuda-sim.faults} says which of them are tried: {@code all}, {@code
 * first} or {@code second} (every thirty-second, in turns; {@code .ci/run} tries those on one of
 * its JDKs each), {@code both} of these, or one by its name; three where it is not set.
 */
@Execution(ExecutionMode.CONCURRENT)
class KernelFaultTest {
  private static final String PROPERTY = "recurrentops.cuda-sim.faults";

  @TempDir Path folder;

  @BeforeEach
  void device() throws Exception {
    SoftwareCuda.require();
  }

  static List<KernelFault> tried() {
    String which = System.getProperty(PROPERTY, "few");
    List<KernelFault> tried = new ArrayList<>();
    for (KernelFault fault : KernelFault.values()) {
      boolean wanted =
          switch (which) {
            case "all" -> true;
            case "first" -> fault.ordinal() % 32 == 0;
            case "second" -> fault.ordinal() % 32 == 16;
            case "both" -> fault.ordinal() % 16 == 0;
            case "few" -> fault.ordinal() % 16 == 1;
            default -> fault.name().equals(KernelFault.valueOf(which).name());
          };
      if (wanted) {
        tried.add(fault);
      }
    }
    return tried;
  }

  /** Also those that are not tried here: the text of a kernel has moved on. */
  @Test
  void everyFaultStillFits() throws Exception {
    for (KernelFault fault : KernelFault.values()) {
      assertFalse(fault.planted(SoftwareCuda.KERNELS).isEmpty(), fault::name);
    }
  }

  @ParameterizedTest
  @MethodSource("tried")
  void kitFinds(KernelFault fault) throws Exception {
    Map<String, String> environment = new HashMap<>(SoftwareCuda.withFault(fault, folder));
    if (fault.algorithm.matches("(one-cluster|persistent).*")) {
      environment.put("SOFTWARE_CUDA_REVERSED", "1"); // else blocks go from barrier to barrier
    }
    ForkedJvm jvm = kit(environment, fault.algorithm, fault.cases);
    String out = jvm.fail(1);
    List<String> failed = out.lines().filter(l -> l.startsWith("FAILED ")).toList();
    boolean reported = !jvm.reports().isEmpty(); // such a device takes no more work
    assertTrue(reported || failed.stream().anyMatch(l -> !l.contains("refusal")), out);
    System.out.println(fault + ": " + failed.size() + " cases of " + fault.cases + " fail");
  }

  /** Without a fault the same parts of the kit pass. */
  @Test
  void rightKernelsPass() throws Exception {
    Set<String> parts = new TreeSet<>();
    tried().forEach(f -> parts.add(f.algorithm + " " + f.cases));
    for (String part : parts) {
      String out = kit(Map.of(), part.split(" ")).succeed();
      assertTrue(out.contains(" 0 failed"), out);
    }
  }

  private ForkedJvm kit(Map<String, String> environment, String... algorithmAndCases)
      throws Exception {
    List<String> main = new ArrayList<>(List.of(ConformanceMain.class.getName(), "cuda"));
    boolean meets = algorithmAndCases[0].endsWith("+barrier");
    boolean together = algorithmAndCases[0].endsWith("+together");
    boolean streams = algorithmAndCases[0].endsWith("+stream");
    String[] algorithmAndMode = algorithmAndCases[0].replaceAll("\\+.*", "").split("@");
    main.addAll(List.of("--algorithm", algorithmAndMode[0], "--only", algorithmAndCases[1]));
    String others =
        algorithmAndMode.length == 1 ? "(TF32|BF16|FP16) " : "(?!" + algorithmAndMode[1] + " ).*";
    main.addAll(List.of("--leave-out", "\\S+ " + others + ".*"));
    if (algorithmAndMode[0].equals("persistent")) {
      main.addAll(List.of("--leave-out", "persistent/.*"));
    }
    for (String refusing :
        List.of("persistent", "persistent/2d", "one-cluster", "one-cluster/push")) {
      boolean left = algorithmAndMode[0].equals("persistent") && refusing.contains("/");
      if (refusing.startsWith(algorithmAndMode[0]) && !left) { // a name stands for all its forms
        main.addAll(List.of("--expect", refusing + "=use stepped"));
      }
    }
    List<String> options =
        List.of(
            "-Drecurrentops.gpu.exchange=" + (meets ? "barrier" : "mailbox"),
            "-Drecurrentops.gpu.roles=" + (together ? "together" : "apart"),
            "-Drecurrentops.gpu.cluster=4",
            "-Drecurrentops.gpu.stream=" + (streams ? "100" : "0"),
            "-XX:TieredStopAtLevel=1",
            "-D" + CudaRecorder.PROPERTY + "=off",
            "-D" + CublasProducts.WORKSPACE + "=4096");
    Map<String, String> all = new HashMap<>(environment);
    if (algorithmAndMode[0].equals("persistent/2d")) {
      all.put("SOFTWARE_CUDA_MULTIPROCESSORS", "24"); // three clusters
    }
    return SoftwareCuda.fork(folder, all, options, main.toArray(String[]::new));
  }
}
