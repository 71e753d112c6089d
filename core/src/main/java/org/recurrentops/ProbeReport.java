package org.recurrentops;

import java.util.List;
import java.util.stream.Collectors;
import org.recurrentops.spi.ProbeResult;

/**
 * What every backend on the class path said when asked for devices.
 *
 * @param entries one per backend, in order of preference
 */
public record ProbeReport(List<Entry> entries) {
  /**
   * One backend's answer.
   *
   * @param backend its name
   * @param result its devices or its reason
   */
  public record Entry(String backend, ProbeResult result) {}

  /**
   * Copies the list.
   *
   * @param entries one per backend
   */
  public ProbeReport {
    entries = List.copyOf(entries);
  }

  /**
   * All usable devices.
   *
   * @return in order of preference
   */
  public List<DeviceInfo> devices() {
    return entries.stream().flatMap(e -> e.result().devices().stream()).toList();
  }

  /**
   * One backend's answer.
   *
   * @param backend its name
   * @return the entry, or null if it is not on the class path
   */
  public Entry find(String backend) {
    return entries.stream().filter(e -> e.backend().equals(backend)).findFirst().orElse(null);
  }

  /**
   * Short list of what is usable.
   *
   * @return such as {@code opencl (PoCL, 1 device), cpu (…)}
   */
  public String available() {
    String list =
        entries.stream()
            .filter(e -> e.result().isAvailable())
            .map(e -> e.backend() + " (" + names(e) + ")")
            .collect(Collectors.joining(", "));
    return list.isEmpty() ? "none" : list;
  }

  private static String names(Entry e) {
    List<DeviceInfo> devices = e.result().devices();
    String first = devices.get(0).name();
    return devices.size() == 1 ? first : first + " and " + (devices.size() - 1) + " more";
  }

  /** One line per device, or per backend without one, with the reason. */
  @Override
  public String toString() {
    StringBuilder s = new StringBuilder();
    for (Entry e : entries) {
      if (!e.result().isAvailable()) {
        s.append(e.backend()).append(": unavailable: ").append(e.result().reason()).append('\n');
      }
      for (DeviceInfo d : e.result().devices()) {
        s.append(d.id()).append(": ").append(d.name());
        s.append(" [").append(d.kind()).append("] ").append(d.detail()).append('\n');
      }
    }
    return s.length() == 0 ? "no backend on the class path\n" : s.toString();
  }
}
