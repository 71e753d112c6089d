package org.recurrentops.examples.chars;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.recurrentops.examples.CommandException;

/**
 * What a run is to do, besides what decides its numbers.
 *
 * @param texts files and folders; none for the project's own sources
 * @param backend device to open, or null for the usual choice
 * @param out folder for pictures and samples
 * @param checkpoint its file
 * @param resume go on from it
 * @param force even if the text is another one
 * @param explicit options that the person gave, as in {@link CharsConfig#toMap}
 * @param steps optimiser steps in all; 0 for the schedule's
 * @param epochs instead of steps; 0 for none
 * @param stopAfter steps after which to stop as if interrupted; 0 for never
 * @param minutes after which to stop as if interrupted; 0 for never
 * @param checkpointSeconds between checkpoints
 * @param validationCharacters at most, of the held-out text
 * @param sample characters to write at the end
 * @param temperature of the sample
 * @param prime what the sample continues
 */
public record CharsSettings(
    List<Path> texts,
    String backend,
    Path out,
    Path checkpoint,
    boolean resume,
    boolean force,
    Map<String, String> explicit,
    long steps,
    double epochs,
    long stopAfter,
    double minutes,
    double checkpointSeconds,
    int validationCharacters,
    int sample,
    double temperature,
    String prime) {

  /**
   * Checks the choices together.
   *
   * @throws CommandException if one is out of range or two contradict each other
   */
  public CharsSettings {
    require(steps >= 0, "--steps: expected at least 1, got " + steps);
    require(epochs >= 0, "--epochs: expected a positive number, got " + epochs);
    require(steps == 0 || epochs == 0, "--steps and --epochs exclude each other; give one");
    require(stopAfter >= 0, "--stop-after: expected at least 1, got " + stopAfter);
    require(minutes >= 0, "--minutes: expected a positive number, got " + minutes);
    require(
        checkpointSeconds > 0,
        "--checkpoint-seconds: expected a positive number, got " + checkpointSeconds);
    require(
        validationCharacters >= 1,
        "--validation-characters: expected at least 1, got " + validationCharacters);
    require(sample >= 0, "--sample: expected at least 0, got " + sample);
    require(
        temperature > 0 && Double.isFinite(temperature),
        "--temperature: expected a positive number, got " + temperature);
    require(!prime.isEmpty(), "--prime: expected some text, got none");
    require(!force || resume, "--force only says what --resume may do; add --resume or drop it");
  }

  private static void require(boolean ok, String message) {
    if (!ok) {
      throw CommandException.usage(message);
    }
  }
}
