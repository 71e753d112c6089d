package org.recurrentops.bench.run;

import java.io.PrintWriter;
import java.time.Duration;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * What comes now and when the rest will be done: a bar where a terminal can redraw one, a line per
 * combination elsewhere.
 */
final class Progress implements AutoCloseable {
  private static final int WIDTH = 118;

  private final PrintWriter out;
  private final int all;
  private final int kept;
  private final long start = System.nanoTime();
  private final ProgressBar bar;

  /**
   * Begins.
   *
   * @param redraw whether a terminal shows it
   * @param all rounds of the whole run
   * @param kept how many of them an earlier run did
   */
  Progress(PrintWriter out, boolean redraw, int all, int kept) {
    this.out = out;
    this.all = all;
    this.kept = kept;
    this.bar = redraw ? newBar() : null;
  }

  private ProgressBar newBar() {
    return new ProgressBarBuilder()
        .setTaskName("measuring")
        .setInitialMax(all)
        .startsFrom(kept, Duration.ZERO)
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(250)
        .setConsumer(new DelegatingProgressBarConsumer(this::redraw, WIDTH))
        .build();
  }

  private void redraw(String line) {
    synchronized (out) {
      out.print("\r" + line);
      out.flush();
    }
  }

  void next(int done, String what) {
    if (bar == null) {
      print(line(done, (System.nanoTime() - start) * 1e-9, what));
    } else {
      bar.stepTo(done);
      bar.setExtraMessage(" " + what);
    }
  }

  /** Prints a line of its own, without half a bar beside it. */
  void print(String line) {
    synchronized (out) {
      if (bar != null) {
        out.print("\r" + " ".repeat(WIDTH) + "\r");
      }
      out.println(line);
      out.flush();
    }
  }

  /** The text, for a number of rounds done in all and seconds since the start. */
  String line(int done, double seconds, String what) {
    String left = "";
    if (done > kept) {
      long rest = Math.round(seconds / (done - kept) * (all - done));
      left = String.format(", %d:%02d left", rest / 60, rest % 60);
    }
    return String.format("[%d/%d%s] %s", done, all, left, what);
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      out.println();
      out.flush();
    }
  }
}
