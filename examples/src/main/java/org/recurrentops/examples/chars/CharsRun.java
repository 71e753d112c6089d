package org.recurrentops.examples.chars;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.recurrentops.Backends;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RnnSpec;
import org.recurrentops.examples.CommandException;
import org.recurrentops.examples.text.Vocabulary;
import org.recurrentops.program.Terminal;

/** From text to trained model, sample and picture, in the order in which it is told. */
public final class CharsRun {
  private final CharsSettings settings;
  private final CharsConfig asked;
  private final PrintWriter out;
  private final PrintWriter err;
  private final CheckpointFile file;

  /**
   * Prepares.
   *
   * @param settings what to do
   * @param asked what decides the numbers; a resumed checkpoint's own takes its place
   * @param out results
   * @param err progress and warnings
   */
  public CharsRun(CharsSettings settings, CharsConfig asked, PrintWriter out, PrintWriter err) {
    this.settings = settings;
    this.asked = asked;
    this.out = out;
    this.err = err;
    this.file = new CheckpointFile(settings.checkpoint());
  }

  /**
   * Runs.
   *
   * @return process exit code
   * @throws CommandException if it cannot be done
   */
  public int run() {
    OutputFolder.prepare(settings.out());
    OutputFolder.prepare(file.path().getParent());
    OutputFolder.requireReplaceable(file.path());
    Checkpoint from = settings.resume() ? file.read() : null;
    CharsConfig config = from == null ? asked : resumedConfig(from);
    Vocabulary given = from == null ? null : Vocabulary.restore(from.codePoints());
    CharsText text = CharsText.prepare(settings, config, given, out);
    Batches batches = new Batches(text.training(), config.window(), config.batch(), config.seed());
    if (from == null) {
      config = scheduled(config, batches);
      keepPrevious();
    } else {
      requireSameText(from, text);
    }
    try (RecurrentOps ops = open()) {
      RnnSpec spec = config.spec(text.vocabulary().size());
      MemoryNeed.require(ops, spec, config);
      Validation.streams(text.validation().length, config.window(), config.batch());
      return run(ops, spec, config, text, batches, from);
    }
  }

  private RecurrentOps open() {
    return settings.backend() == null ? Backends.open() : Backends.open(settings.backend());
  }

  /** The checkpoint's choices; an option given now that differs is a contradiction. */
  private CharsConfig resumedConfig(Checkpoint from) {
    Map<String, String> kept = from.config().toMap();
    settings
        .explicit()
        .forEach(
            (option, value) -> {
              if (!value.equals(kept.get(option))) {
                throw CommandException.usage(
                    "--resume: the checkpoint was made with --"
                        + option
                        + " "
                        + kept.get(option)
                        + ", got --"
                        + option
                        + " "
                        + value
                        + "; drop that option, or drop --resume to start anew");
              }
            });
    return from.config();
  }

  private CharsConfig scheduled(CharsConfig c, Batches batches) {
    long steps = c.schedule();
    if (settings.epochs() > 0) {
      steps = Math.max(1, Math.round(settings.epochs() * batches.stepsPerEpoch()));
    }
    return new CharsConfig(
        c.cell(),
        c.layers(),
        c.hidden(),
        c.window(),
        c.batch(),
        c.dropout(),
        c.learningRate(),
        c.clip(),
        c.seed(),
        steps,
        c.minCount());
  }

  private void requireSameText(Checkpoint from, CharsText text) {
    if (from.textFingerprint().equals(text.fingerprint())) {
      return;
    }
    if (!settings.force()) {
      throw CommandException.usage(
          "--resume: the text is not the one that "
              + file.path()
              + " was trained on; give that text, or --force to go on with this one, or drop"
              + " --resume to start anew");
    }
    err.println("warning: going on with another text; its losses compare to nothing before");
    err.flush();
  }

  /** A fresh run does not destroy what an earlier one left. */
  private void keepPrevious() {
    Path path = file.path();
    Path previous = path.resolveSibling(path.getFileName() + ".previous");
    try {
      if (Files.exists(path)) {
        Files.move(path, previous, StandardCopyOption.REPLACE_EXISTING);
        out.println("checkpoint  the one of an earlier run is now " + previous);
      }
    } catch (IOException e) {
      throw CommandException.failure(
          "checkpoint: cannot rename " + path + " to " + previous + ": " + e.getMessage(), e);
    }
  }

  private int run(
      RecurrentOps ops,
      RnnSpec spec,
      CharsConfig config,
      CharsText text,
      Batches batches,
      Checkpoint from) {
    try (CharModel model = new CharModel(ops, spec);
        Trainer trainer = new Trainer(config, batches, model, from == null ? null : from.tuning());
        Validation validation =
            new Validation(model, text.validation(), config.window(), config.batch())) {
      double bigram = text.bigram(validation.predicted());
      printModel(ops, spec, config, bigram);
      LossHistory history = start(ops, config, model, trainer, from);
      TrainingLoop loop =
          new TrainingLoop(settings, config, trainer, validation, history, out, err);
      loop.saver(
          () ->
              file.write(
                  new Checkpoint(
                      config,
                      text.vocabulary().codePoints(),
                      text.fingerprint(),
                      Checkpoint.environmentOf(ops.device()),
                      trainer.tuning(),
                      trainer.snapshot(),
                      history)));
      boolean finished = loop.run(target(config), Terminal.canRedraw());
      if (!finished) {
        out.printf(
            Locale.ROOT,
            "stopped     at step %,d; go on with --resume (checkpoint %s)%n",
            trainer.step(),
            file.path());
        return 0;
      }
      finish(config, model, text.vocabulary(), loop.lastValidation(), bigram, history);
      return 0;
    }
  }

  private long target(CharsConfig config) {
    return settings.steps() > 0 ? settings.steps() : config.schedule();
  }

  private LossHistory start(
      RecurrentOps ops, CharsConfig config, CharModel model, Trainer trainer, Checkpoint from) {
    if (from == null) {
      model.initialise(config.seed());
      return new LossHistory();
    }
    trainer.restore(from.state());
    out.printf(Locale.ROOT, "resume      %s at step %,d%n", file.path(), trainer.step());
    List<String> differences = from.differences(Checkpoint.environmentOf(ops.device()));
    if (!differences.isEmpty()) {
      err.println(
          "warning: numbers will not be bit-identical to an uninterrupted run: "
              + String.join("; ", differences));
      err.flush();
    }
    return from.history();
  }

  private void printModel(RecurrentOps ops, RnnSpec spec, CharsConfig config, double bigram) {
    out.printf(
        Locale.ROOT,
        "bigram     %s on the validation text (additive smoothing, 0.1 per pair)%n",
        TrainingProgress.natsAndBits(bigram));
    out.printf(
        Locale.ROOT,
        "model       %s, %,d parameters, window %d, batch %d, seed %d, on %s (%s)%n",
        spec.label(),
        CharModel.parameters(spec),
        config.window(),
        config.batch(),
        config.seed(),
        ops.device().id(),
        ops.device().detail());
    out.flush();
  }

  private void finish(
      CharsConfig config,
      CharModel model,
      Vocabulary vocabulary,
      double validation,
      double bigram,
      LossHistory history) {
    out.printf(
        Locale.ROOT,
        "validation %s = %.3f x bigram%n",
        TrainingProgress.natsAndBits(validation),
        validation / bigram);
    if (settings.sample() > 0) {
      String sample =
          new Sampler(model, vocabulary)
              .sample(settings.prime(), settings.sample(), settings.temperature(), config.seed());
      out.printf(
          Locale.ROOT,
          "sample      %d characters at temperature %.2f:%n%s%s%n",
          settings.sample(),
          settings.temperature(),
          settings.prime(),
          sample);
      write(settings.out().resolve("sample.txt"), settings.prime() + sample);
    }
    LossChart chart =
        new LossChart(
            "chars: " + model.spec().label() + ", seed " + config.seed(), history, bigram);
    Path png = settings.out().resolve("loss.png");
    Path csv = settings.out().resolve("loss.csv");
    try {
      chart.writeCsv(csv);
      chart.writePng(png);
      out.println("picture     " + png + " (numbers in " + csv.getFileName() + ")");
    } catch (IOException e) {
      throw CommandException.failure("cannot write " + png + ": " + e.getMessage(), e);
    } catch (LinkageError | RuntimeException e) {
      // Java without its font libraries cannot draw; the numbers are there.
      err.println(
          "warning: no picture (" + e + "); install fontconfig and a font. Numbers: " + csv);
    }
    out.println("checkpoint  " + file.path());
    out.flush();
  }

  private static void write(Path path, String text) {
    try {
      Files.writeString(path, text, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw CommandException.failure("cannot write " + path + ": " + e.getMessage(), e);
    }
  }
}
