package org.recurrentops.examples;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Starts the program once more with the JVM options that {@code java -jar} cannot give: the CPU
 * backend is several times faster with the module jdk.incubator.vector, which no manifest can add.
 * Switched off by {@code -Drecurrentops.examples.relaunch=false}.
 */
final class Launcher {
  private static final String SWITCH = "recurrentops.examples.relaunch";
  private static final String LAUNCHED = "recurrentops.examples.launched";
  private static final String VECTOR = "jdk.incubator.vector";
  private static final Set<String> QUICK = Set.of("--help", "-h", "--version", "-V", "help");

  private Launcher() {}

  /** Runs the program in a better JVM; its exit code, or null if this JVM will do. */
  static Integer relaunch(String[] args) {
    if (!needed(args)) {
      return null;
    }
    try {
      return launch(command(args));
    } catch (IOException e) {
      // No process can be started here: this JVM computes the same, slower.
      return null;
    }
  }

  private static boolean needed(String[] args) {
    return args.length > 0
        && List.of(args).stream().noneMatch(QUICK::contains)
        && !"false".equals(System.getProperty(SWITCH))
        && System.getProperty(LAUNCHED) == null
        && ModuleLayer.boot().findModule(VECTOR).isEmpty()
        && ModuleFinder.ofSystem().find(VECTOR).isPresent();
  }

  private static List<String> command(String[] args) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> given = ManagementFactory.getRuntimeMXBean().getInputArguments();
    List<String> command = new ArrayList<>();
    command.add(java);
    command.addAll(
        jvmOptions(Runtime.version().feature(), given, System.getProperty("java.class.path")));
    command.add(Main.class.getName());
    command.addAll(List.of(args));
    return command;
  }

  /** The caller's own options and those that are missing. */
  static List<String> jvmOptions(int feature, List<String> given, String classPath) {
    List<String> options = new ArrayList<>(given);
    options.add("--add-modules=" + VECTOR);
    if (feature >= 22 && given.stream().noneMatch(o -> o.startsWith("--enable-native-access"))) {
      options.add("--enable-native-access=ALL-UNNAMED");
    }
    if (given.stream().noneMatch(o -> o.startsWith("-Xmx") || o.contains("MaxRAMPercentage"))) {
      options.add("-XX:MaxRAMPercentage=60");
    }
    options.add("-D" + LAUNCHED + "=true");
    options.add("-cp");
    options.add(classPath.isEmpty() ? "." + File.separator : classPath);
    return options;
  }

  /** Puts the JDK's libjsig in front of PoCL, which replaces the JVM's signal handlers. */
  static void chainSignals(Map<String, String> environment, Path home) {
    Path library = home.resolve("lib").resolve("libjsig.so");
    if (Files.exists(library)) {
      environment.merge("LD_PRELOAD", library.toString(), (given, own) -> own + ":" + given);
    }
  }

  /** Runs a process in this one's place: its streams, its exit code, its signals. */
  static int launch(List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    chainSignals(builder.environment(), Path.of(System.getProperty("java.home")));
    Process process = builder.start();
    Thread stop = new Thread(() -> stopAndWait(process), "stop");
    Runtime.getRuntime().addShutdownHook(stop);
    try {
      int code = process.waitFor();
      Runtime.getRuntime().removeShutdownHook(stop);
      return code;
    } catch (IllegalStateException e) {
      // This process is being stopped too; the hook waits for the other one.
      return process.isAlive() ? 1 : process.exitValue();
    } catch (InterruptedException e) {
      stopAndWait(process);
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  private static void stopAndWait(Process process) {
    process.destroy();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** In the launched process: stops in order when the launching one is gone. */
  static void endWithParent() {
    if (System.getProperty(LAUNCHED) != null) {
      ProcessHandle.current()
          .parent()
          .ifPresent(parent -> parent.onExit().thenRun(() -> System.exit(143)));
    }
  }
}
