package org.recurrentops.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
  private static List<String> command(List<String> given, String... more) {
    return new Launcher("a.b", LauncherTest.class, given)
        .command("x.jar", new String[] {"go", "--fast"}, List.of(more));
  }

  @Test
  void addsWhatIsMissingAndKeepsWhatWasGiven() {
    List<String> command = command(List.of("-Xmx1g", "-Da=b"), "-XX:Z=1");
    assertEquals(List.of("-Xmx1g", "-Da=b"), command.subList(1, 3));
    assertTrue(command.containsAll(Launcher.jvmOptions(List.of())), command::toString);
    assertTrue(command.indexOf("-XX:Z=1") > 2, command::toString);
    List<String> end =
        List.of("-Da.b.launched=true", "-cp", "x.jar", LauncherTest.class.getName(), "go");
    assertEquals(end, command.subList(command.size() - 6, command.size() - 1));
  }

  @Test
  void nativeAccessIsAllowedWhereJavaAsksForItAndAsTheCallerSaid() {
    assertEquals(List.of(), Launcher.jvmOptions(17, false, false));
    assertEquals(
        List.of("--add-modules=jdk.incubator.vector"), Launcher.jvmOptions(21, true, false));
    String all = "--enable-native-access=ALL-UNNAMED";
    assertEquals(List.of(all), Launcher.jvmOptions(25, false, false));
    List<String> own = command(List.of("--enable-native-access=x"));
    assertTrue(own.contains("--enable-native-access=x") && !own.contains(all), own::toString);
  }

  @Test
  void hugePagesAreAskedForWhereTheSystemOffersThemAndAsTheCallerSaid(@TempDir Path folder)
      throws IOException {
    Path setting = folder.resolve("enabled");
    assertFalse(HugePages.areOffered(setting), "no such file");
    Files.writeString(setting, "always [madvise] never\n");
    assertTrue(HugePages.areOffered(setting));
    Files.writeString(setting, "[always] madvise never\n");
    assertTrue(HugePages.areOffered(setting));
    Files.writeString(setting, "always madvise [never]\n");
    assertFalse(HugePages.areOffered(setting));
    assertEquals(List.of(HugePages.OPTION), Launcher.jvmOptions(17, false, true));
    assertEquals(
        Launcher.jvmOptions(List.of()),
        Launcher.jvmOptions(Launcher.jvmOptions(List.of())),
        "what is there already is no other decision");
    for (String own : List.of("-XX:-UseTransparentHugePages", "-XX:+UseLargePages")) {
      assertFalse(command(List.of(own)).contains(HugePages.OPTION), own);
      assertFalse(Launcher.jvmOptions(List.of(own)).contains(HugePages.OPTION), own);
    }
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
    Launcher.chainSignals(environment, home);
    assertEquals(library + ":/a.so", environment.get("LD_PRELOAD"), "there twice");
    environment.clear();
    Launcher.chainSignals(environment, home);
    assertEquals(library.toString(), environment.get("LD_PRELOAD"));
  }

  @Test
  void forwardsTheExitCode() throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classPath = Path.of("target", "test-classes").toString();
    assertEquals(
        7, Launcher.launch(List.of(java, "-cp", classPath, ExitWithSeven.class.getName())));
  }

  /** What is launched. */
  static final class ExitWithSeven {
    public static void main(String[] args) {
      System.exit(7);
    }
  }
}
