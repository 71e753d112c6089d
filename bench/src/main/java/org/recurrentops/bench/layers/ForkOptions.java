package org.recurrentops.bench.layers;

import java.lang.management.ManagementFactory;
import java.util.List;
import org.recurrentops.program.Launcher;

/** Options of the JVMs that measure, beside those that they inherit from this one. */
public final class ForkOptions {
  private ForkOptions() {}

  /**
   * What the backends want, unless this JVM was told otherwise.
   *
   * @return such as {@code --add-modules=jdk.incubator.vector}
   */
  public static List<String> all() {
    return Launcher.jvmOptions(ManagementFactory.getRuntimeMXBean().getInputArguments());
  }
}
