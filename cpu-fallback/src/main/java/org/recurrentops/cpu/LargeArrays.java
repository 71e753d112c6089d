package org.recurrentops.cpu;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/**
 * How large an array must be to begin at the start of a cache line and stay there. G1 gives arrays
 * of more than half a region a region of their own; others lie anywhere, and where vectors as wide
 * as a cache line lie across two of them, small layers take 1.15 times as long.
 */
final class LargeArrays {
  /** System property: {@code auto} (default) or {@code never}. */
  static final String PROPERTY = "recurrentops.cpu.padding";

  /** Floats below which nobody gains enough by more memory. */
  private static final long SMALL = 1 << 13;

  private static final long LARGE = floatsOfHalfARegion();

  private LargeArrays() {}

  /**
   * Makes an array large.
   *
   * @param floats how many are needed
   * @return how many to allocate: as many, unless more places them better
   * @throws IllegalArgumentException if the property has another value than the two
   */
  static long padded(long floats) {
    String choice = System.getProperty(PROPERTY, "auto");
    switch (choice) {
      case "auto":
        return floats < SMALL ? floats : Math.max(floats, LARGE);
      case "never":
        return floats;
      default:
        throw new IllegalArgumentException(
            "-D" + PROPERTY + ": expected auto or never, got '" + choice + "'");
    }
  }

  /** As many as half a region has, to which an array's header is added; 0 if there are none. */
  private static long floatsOfHalfARegion() {
    try {
      HotSpotDiagnosticMXBean options =
          ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
      boolean regions = Boolean.parseBoolean(options.getVMOption("UseG1GC").getValue());
      String bytes = options.getVMOption("G1HeapRegionSize").getValue();
      return regions ? Long.parseLong(bytes) / 2 / Float.BYTES : 0;
    } catch (RuntimeException | LinkageError e) {
      return 0; // another JVM, or a run-time image without its management
    }
  }
}
