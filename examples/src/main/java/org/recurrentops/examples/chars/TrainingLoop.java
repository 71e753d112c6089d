package org.recurrentops.examples.chars;

import java.io.PrintWriter;
import org.recurrentops.examples.CommandException;
import org.recurrentops.examples.Interruption;

/**
 * Advances a trainer to a step, reporting, validating and saving on the way. Reports and
 * validations are at fixed steps; the clock decides only when to save and when to stop.
 */
final class TrainingLoop {
  private static final int REPORT_EVERY = 20;

  private final CharsSettings settings;
  private final CharsConfig config;
  private final Trainer trainer;
  private final Validation validation;
  private final LossHistory history;
  private final PrintWriter out;
  private final PrintWriter err;
  private Runnable saver = () -> {};
  private long savedStep = -1;
  private long savedNanos = System.nanoTime();
  private double lastValidation = Double.NaN;

  TrainingLoop(
      CharsSettings settings,
      CharsConfig config,
      Trainer trainer,
      Validation validation,
      LossHistory history,
      PrintWriter out,
      PrintWriter err) {
    this.settings = settings;
    this.config = config;
    this.trainer = trainer;
    this.validation = validation;
    this.history = history;
    this.out = out;
    this.err = err;
  }

  /** Sets what saves the trainer as it stands. */
  void saver(Runnable save) {
    saver = save;
  }

  /** Validation loss at the last step of a finished run. */
  double lastValidation() {
    return lastValidation;
  }

  /** Trains; false if stopped before the target, with everything saved. */
  boolean run(long target, boolean redraw) {
    long first = trainer.step();
    long started = System.nanoTime();
    try (Interruption interruption = Interruption.listen();
        TrainingProgress progress =
            new TrainingProgress(
                out, err, redraw, first, target, config.window() * config.batch())) {
      while (trainer.step() < target) {
        if (interruption.requested() || reached(settings.stopAfter()) || late(started)) {
          save();
          return false;
        }
        trainer.advance();
        progress.step(trainer.step());
        afterStep(target, progress);
      }
      if (savedStep != trainer.step()) {
        save();
      }
    }
    if (Double.isNaN(lastValidation)) {
      lastValidation = validation.crossEntropy();
    }
    return true;
  }

  private boolean reached(long stop) {
    return stop > 0 && trainer.step() >= stop;
  }

  private boolean late(long started) {
    return settings.minutes() > 0 && (System.nanoTime() - started) * 1e-9 > 60 * settings.minutes();
  }

  private void afterStep(long target, TrainingProgress progress) {
    long step = trainer.step();
    boolean last = step == target;
    boolean validate = last || step % Math.max(1, config.schedule() / 10) == 0;
    if (validate || step % REPORT_EVERY == 0) {
      Trainer.Report report = trainer.report();
      requireFinite(report);
      history.training().add(new LossHistory.Point(step, report.loss()));
      progress.report(report);
      if (validate) {
        double loss = validation.crossEntropy();
        history.validation().add(new LossHistory.Point(step, loss));
        progress.validated(report, target, loss);
        lastValidation = last ? loss : Double.NaN;
      }
    }
    if ((System.nanoTime() - savedNanos) * 1e-9 > settings.checkpointSeconds()) {
      save();
    }
  }

  private void requireFinite(Trainer.Report r) {
    if (!r.isFinite()) {
      throw CommandException.failure(
          "training diverged: loss "
              + r.loss()
              + ", gradient norm "
              + r.gradientNorm()
              + " by step "
              + r.step()
              + "; lower --lr or --clip; "
              + (savedStep < 0
                  ? "no checkpoint was written"
                  : "the checkpoint of step " + savedStep + " is intact"),
          null);
    }
  }

  private void save() {
    requireFinite(trainer.peek());
    saver.run();
    savedStep = trainer.step();
    savedNanos = System.nanoTime();
  }
}
