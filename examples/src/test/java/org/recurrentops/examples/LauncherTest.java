package org.recurrentops.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LauncherTest {
  @Test
  void addsWhatIsMissingAndKeepsWhatWasGiven() {
    List<String> on17 = Launcher.jvmOptions(17, List.of("-Xmx1g", "-Da=b"), "x.jar");
    assertEquals(
        List.of("-Xmx1g", "-Da=b", "--add-modules=jdk.incubator.vector"), on17.subList(0, 3));
    assertTrue(on17.stream().noneMatch(o -> o.contains("MaxRAMPercentage")), on17.toString());
    assertTrue(on17.stream().noneMatch(o -> o.contains("native-access")), on17.toString());
    assertEquals(List.of("-cp", "x.jar"), on17.subList(on17.size() - 2, on17.size()));
    List<String> on25 = Launcher.jvmOptions(25, List.of(), "x.jar");
    assertTrue(on25.contains("--enable-native-access=ALL-UNNAMED"), on25.toString());
    assertTrue(on25.stream().anyMatch(o -> o.contains("MaxRAMPercentage")), on25.toString());
  }

  @Test
  void putsTheSignalLibraryBeforeWhatWasGiven(@TempDir Path home) throws IOException {
    Map<String, String> environment = new HashMap<>(Map.of("LD_PRELOAD", "/a.so"));
    Launcher.chainSignals(environment, home);
    assertEquals("/a.so", environment.get("LD_PRELOAD"));
    Path library = Files.createDirectories(home.resolve("lib")).resolve("libjsig.so");
    Files.createFile(library);
    Launcher.chainSignals(environment, home);
    assertEquals(library + ":/a.so", environment.get("LD_PRELOAD"));
    environment.clear();
    Launcher.chainSignals(environment, home);
    assertEquals(library.toString(), environment.get("LD_PRELOAD"));
  }

  @Test
  void forwardsTheExitCode() throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> wrongUsage =
        List.of(
            java,
            "-cp",
            System.getProperty("java.class.path"),
            "-Drecurrentops.examples.relaunch=false",
            ExitWithSeven.class.getName());
    assertEquals(7, Launcher.launch(wrongUsage));
  }

  /** What is launched. */
  static final class ExitWithSeven {
    public static void main(String[] args) {
      System.exit(7);
    }
  }
}
