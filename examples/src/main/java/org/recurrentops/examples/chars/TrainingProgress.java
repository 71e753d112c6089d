package org.recurrentops.examples.chars;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Tells how training goes: a bar with loss, characters per second and time left where a terminal
 * can redraw it, and lines either way.
 */
final class TrainingProgress implements AutoCloseable {
  private static final int WIDTH = 118;

  private final PrintWriter out;
  private final PrintWriter err;
  private final int charactersPerStep;
  private final long firstStep;
  private final long startNanos = System.nanoTime();
  private final ProgressBar bar;

  TrainingProgress(
      PrintWriter out,
      PrintWriter err,
      boolean redraw,
      long firstStep,
      long lastStep,
      int charactersPerStep) {
    this.out = out;
    this.err = err;
    this.charactersPerStep = charactersPerStep;
    this.firstStep = firstStep;
    this.bar = redraw ? newBar(firstStep, lastStep) : null;
  }

  private ProgressBar newBar(long firstStep, long lastStep) {
    return new ProgressBarBuilder()
        .setTaskName("training")
        .setInitialMax(lastStep * charactersPerStep)
        .startsFrom(firstStep * charactersPerStep, Duration.ZERO)
        .setUnit(" char", 1)
        .showSpeed(new java.text.DecimalFormat("#,##0"))
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(250)
        .setConsumer(new DelegatingProgressBarConsumer(this::redraw, WIDTH))
        .build();
  }

  private void redraw(String line) {
    synchronized (err) {
      err.print("\r" + line);
      err.flush();
    }
  }

  void step(long step) {
    if (bar != null) {
      bar.stepTo(step * charactersPerStep);
    }
  }

  void report(Trainer.Report r) {
    if (bar != null) {
      bar.setExtraMessage(natsAndBits(r.loss()));
    }
  }

  void validated(Trainer.Report r, long lastStep, double validation) {
    line(
        String.format(
            Locale.ROOT,
            "step %,7d of %,d   training %.3f   validation %.3f nats, %.3f bits/char   %,.0f"
                + " char/s",
            r.step(),
            lastStep,
            r.loss(),
            validation,
            bits(validation),
            charactersPerSecond(r.step())));
  }

  double charactersPerSecond(long step) {
    double seconds = (System.nanoTime() - startNanos) * 1e-9;
    return (step - firstStep) * (double) charactersPerStep / seconds;
  }

  /** Prints a line without leaving half a bar beside it. */
  void line(String text) {
    synchronized (err) {
      if (bar != null) {
        err.print("\r" + " ".repeat(WIDTH) + "\r");
        err.flush();
      }
      out.println(text);
      out.flush();
    }
  }

  static String natsAndBits(double loss) {
    return String.format(Locale.ROOT, " %.3f nats, %.3f bits/char", loss, bits(loss));
  }

  static double bits(double nats) {
    return nats / Math.log(2);
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      err.println();
      err.flush();
    }
  }
}
