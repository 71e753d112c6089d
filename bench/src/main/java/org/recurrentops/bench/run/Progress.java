package org.recurrentops.bench.run;

import java.io.PrintWriter;

/** A line per combination: a bar, what comes now and when the rest will be done. */
final class Progress {
  private static final int WIDTH = 20;

  private final PrintWriter out;
  private final int all;
  private final int kept;
  private final long start = System.nanoTime();

  /**
   * Begins.
   *
   * @param all rounds of the whole run
   * @param kept how many of them an earlier run did
   */
  Progress(PrintWriter out, int all, int kept) {
    this.out = out;
    this.all = all;
    this.kept = kept;
  }

  void next(int done, String what) {
    out.println(line(done, (System.nanoTime() - start) * 1e-9, what));
    out.flush();
  }

  /** The text, for a number of rounds done in all and seconds since the start. */
  String line(int done, double seconds, String what) {
    int filled = all == 0 ? WIDTH : WIDTH * done / all;
    String bar = "#".repeat(filled) + ".".repeat(WIDTH - filled);
    String left = "";
    if (done > kept) {
      long rest = Math.round(seconds / (done - kept) * (all - done));
      left = String.format(" %d:%02d left ", rest / 60, rest % 60);
    }
    return String.format("[%s] %d/%d%s %s", bar, done, all, left, what);
  }
}
