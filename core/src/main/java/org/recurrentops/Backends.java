package org.recurrentops;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.recurrentops.spi.Backend;
import org.recurrentops.spi.ProbeResult;

/**
 * Finds and opens backends. A device is named by the caller, else by the system property {@value
 * #PROPERTY}, else by the environment variable {@value #ENVIRONMENT}, else chosen: cuda, then
 * OpenCL on a GPU, then cpu, then OpenCL on a CPU. What was named is opened or refused, never
 * replaced.
 */
public final class Backends {
  /** System property that names a backend ({@code cuda}) or a device ({@code cuda:1}). */
  public static final String PROPERTY = "recurrentops.backend";

  /** Environment variable that names a backend or a device. */
  public static final String ENVIRONMENT = "RECURRENTOPS_BACKEND";

  /** The name that means: choose. */
  public static final String AUTO = "auto";

  private static final System.Logger LOG = System.getLogger("org.recurrentops");
  private static final List<String> PREFERENCE = List.of("cuda", "opencl", "cpu");

  private Backends() {}

  /**
   * Opens the device named by property or environment, or else the best one.
   *
   * @return the opened device
   * @throws BackendUnavailableException if the named one, or any at all, is unavailable
   */
  public static RecurrentOps open() {
    String property = System.getProperty(PROPERTY);
    if (property != null && !property.isBlank()) {
      return open(property.trim(), "requested by -D" + PROPERTY);
    }
    String environment = System.getenv(ENVIRONMENT);
    if (environment != null && !environment.isBlank()) {
      return open(environment.trim(), "requested by environment " + ENVIRONMENT);
    }
    return open(AUTO, "");
  }

  /**
   * Opens one backend's preferred device, or one device.
   *
   * @param name {@code auto}, a backend ({@code opencl}) or a device id ({@code opencl:0:1})
   * @return the opened device
   * @throws BackendUnavailableException if it is unavailable; the message says why and what there
   *     is
   */
  public static RecurrentOps open(String name) {
    return open(name, "requested by the caller");
  }

  /**
   * Opens the preferred device of a provider that need not be on the class path as a service.
   *
   * @param provider the backend
   * @return the opened device
   * @throws BackendUnavailableException if it has none
   */
  public static RecurrentOps open(Backend provider) {
    ProbeResult result = probe(provider);
    if (!result.isAvailable()) {
      throw new BackendUnavailableException(
          "backend '"
              + provider.name()
              + "' given by the caller is unavailable: "
              + result.reason());
    }
    return open(provider, result.devices().get(0).id());
  }

  private static RecurrentOps open(Backend provider, String deviceId) {
    Counters counters = new Counters();
    return new RecurrentOps(provider.open(deviceId, counters), counters);
  }

  private static RecurrentOps open(String name, String requester) {
    return open(providers(), name, requester);
  }

  /** Selection over given providers; the public methods hand in those of ServiceLoader. */
  static RecurrentOps open(Iterator<Backend> providers, String name, String requester) {
    List<Loaded> loaded = load(providers);
    if (name.toLowerCase(Locale.ROOT).equals(AUTO)) {
      return openBest(discover(loaded));
    }
    String backend = name.contains(":") ? name.substring(0, name.indexOf(':')) : name;
    for (Loaded l : loaded) {
      if (l.name().equals(backend)) {
        return openNamed(l, name, requester, loaded);
      }
    }
    throw unavailable(name, requester, "no such backend on the class or module path", loaded);
  }

  /** Asks the named backend only: to probe another loads its drivers into this process. */
  private static RecurrentOps openNamed(
      Loaded l, String name, String requester, List<Loaded> loaded) {
    ProbeResult result = l.probe();
    if (!result.isAvailable()) {
      throw unavailable(name, requester, result.reason(), loaded);
    }
    for (DeviceInfo d : result.devices()) {
      if (name.equals(l.name()) || d.id().equals(name)) {
        return open(l.provider(), d.id());
      }
    }
    List<String> ids = result.devices().stream().map(DeviceInfo::id).toList();
    throw unavailable(name, requester, "no such device; it has " + ids, loaded);
  }

  private static BackendUnavailableException unavailable(
      String name, String requester, String reason, List<Loaded> loaded) {
    return new BackendUnavailableException(
        "backend '"
            + name
            + "' "
            + requester
            + " but unavailable: "
            + (reason.endsWith(".") ? reason : reason + ".")
            + " Available: "
            + report(discover(loaded)).available()
            + ". Name one of these, or 'auto'.");
  }

  private static RecurrentOps openBest(List<Found> found) {
    record Candidate(Backend provider, DeviceInfo device) {}
    Optional<Candidate> best =
        found.stream()
            .flatMap(f -> f.result().devices().stream().map(d -> new Candidate(f.provider(), d)))
            .filter(c -> c.device().kind() != DeviceKind.SOFTWARE)
            .min(Comparator.comparingInt(c -> rank(c.device())));
    if (best.isEmpty()) {
      throw new BackendUnavailableException(
          "no backend is available. Put recurrentops-cpu-fallback on the class path. Probes said:\n"
              + report(found));
    }
    RecurrentOps ops = open(best.get().provider(), best.get().device().id());
    LOG.log(
        System.Logger.Level.INFO,
        "auto selected {0} ({1}); available: {2}",
        ops.device().id(),
        ops.device().name(),
        report(found).available());
    return ops;
  }

  /** cuda, OpenCL GPU, any other GPU, cpu, any other CPU device. */
  private static int rank(DeviceInfo d) {
    if (d.kind() == DeviceKind.GPU) {
      int known = PREFERENCE.indexOf(d.backend());
      return known >= 0 ? known : 3;
    }
    return d.backend().equals("cpu") ? 4 : 5;
  }

  /**
   * Asks every backend on the class path what it has.
   *
   * @return their answers
   */
  public static ProbeReport report() {
    return report(discover(load(providers())));
  }

  private static ProbeReport report(List<Found> found) {
    return new ProbeReport(
        found.stream().map(f -> new ProbeReport.Entry(f.name(), f.result())).toList());
  }

  private record Found(String name, Backend provider, ProbeResult result) {}

  /** The thread's class loader sees the application's backends; a container's may see none. */
  private static Iterator<Backend> providers() {
    ServiceLoader<Backend> ofThread = ServiceLoader.load(Backend.class);
    return ofThread.stream().findAny().isPresent()
        ? ofThread.iterator()
        : ServiceLoader.load(Backend.class, Backends.class.getClassLoader()).iterator();
  }

  /** A provider, or in its place why it is none. */
  private record Loaded(String name, Backend provider, String problem) {
    ProbeResult probe() {
      return provider == null ? ProbeResult.unavailable(problem) : Backends.probe(provider);
    }
  }

  private static List<Loaded> load(Iterator<Backend> providers) {
    List<Loaded> loaded = new ArrayList<>();
    while (true) {
      try {
        if (!providers.hasNext()) {
          break;
        }
        Backend b = providers.next();
        loaded.add(new Loaded(b.name(), b, null));
      } catch (ServiceConfigurationError | LinkageError e) {
        loaded.add(new Loaded("(unloadable provider)", null, e.toString()));
      }
    }
    return loaded;
  }

  private static List<Found> discover(List<Loaded> loaded) {
    List<Found> found = new ArrayList<>();
    loaded.forEach(l -> found.add(new Found(l.name(), l.provider(), l.probe())));
    found.sort(
        Comparator.comparingInt(
            f -> {
              int i = PREFERENCE.indexOf(f.name());
              return i < 0 ? PREFERENCE.size() : i;
            }));
    return found;
  }

  /** A probe must not throw; one that does is an unavailable backend, not a crash. */
  private static ProbeResult probe(Backend b) {
    try {
      return b.probe();
    } catch (RuntimeException | LinkageError e) {
      return ProbeResult.unavailable("its probe failed: " + e);
    }
  }
}
