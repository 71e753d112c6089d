package org.recurrentops.bench.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The bundle's script with a program in place of Java that writes down how it was called. */
@EnabledOnOs(OS.LINUX)
class BundleRunTest {
  private static final Path SCRIPTS = Path.of("bundle").toAbsolutePath();

  /** Fails where its arguments hold $FAIL; as doctor it says what the result of --json says. */
  private static final String JAVA =
      "#!/bin/bash\n"
          + "echo \"$*\" >> \"$CALLS\"\n"
          + "case \"$*\" in *doctor*) echo '{\"backends\": []}' ;; esac\n"
          + "[ -z \"$FAIL\" ] || case \"$*\" in *\"$FAIL\"*) echo broken; exit 7 ;; esac\n"
          + "echo done\n";

  @TempDir Path folder;
  private Path out;

  @BeforeEach
  void bundle() throws IOException {
    Path program = folder.resolve("bundle/jre/bin/java");
    Files.createDirectories(program.getParent());
    Files.writeString(program, JAVA);
    assertTrue(program.toFile().setExecutable(true));
    for (String file : List.of("run.sh", "cudnn.py")) {
      Files.copy(SCRIPTS.resolve(file), folder.resolve("bundle").resolve(file));
    }
    Files.writeString(folder.resolve("bundle/COMMIT"), "abc\n");
    Path broken = folder.resolve("modules");
    Files.createDirectories(broken);
    Files.writeString(broken.resolve("torch.py"), "raise ImportError('planted')\n");
    Files.writeString(broken.resolve("numpy.py"), "");
    out = folder.resolve("result");
  }

  private String script(int code, String fail, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("bash", folder + "/bundle/run.sh"));
    command.addAll(List.of("--out", out.toString()));
    command.addAll(List.of(arguments));
    return run(code, fail, command);
  }

  private String run(int code, String fail, List<String> command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("CALLS", folder.resolve("calls").toString());
    builder.environment().put("FAIL", fail);
    builder.environment().put("PYTHONPATH", folder.resolve("modules").toString());
    builder.directory(folder.toFile());
    Process p = builder.start();
    String text = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(p.waitFor(60, TimeUnit.SECONDS), () -> "still running: " + command);
    assertEquals(code, p.exitValue(), text);
    return text;
  }

  private List<String> calls() throws IOException {
    return Files.readAllLines(folder.resolve("calls"));
  }

  private String left(String file) throws IOException {
    return Files.readString(out.resolve(file)).strip();
  }

  @Test
  void aDryRunChecksEverythingTimesNothingAndSaysWhatItSkips() throws Exception {
    String text = script(0, "", "--software", "--quick");
    assertTrue(text.contains("all steps passed: doctor tck probe opencl sanitizer"), text);
    List<String> calls = calls();
    for (String step : List.of(" probe ", " table ")) {
      List<String> timing = calls.stream().filter(c -> c.contains(step)).toList();
      assertFalse(timing.isEmpty(), step);
      assertTrue(timing.stream().allMatch(c -> c.contains("--untimed")), timing::toString);
    }
    assertTrue(calls.get(calls.size() - 1).contains("gpu-result --in " + out), calls::toString);
    assertTrue(left("sanitizer.skipped").contains("emulation"));
    assertTrue(left("cudnn.skipped").contains("no PyTorch"));
    assertTrue(left("opencl.skipped").contains("no OpenCL device"));
    assertTrue(left("probe.status").startsWith("0 "));
  }

  @Test
  void aFailedStepIsNamedAndTheOthersStillRun() throws Exception {
    String text = script(1, "gemm=tiled", "--software", "--quick", "tck", "probe", "result");
    assertTrue(text.contains("failed: tck-tiled;"), text);
    assertTrue(left("tck-tiled.status").startsWith("7 "));
    assertTrue(left("tck-tiled.txt").contains("broken"));
    assertTrue(left("probe.status").startsWith("0 "));
    assertTrue(calls().stream().anyMatch(c -> c.contains("gpu-result")), () -> text);
  }

  @Test
  void onACardTheTimedStepsAreTimed() throws Exception {
    script(0, "", "probe", "table");
    assertTrue(calls().stream().noneMatch(c -> c.contains("--untimed")), () -> "untimed");
  }

  @Test
  void withoutPyTorchTheComparisonSaysSo() throws Exception {
    Path table = folder.resolve("table.json");
    String key = "\"shape\":\"lstm-t5n1c1h1\",\"pass\":\"forward\",\"mode\":\"FP32\"";
    Files.writeString(table, "{\"entries\":[{" + key + ",\"status\":\"untimed\"}]}");
    List<String> command =
        List.of("python3", folder + "/bundle/cudnn.py", table.toString(), "--out", "x.json");
    List<String> all = new ArrayList<>(command);
    all.addAll(List.of("--outputs", folder.toString()));
    String text = run(1, "", all);
    assertTrue(text.contains("needs NumPy and PyTorch") && text.contains("planted"), text);
    assertFalse(text.contains("Traceback"), text);
    Files.writeString(table, "{\"entries\":[]}");
    assertTrue(run(1, "", all).contains("none of the tables has an entry"));
  }

  /** The kit fails for refusals that are not expected, and for expected ones that never come. */
  @Test
  void refusalsAreThoseOfTheTests() throws IOException {
    Path cuda = Path.of("../cuda-backend/src/test/java/org/recurrentops/cuda");
    Set<String> tested = new TreeSet<>();
    for (String test : new String[] {"CudaSimConformanceTest", "Persistent2dConformanceTest"}) {
      Set<String> found = find("\"--expect\", \"([^\"]+)\"", cuda.resolve(test + ".java"));
      assertFalse(found.isEmpty(), "no refusal found in " + test);
      tested.addAll(found);
    }
    assertEquals(tested, find("--expect \"([^\"]+)\"", SCRIPTS.resolve("run.sh")));
  }

  private static Set<String> find(String pattern, Path file) throws IOException {
    Set<String> found = new TreeSet<>();
    Matcher m = Pattern.compile(pattern).matcher(Files.readString(file));
    while (m.find()) {
      found.add(m.group(1));
    }
    return found;
  }
}
