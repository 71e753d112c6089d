package org.recurrentops.examples;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.recurrentops.examples.chars.CharsConfig;
import org.recurrentops.examples.chars.CharsRun;
import org.recurrentops.examples.chars.CharsSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Options of the character model. */
@Command(
    name = "chars",
    description = "Trains a character-level language model on text, and lets it write.",
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  chars                          this project's own sources, about a minute",
      "  chars book.txt --epochs 4      one file; a part of it is held out",
      "  chars docs/ --cell gru --layers 2 --dropout 0.2 --steps 5000 --out run",
      "  chars docs/ --out run --resume go on after Ctrl-C, with the same numbers"
    })
final class CharsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private BackendOption backend;

  @Parameters(
      paramLabel = "TEXT",
      arity = "0..*",
      description = "UTF-8 files and folders. Default: this project's Java and Markdown files.")
  private List<Path> texts = new ArrayList<>();

  @Option(
      names = "--cell",
      description = "vanilla, lstm or gru. Default: ${DEFAULT-VALUE}",
      defaultValue = "lstm")
  private String cell;

  @Option(
      names = "--layers",
      description = "Stacked layers. Default: ${DEFAULT-VALUE}",
      defaultValue = "1")
  private int layers;

  @Option(
      names = "--hidden",
      description = "Hidden units per layer. Default: ${DEFAULT-VALUE}",
      defaultValue = "192")
  private int hidden;

  @Option(
      names = "--window",
      paramLabel = "T",
      description =
          "Steps of truncated back-propagation; the state is carried on."
              + " Default: ${DEFAULT-VALUE}",
      defaultValue = "32")
  private int window;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Streams read side by side. Default: ${DEFAULT-VALUE}",
      defaultValue = "16")
  private int batch;

  @Option(
      names = "--dropout",
      paramLabel = "P",
      description = "Between layers, so it needs two. Default: ${DEFAULT-VALUE}",
      defaultValue = "0")
  private double dropout;

  @Option(
      names = "--lr",
      description = "Adam's highest learning rate. Default: ${DEFAULT-VALUE}",
      defaultValue = "0.008")
  private double learningRate;

  @Option(
      names = "--clip",
      description = "Largest global norm of the gradient. Default: ${DEFAULT-VALUE}",
      defaultValue = "1")
  private double clip;

  @Option(
      names = "--seed",
      description = "Of weights, split, dropout and sample. Default: ${DEFAULT-VALUE}",
      defaultValue = "1")
  private long seed;

  @Option(
      names = "--min-count",
      description =
          "Times a character must occur in training to get its own symbol."
              + " Default: ${DEFAULT-VALUE}",
      defaultValue = "5")
  private int minCount;

  @Option(
      names = "--steps",
      description = "Optimiser steps in all. Default: " + DEFAULT_STEPS,
      defaultValue = "0",
      showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER)
  private long steps;

  @Option(
      names = "--epochs",
      description = "Instead of --steps: passes over the training text.",
      defaultValue = "0")
  private double epochs;

  @Option(
      names = "--minutes",
      description = "Stop then with a checkpoint, as Ctrl-C does; changes no number.",
      defaultValue = "0")
  private double minutes;

  @Option(
      names = "--stop-after",
      paramLabel = "STEPS",
      description = "Stop there with a checkpoint, as Ctrl-C does.",
      defaultValue = "0")
  private long stopAfter;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Picture, sample, checkpoint. Default: ${DEFAULT-VALUE}",
      defaultValue = "chars-run")
  private Path out;

  @Option(
      names = "--checkpoint",
      paramLabel = "FILE",
      description = "Default: chars.checkpoint in --out.")
  private Path checkpoint;

  @Option(names = "--resume", description = "Go on from the checkpoint.")
  private boolean resume;

  @Option(names = "--force", description = "Resume even on another text.")
  private boolean force;

  @Option(
      names = "--checkpoint-seconds",
      paramLabel = "S",
      description = "Between checkpoints. Default: ${DEFAULT-VALUE}",
      defaultValue = "10")
  private double checkpointSeconds;

  @Option(
      names = "--validation-characters",
      paramLabel = "MAX",
      description = "Most held-out characters to measure on. Default: ${DEFAULT-VALUE}",
      defaultValue = "50000")
  private int validationCharacters;

  @Option(
      names = "--sample",
      paramLabel = "CHARS",
      description = "Characters to write at the end. Default: ${DEFAULT-VALUE}",
      defaultValue = "400")
  private int sample;

  @Option(
      names = "--temperature",
      description = "Of the sample: lower is safer. Default: ${DEFAULT-VALUE}",
      defaultValue = "0.7")
  private double temperature;

  @Option(
      names = "--prime",
      paramLabel = "TEXT",
      description = "What the sample continues. Default: an empty line.",
      defaultValue = "\n",
      showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER)
  private String prime;

  private static final int DEFAULT_STEPS = 2000;

  @Override
  public Integer call() {
    CharsConfig config =
        new CharsConfig(
            cell,
            layers,
            hidden,
            window,
            batch,
            dropout,
            learningRate,
            clip,
            seed,
            steps > 0 ? steps : DEFAULT_STEPS,
            minCount);
    CharsSettings settings =
        new CharsSettings(
            texts,
            backend.name(),
            out,
            checkpoint == null ? out.resolve("chars.checkpoint") : checkpoint,
            resume,
            force,
            explicit(config),
            steps,
            epochs,
            stopAfter,
            minutes,
            checkpointSeconds,
            validationCharacters,
            sample,
            temperature,
            prime);
    return new CharsRun(settings, config, spec.commandLine().getOut(), spec.commandLine().getErr())
        .run();
  }

  /** The options among those of the configuration that were typed. */
  private Map<String, String> explicit(CharsConfig config) {
    Map<String, String> typed = new LinkedHashMap<>();
    config
        .toMap()
        .forEach(
            (name, value) -> {
              if (spec.commandLine().getParseResult().hasMatchedOption("--" + name)) {
                typed.put(name, value);
              }
            });
    return typed;
  }
}
