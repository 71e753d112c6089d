package org.recurrentops.cpu.math;

import static org.junit.jupiter.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Counts the bytes that the current thread allocates. */
final class Allocation {
  private Allocation() {}

  /**
   * Repeats the action until a hundred runs in a row allocate nothing, as they do once C2 has
   * compiled the vector code; fails after a minute.
   */
  static void assertNone(String what, Runnable action) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long deadline = System.nanoTime() + 60_000_000_000L;
    long bytes;
    do {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 100; i++) {
        action.run();
      }
      bytes = threads.getCurrentThreadAllocatedBytes() - before;
    } while (bytes > 0 && System.nanoTime() < deadline);
    if (bytes > 0) {
      fail(what + ": a hundred runs still allocate " + bytes + " bytes after a minute");
    }
  }
}
