package org.recurrentops.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

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
