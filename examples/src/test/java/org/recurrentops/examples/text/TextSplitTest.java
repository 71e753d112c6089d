package org.recurrentops.examples.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.recurrentops.examples.CommandException;

class TextSplitTest {
  private static String prose(long seed, int length) {
    Random random = new Random(seed);
    StringBuilder s = new StringBuilder();
    while (s.length() < length) {
      s.append((char) ('a' + random.nextInt(26)));
    }
    return s.toString();
  }

  private static List<SourceText> files(int count) {
    List<SourceText> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      texts.add(new SourceText("f" + i, prose(i, 400 + 37 * i)));
    }
    return texts;
  }

  @Test
  void holdsOutWholeFilesByTheSeed() {
    List<SourceText> texts = files(40);
    Set<List<String>> choices = new HashSet<>();
    for (long seed = 1; seed <= 5; seed++) {
      TextSplit s = TextSplit.of(texts, seed, 10);
      assertEquals(s, TextSplit.of(texts, seed, 10), "seed " + seed);
      Set<String> both = new HashSet<>(s.trainingNames());
      both.addAll(s.validationNames());
      assertEquals(40, both.size());
      assertEquals(40, s.trainingNames().size() + s.validationNames().size());
      double share = s.validation().length() / (double) (s.training() + s.validation()).length();
      assertTrue(share >= 0.1 && share < 0.2, "seed " + seed + ": " + share);
      assertEquals(0, s.overlap());
      choices.add(s.validationNames());
    }
    assertTrue(choices.size() > 1, "every seed held out the same files");
  }

  @Test
  void dropsHeldOutCopies() {
    // Every file twice, re-indented: whichever is held out, its twin may be in training.
    List<SourceText> texts = files(20);
    for (SourceText t : files(20)) {
      texts.add(new SourceText("copy/" + t.name(), t.content().replaceAll("(.{40})", "$1\n  ")));
    }
    int dropped = 0;
    for (long seed = 1; seed <= 6; seed++) {
      TextSplit s;
      try {
        s = TextSplit.of(texts, seed, 10);
      } catch (CommandException e) {
        assertTrue(e.getMessage().contains("copy of a training file"), e.getMessage());
        dropped++;
        continue;
      }
      dropped += s.dropped().size();
      assertTrue(s.overlap() < 0.5, "seed " + seed + ": " + s.overlap());
      for (String name : s.validationNames()) {
        String twin = name.startsWith("copy/") ? name.substring(5) : "copy/" + name;
        assertFalse(s.trainingNames().contains(twin), "seed " + seed + ": " + name);
      }
    }
    assertTrue(dropped > 0, "no copy was ever held out: the test shows nothing");
  }

  @Test
  void cutsASingleFileWithAGap() {
    String text = prose(9, 5000);
    Set<String> held = new HashSet<>();
    for (long seed = 1; seed <= 4; seed++) {
      TextSplit s = TextSplit.of(List.of(new SourceText("book", text)), seed, 64);
      assertEquals(500, s.validation().length());
      int at = text.indexOf(s.validation());
      int before = Math.max(0, at - 64);
      int after = Math.min(5000, at + 500 + 64);
      assertEquals(text.substring(0, before) + text.substring(after), s.training());
      assertEquals(0, s.overlap());
      held.add(s.validation());
    }
    assertEquals(4, held.size(), "seeds hold out different blocks");
  }

  @Test
  void measuresOverlapOfARepetitiveFile() {
    TextSplit s = TextSplit.of(List.of(new SourceText("r", "hello world ".repeat(500))), 1, 8);
    assertEquals(1, s.overlap(), 1e-9);
  }

  @Test
  void refusesWhatCannotBeSplit() {
    CommandException tiny =
        assertThrows(
            CommandException.class,
            () -> TextSplit.of(List.of(new SourceText("tiny", "abcde")), 1, 64));
    assertEquals(2, tiny.exitCode());
    String same = prose(3, 900);
    CommandException copies =
        assertThrows(
            CommandException.class,
            () ->
                TextSplit.of(List.of(new SourceText("a", same), new SourceText("b", same)), 1, 10));
    assertTrue(copies.getMessage().contains("copy of a training file"), copies.getMessage());
  }

  @Test
  void shortCopiesAreCopies() {
    WindowPrints prints = WindowPrints.of(List.of(new SourceText("a", "short text")));
    assertEquals(1, prints.containment("shorttext"));
    assertEquals(0, prints.containment("short test"));
  }

  @Test
  void fingerprintNamesBothParts() {
    TextSplit a = TextSplit.of(files(20), 1, 10);
    assertEquals(a.fingerprint(), TextSplit.of(files(20), 1, 10).fingerprint());
    assertNotEquals(a.fingerprint(), TextSplit.of(files(21), 1, 10).fingerprint());
    assertNotEquals(a.fingerprint(), TextSplit.of(files(20), 2, 10).fingerprint());
  }
}
