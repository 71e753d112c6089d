package org.recurrentops.examples.text;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import org.recurrentops.Philox;
import org.recurrentops.examples.CommandException;

/**
 * Training and validation text. Of several files whole ones are held out, about {@link #PERCENT} of
 * the text; a held-out file more than half of which also stands in a training file is dropped. A
 * single file is cut: one block is held out, with a gap on both sides. The seed decides which.
 *
 * @param training what the model is fitted to
 * @param validation what it is judged by
 * @param trainingNames files of the former
 * @param validationNames files of the latter
 * @param dropped held-out files left out because they are copies
 * @param overlap part of validation's 48-character windows that also stand in training, 0 … 1
 */
public record TextSplit(
    String training,
    String validation,
    List<String> trainingNames,
    List<String> validationNames,
    List<String> dropped,
    double overlap) {
  /** Part of the text that is held out. */
  public static final int PERCENT = 10;

  private static final double COPY = 0.5;

  /**
   * Splits.
   *
   * @param texts at least one
   * @param seed decides what is held out
   * @param gap characters left out between the parts of a single file
   * @return the parts
   * @throws CommandException if nothing is left for one of them
   */
  public static TextSplit of(List<SourceText> texts, long seed, int gap) {
    return texts.size() == 1 ? byPosition(texts.get(0), seed, gap) : byFile(texts, seed);
  }

  private static TextSplit byPosition(SourceText text, long seed, int gap) {
    String s = text.content();
    int held = s.length() / PERCENT;
    int from = (int) ((long) (s.length() - held) * uniform24(seed, 0) >>> 24);
    int gapStart = Math.max(0, from - gap);
    int gapEnd = Math.min(s.length(), from + held + gap);
    String training = s.substring(0, gapStart) + s.substring(gapEnd);
    String validation = s.substring(from, from + held);
    if (training.isEmpty() || validation.isEmpty()) {
      throw CommandException.usage(
          "text: "
              + text.name()
              + " is too short: "
              + s.length()
              + " characters cannot be split with a gap of "
              + gap
              + "; give a longer text or lower --window");
    }
    String name = text.name();
    return new TextSplit(
        training,
        validation,
        List.of(name + " [0, " + gapStart + ") and [" + gapEnd + ", " + s.length() + ")"),
        List.of(name + " [" + from + ", " + (from + held) + ")"),
        List.of(),
        overlap(List.of(new SourceText(name, training)), validation));
  }

  private static TextSplit byFile(List<SourceText> texts, long seed) {
    List<SourceText> training = new ArrayList<>(texts);
    List<SourceText> held = heldOut(texts, seed);
    training.removeAll(held);
    WindowPrints prints = WindowPrints.of(training);
    List<SourceText> kept = new ArrayList<>();
    List<String> dropped = new ArrayList<>();
    for (SourceText t : held) {
      if (prints.containment(t.content()) > COPY) {
        dropped.add(t.name());
      } else {
        kept.add(t);
      }
    }
    if (kept.isEmpty()) {
      throw CommandException.usage(
          "text: every held-out file ("
              + String.join(", ", dropped)
              + ") is a copy of a training file; give more different files, or a single one");
    }
    String validation = join(kept);
    return new TextSplit(
        join(training),
        validation,
        names(training),
        names(kept),
        dropped,
        overlap(training, validation));
  }

  /** Files in seeded order until the share is reached; none larger than twice the share. */
  private static List<SourceText> heldOut(List<SourceText> texts, long seed) {
    long total = texts.stream().mapToLong(t -> t.content().length()).sum();
    long share = Math.max(1, total * PERCENT / 100);
    List<SourceText> order = new ArrayList<>(texts);
    order.sort(
        Comparator.<SourceText>comparingInt(t -> uniform24(seed, t.name().hashCode()))
            .thenComparing(SourceText::name));
    List<SourceText> held = new ArrayList<>();
    long taken = 0;
    for (SourceText t : order) {
      if (taken < share && t.content().length() <= 2 * share) {
        held.add(t);
        taken += t.content().length();
      }
    }
    if (held.isEmpty()) {
      order.stream()
          .min(Comparator.comparingInt((SourceText t) -> t.content().length()))
          .ifPresent(held::add);
    }
    return held;
  }

  private static int uniform24(long seed, int counter) {
    return Philox.word(seed, counter, 0, 0, 0x5911, 0) >>> 8;
  }

  private static double overlap(List<SourceText> training, String validation) {
    return WindowPrints.of(training).containment(validation);
  }

  private static String join(List<SourceText> texts) {
    StringBuilder s = new StringBuilder();
    texts.forEach(t -> s.append(t.content()));
    return s.toString();
  }

  private static List<String> names(List<SourceText> texts) {
    return texts.stream().map(SourceText::name).toList();
  }

  /**
   * Names both parts.
   *
   * @return SHA-256 over training and validation, in hexadecimal
   */
  public String fingerprint() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(training.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
      digest.update(validation.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
