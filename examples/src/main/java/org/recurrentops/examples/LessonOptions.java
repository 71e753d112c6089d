package org.recurrentops.examples;

import java.nio.file.Files;
import java.nio.file.Path;
import org.recurrentops.RecurrentOps;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What every short program takes. */
final class LessonOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Mixin private BackendOption backend;

  @Option(
      names = "--seed",
      description = "Of weights and data. Default: ${DEFAULT-VALUE}",
      defaultValue = "1")
  private long seed;

  @Option(
      names = "--steps",
      description = "Optimiser steps, for each network. Default: about a minute's worth.")
  private Integer steps;

  @Option(names = "--out", paramLabel = "PNG", description = "The picture. Default: COMMAND.png")
  private Path out;

  long seed() {
    return seed;
  }

  int steps(int usual) {
    if (steps != null && steps < 1) {
      throw CommandException.usage("--steps: expected at least 1, got " + steps);
    }
    return steps == null ? usual : steps;
  }

  /** Where the picture goes; found out before any work whether it can. */
  Path picture() {
    Path file = (out == null ? Path.of(command.name() + ".png") : out).toAbsolutePath();
    if (Files.isDirectory(file) || !Files.isWritable(file.getParent())) {
      throw CommandException.usage(
          "--out: expected a file in a folder that exists and can be written, got " + file);
    }
    return file;
  }

  String backend() {
    return backend.name();
  }

  RecurrentOps open() {
    return backend.open();
  }
}
