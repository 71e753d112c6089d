package org.recurrentops.opencl;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * PoCL compiles with LLVM, which puts signal handlers of its own where the JVM's were, and the
 * kernel takes them away when the first signal comes. The JVM stops its threads by such signals: if
 * two threads meet one at that moment, the second finds no handler and the process ends. The JDK's
 * libjsig, loaded before anything else, keeps the JVM's handlers in their place.
 */
final class SignalChaining {
  private static final System.Logger LOG = System.getLogger(SignalChaining.class.getName());
  private static final AtomicBoolean SAID = new AtomicBoolean();
  private static final String POCL = "Portable Computing Language";

  private SignalChaining() {}

  /** Says once per process what PoCL needs. */
  static void check(ClDevice device) {
    Path library = Path.of(System.getProperty("java.home"), "lib", "libjsig.so");
    Optional<String> advice =
        Files.exists(library)
            ? advice(device.info().detail(), System.getenv("LD_PRELOAD"), library)
            : Optional.empty();
    if (advice.isPresent() && SAID.compareAndSet(false, true)) {
      LOG.log(System.Logger.Level.WARNING, advice.get());
    }
  }

  /** What to do, or empty if the device needs nothing or has it. */
  static Optional<String> advice(String detail, String preloaded, Path library) {
    if (!detail.startsWith(POCL) || preloaded != null && preloaded.contains("libjsig")) {
      return Optional.empty();
    }
    return Optional.of(
        "PoCL replaces signal handlers of the JVM while it compiles; with several busy threads the"
            + " process may end in a segmentation fault. Start Java with LD_PRELOAD="
            + library);
  }
}
