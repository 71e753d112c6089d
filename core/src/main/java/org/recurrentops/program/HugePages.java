package org.recurrentops.program;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Memory in pages of 2 MB, which a JVM on Linux gets if it asks: weights and states of large layers
 * lie on more small pages than a core keeps the addresses of.
 */
final class HugePages {
  /** Asks for them; a JVM on another system does not know it and refuses to start. */
  static final String OPTION = "-XX:+UseTransparentHugePages";

  private static final Path SETTING = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");

  private HugePages() {}

  /** Whether the system gives them to who asks. */
  static boolean areOffered() {
    return areOffered(SETTING);
  }

  /** As the kernel says it: all settings in a line, the one in force in brackets. */
  static boolean areOffered(Path setting) {
    try {
      String line = Files.readString(setting);
      return line.contains("[madvise]") || line.contains("[always]");
    } catch (IOException | SecurityException e) {
      return false; // another system, or one that does not say
    }
  }

  /** Whether an option decides about pages. */
  static boolean isDecidedBy(String option) {
    return option.contains("HugePages") || option.contains("LargePages");
  }
}
