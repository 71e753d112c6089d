package org.recurrentops.program;

import java.io.File;
import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Starts a program once more with what {@code java -jar} cannot give: the CPU backend is several
 * times faster with the module jdk.incubator.vector, which no manifest can add, and large layers
 * faster on huge pages; PoCL needs the JDK's libjsig in front of it. Switched off by {@code
 * -D<name>.relaunch=false}.
 */
public final class Launcher {
  private static final String VECTOR = "jdk.incubator.vector";
  private static final String PRELOAD = "LD_PRELOAD";

  private final String off;
  private final String launched;
  private final String mainClass;
  private final List<String> given;

  /**
   * Describes a program.
   *
   * @param name prefix of its system properties
   * @param mainClass that is started again
   * @param given the JVM's own options, as its runtime MX bean tells them
   */
  public Launcher(String name, Class<?> mainClass, List<String> given) {
    this.off = name + ".relaunch";
    this.launched = name + ".launched";
    this.mainClass = mainClass.getName();
    this.given = given;
  }

  /**
   * JVM options that the backends want and this JDK knows.
   *
   * @param given options of a JVM; what they decide otherwise stays
   * @return such as {@code --add-modules=jdk.incubator.vector}
   */
  public static List<String> jvmOptions(List<String> given) {
    List<String> options =
        jvmOptions(
            Runtime.version().feature(),
            ModuleFinder.ofSystem().find(VECTOR).isPresent(),
            HugePages.areOffered());
    options.removeIf(option -> isDecided(option, given));
    return options;
  }

  static List<String> jvmOptions(int feature, boolean vector, boolean hugePages) {
    List<String> options = new ArrayList<>();
    if (vector) {
      options.add("--add-modules=" + VECTOR);
    }
    if (feature >= 22) {
      options.add("--enable-native-access=ALL-UNNAMED");
    }
    if (hugePages) {
      options.add(HugePages.OPTION);
    }
    return options;
  }

  /**
   * Runs the program in a better JVM.
   *
   * @param args its arguments
   * @param more options of that JVM beside those given and those of the backends
   * @return its exit code, or null if this JVM will do
   */
  public Integer relaunch(String[] args, List<String> more) {
    if ("false".equals(System.getProperty(off))
        || System.getProperty(launched) != null
        || hasVectors() && hasSignals(System.getenv(PRELOAD))) {
      return null;
    }
    try {
      return launch(command(System.getProperty("java.class.path"), args, more));
    } catch (IOException e) {
      // No process can be started here: this JVM computes the same, slower.
      return null;
    }
  }

  private static boolean hasVectors() {
    return ModuleLayer.boot().findModule(VECTOR).isPresent()
        || ModuleFinder.ofSystem().find(VECTOR).isEmpty();
  }

  private static boolean hasSignals(String preloaded) {
    return preloaded != null && preloaded.contains("libjsig") || !Files.exists(signals(home()));
  }

  private static Path home() {
    return Path.of(System.getProperty("java.home"));
  }

  private static Path signals(Path home) {
    return home.resolve("lib").resolve("libjsig.so");
  }

  List<String> command(String classPath, String[] args, List<String> more) {
    List<String> command = new ArrayList<>();
    command.add(home().resolve("bin").resolve("java").toString());
    command.addAll(given);
    command.addAll(jvmOptions(given));
    command.addAll(more);
    command.add("-D" + launched + "=true");
    command.add("-cp");
    command.add(classPath.isEmpty() ? "." + File.separator : classPath);
    command.add(mainClass);
    command.addAll(List.of(args));
    return command;
  }

  /** Whether the caller gave an option that says something else of the same; modules add up. */
  private static boolean isDecided(String option, List<String> given) {
    if (given.contains(option)) {
      return false; // not otherwise
    }
    if (option.equals(HugePages.OPTION)) {
      return given.stream().anyMatch(HugePages::isDecidedBy);
    }
    String key = option.substring(0, option.indexOf('='));
    return given.stream().anyMatch(o -> o.startsWith("--enable") && o.startsWith(key));
  }

  /** Puts the JDK's libjsig in front of PoCL, which replaces the JVM's signal handlers. */
  static void chainSignals(Map<String, String> environment, Path home) {
    Path library = signals(home);
    if (Files.exists(library) && !environment.getOrDefault(PRELOAD, "").contains("libjsig")) {
      environment.merge(PRELOAD, library.toString(), (given, own) -> own + ":" + given);
    }
  }

  /** Runs a process in this one's place: its streams, its exit code, its signals. */
  static int launch(List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    chainSignals(builder.environment(), home());
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
  public void endWithParent() {
    if (System.getProperty(launched) != null) {
      ProcessHandle.current()
          .parent()
          .ifPresent(parent -> parent.onExit().thenRun(() -> System.exit(143)));
    }
  }
}
