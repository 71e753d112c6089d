package org.recurrentops.examples.chars;

import java.util.LinkedHashMap;
import java.util.Map;
import org.recurrentops.RnnSpec;
import org.recurrentops.examples.Cells;
import org.recurrentops.examples.CommandException;

/**
 * Everything that decides the numbers of a training run, besides the text and the device.
 *
 * @param cell vanilla, lstm or gru
 * @param layers L
 * @param hidden H
 * @param window T, steps of truncated back-propagation
 * @param batch N, streams read side by side
 * @param dropout between layers
 * @param learningRate Adam's η at its highest
 * @param clip largest global norm of the gradient
 * @param seed of parameters, split, dropout and sampling
 * @param schedule optimiser steps over which the learning rate falls
 * @param minCount occurrences in the training text that a character needs to get its own symbol
 */
public record CharsConfig(
    String cell,
    int layers,
    int hidden,
    int window,
    int batch,
    double dropout,
    double learningRate,
    double clip,
    long seed,
    long schedule,
    int minCount) {

  /**
   * Checks the choices together.
   *
   * @throws CommandException if one is out of range or two contradict each other
   */
  public CharsConfig {
    atLeastOne("--layers", layers);
    atLeastOne("--hidden", hidden);
    atLeastOne("--window", window);
    atLeastOne("--batch", batch);
    atLeastOne("--steps", schedule);
    atLeastOne("--min-count", minCount);
    require(
        (window + 1L) * batch <= Integer.MAX_VALUE - 8,
        "--window " + window + " × --batch " + batch + " overflow an int; lower one of them");
    positive("--lr", learningRate);
    positive("--clip", clip);
    require(dropout >= 0 && dropout < 1, "--dropout: expected 0 ≤ p < 1, got " + dropout);
    require(
        dropout == 0 || layers > 1,
        "--dropout "
            + dropout
            + " acts between layers, but there is one; add --layers 2 or drop it");
    Cells.named(cell);
  }

  private static void atLeastOne(String option, long value) {
    require(value >= 1, option + ": expected at least 1, got " + value);
  }

  private static void positive(String option, double value) {
    require(
        value > 0 && value < Float.MAX_VALUE,
        option + ": expected a positive number, got " + value);
  }

  private static void require(boolean ok, String message) {
    if (!ok) {
      throw CommandException.usage(message);
    }
  }

  /**
   * The layers.
   *
   * @param symbols V, size of the vocabulary
   * @return their spec
   */
  public RnnSpec spec(int symbols) {
    try {
      return RnnSpec.of(Cells.named(cell), symbols, hidden).layers(layers).dropout(dropout).build();
    } catch (IllegalArgumentException e) {
      throw CommandException.usage(e.getMessage());
    }
  }

  /**
   * Factor of the learning rate: a linear rise over the first steps, then half a cosine down to a
   * twentieth at the end of the schedule, and no change after it.
   *
   * @param step 0-based optimiser step
   * @return 0 &lt; factor ≤ 1
   */
  public double rate(long step) {
    double rise = Math.min(100, Math.max(1, schedule / 10.0));
    double done = Math.min(1, (double) step / schedule);
    double fall = 0.05 + 0.95 * 0.5 * (1 + StrictMath.cos(Math.PI * done));
    return Math.min(1, (step + 1) / rise) * fall;
  }

  /**
   * For checkpoints and messages.
   *
   * @return option names and values
   */
  public Map<String, String> toMap() {
    Map<String, String> m = new LinkedHashMap<>();
    m.put("cell", cell);
    m.put("layers", Integer.toString(layers));
    m.put("hidden", Integer.toString(hidden));
    m.put("window", Integer.toString(window));
    m.put("batch", Integer.toString(batch));
    m.put("dropout", Double.toString(dropout));
    m.put("lr", Double.toString(learningRate));
    m.put("clip", Double.toString(clip));
    m.put("seed", Long.toString(seed));
    m.put("schedule", Long.toString(schedule));
    m.put("min-count", Integer.toString(minCount));
    return m;
  }

  /**
   * Reads what {@link #toMap} wrote.
   *
   * @param m option names and values
   * @return the configuration
   * @throws IllegalArgumentException if one is missing or no number
   */
  public static CharsConfig fromMap(Map<String, String> m) {
    for (String key : new String[] {"cell", "layers", "hidden", "window", "batch", "dropout"}) {
      requireKey(m, key);
    }
    for (String key : new String[] {"lr", "clip", "seed", "schedule", "min-count"}) {
      requireKey(m, key);
    }
    return new CharsConfig(
        m.get("cell"),
        Integer.parseInt(m.get("layers")),
        Integer.parseInt(m.get("hidden")),
        Integer.parseInt(m.get("window")),
        Integer.parseInt(m.get("batch")),
        Double.parseDouble(m.get("dropout")),
        Double.parseDouble(m.get("lr")),
        Double.parseDouble(m.get("clip")),
        Long.parseLong(m.get("seed")),
        Long.parseLong(m.get("schedule")),
        Integer.parseInt(m.get("min-count")));
  }

  private static void requireKey(Map<String, String> m, String key) {
    if (!m.containsKey(key)) {
      throw new IllegalArgumentException("options: '" + key + "' is missing");
    }
  }
}
