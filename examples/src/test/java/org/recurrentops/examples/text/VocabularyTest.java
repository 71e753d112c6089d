package org.recurrentops.examples.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class VocabularyTest {
  @Test
  void rareAndUnseenCharactersShareTheReservedSymbol() {
    Vocabulary v = Vocabulary.of("bab\uD83D\uDE00\uD83D\uDE00c", 2);
    assertEquals(2, v.size() - 1, "a and c are rare; b and the emoji are not");
    int[] symbols = v.encode("abz\uD83D\uDE00c");
    assertArrayEquals(new int[] {0, 1, 0, 2, 0}, symbols);
    assertEquals(3, Vocabulary.reserved(symbols));
    assertEquals("b", v.text(1));
    assertEquals("\uD83D\uDE00", v.text(2));
    assertEquals(Vocabulary.RESERVED_TEXT, v.text(0));
  }

  @Test
  void survivesARoundTrip() {
    String text = "The quick brown fox, grün und Σ.";
    Vocabulary v = Vocabulary.of(text, 1);
    Vocabulary w = Vocabulary.restore(v.codePoints());
    assertArrayEquals(v.encode(text), w.encode(text));
    StringBuilder s = new StringBuilder();
    for (int symbol : w.encode(text)) {
      s.append(w.text(symbol));
    }
    assertEquals(text, s.toString());
    assertThrows(IllegalArgumentException.class, () -> Vocabulary.restore(new int[] {'b', 'a'}));
    assertThrows(IllegalArgumentException.class, () -> Vocabulary.restore(new int[] {-1}));
  }
}
