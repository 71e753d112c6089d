package org.recurrentops.bench;

import java.util.List;
import org.recurrentops.DeviceInfo;
import org.recurrentops.ProbeReport;
import org.recurrentops.bench.layers.ForkOptions;

/**
 * What the doctor found; its fields are the keys of the JSON output.
 *
 * @param version of RecurrentOps
 * @param java version and vendor of the running JVM
 * @param system operating system and architecture
 * @param processors that the JVM may use
 * @param heapBytes the largest heap the JVM may use
 * @param vectorApi whether this JVM was started with the Vector API
 * @param measuredWith JVM options that the benchmarks add
 * @param backends one per backend on the class path
 * @param selected id of the device that a program gets here, null if none opens
 * @param problem why none opens, null if one does
 */
record Diagnosis(
    String version,
    String java,
    String system,
    int processors,
    long heapBytes,
    boolean vectorApi,
    List<String> measuredWith,
    List<BackendAnswer> backends,
    String selected,
    String problem) {

  /**
   * One backend's answer.
   *
   * @param name such as {@code opencl}
   * @param available whether it has a device
   * @param reason why not; empty if it has
   * @param devices what it found
   */
  record BackendAnswer(String name, boolean available, String reason, List<DeviceInfo> devices) {
    static BackendAnswer of(ProbeReport.Entry e) {
      return new BackendAnswer(
          e.backend(), e.result().isAvailable(), e.result().reason(), e.result().devices());
    }
  }

  static Diagnosis of(ProbeReport report, String selected, String problem) {
    return new Diagnosis(
        Main.version(),
        System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ")",
        System.getProperty("os.name") + " " + System.getProperty("os.arch"),
        Runtime.getRuntime().availableProcessors(),
        Runtime.getRuntime().maxMemory(),
        ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent(),
        ForkOptions.all(),
        report.entries().stream().map(BackendAnswer::of).toList(),
        selected,
        problem);
  }

  /** The text for people, ending in a line break. */
  @Override
  public String toString() {
    StringBuilder s = new StringBuilder();
    s.append("RecurrentOps ").append(version).append('\n');
    s.append("java       ").append(java).append('\n');
    s.append("system     ").append(system);
    s.append(", ").append(processors).append(" processors, heap up to ");
    s.append(heapBytes >> 20).append(" MiB\n");
    s.append("vector api ").append(vectorApi ? "on" : "off in this JVM");
    s.append("; benchmarks start theirs with ").append(String.join(" ", measuredWith)).append('\n');
    for (BackendAnswer b : backends) {
      if (!b.available()) {
        s.append(row(b.name())).append("unavailable: ").append(b.reason()).append('\n');
      }
      for (DeviceInfo d : b.devices()) {
        s.append(row(d.id())).append(d.name()).append(" [").append(d.kind()).append("] ");
        s.append(d.detail()).append('\n');
      }
    }
    String choice = selected == null ? "none: " + problem.lines().findFirst().orElse("") : selected;
    return s.append(row("selected")).append(choice).append('\n').toString();
  }

  private static String row(String label) {
    return String.format("%-10s ", label);
  }
}
