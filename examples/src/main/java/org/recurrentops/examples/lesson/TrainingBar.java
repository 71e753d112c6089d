package org.recurrentops.examples.lesson;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.recurrentops.examples.CommandException;
import org.recurrentops.examples.Interruption;
import org.recurrentops.program.Terminal;

/**
 * Repeats a training step, with a bar where a terminal can redraw one, until done or Ctrl-C; a line
 * with the last loss elsewhere.
 */
public final class TrainingBar {
  private TrainingBar() {}

  /**
   * Runs all steps.
   *
   * @param name what is trained
   * @param steps how often
   * @param err where the bar goes
   * @param step takes the index of the step; returns the loss, or NaN if it did not look
   * @throws CommandException if the process is told to stop; nothing has been written then
   */
  public static void run(String name, int steps, PrintWriter err, IntToDoubleFunction step) {
    String last = "unknown";
    try (Interruption stop = Interruption.listen();
        ProgressBar bar = Terminal.canRedraw() ? bar(name, steps, err) : null) {
      for (int i = 0; i < steps; i++) {
        if (stop.requested()) {
          throw CommandException.failure(
              name + ": stopped at step " + i + " of " + steps + "; nothing was written", null);
        }
        double loss = step.applyAsDouble(i);
        last = Double.isNaN(loss) ? last : String.format(Locale.ROOT, "%.7g at step %d", loss, i);
        if (Double.isInfinite(loss)) {
          throw CommandException.failure(name + ": training diverged at step " + i, null);
        }
        if (bar != null) {
          bar.step();
          if (!Double.isNaN(loss)) {
            bar.setExtraMessage(String.format(Locale.ROOT, " loss %.4f", loss));
          }
        }
      }
    } finally {
      if (Terminal.canRedraw()) {
        err.println();
        err.flush();
      }
    }
    if (!Terminal.canRedraw()) {
      err.println(name + ": loss " + last + " of " + steps);
      err.flush();
    }
  }

  private static ProgressBar bar(String name, int steps, PrintWriter err) {
    return new ProgressBarBuilder()
        .setTaskName(name)
        .setInitialMax(steps)
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(250)
        .setConsumer(
            new DelegatingProgressBarConsumer(
                line -> {
                  err.print("\r" + line);
                  err.flush();
                },
                100))
        .build();
  }
}
