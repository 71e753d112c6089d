package org.recurrentops.examples.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class BigramTest {
  @Test
  void countsAndSmooths() {
    Bigram b = Bigram.fit(new int[] {1, 2, 1, 2, 1, 1}, 3);
    double alpha = Bigram.ALPHA;
    assertEquals((2 + alpha) / (3 + 3 * alpha), b.probability(1, 2), 1e-15);
    assertEquals((1 + alpha) / (3 + 3 * alpha), b.probability(1, 1), 1e-15);
    assertEquals(1 / 3.0, b.probability(0, 2), 1e-15);
    double expected = -Math.log(b.probability(2, 1)) - Math.log(b.probability(1, 0));
    assertEquals(expected / 2, b.crossEntropy(new int[] {2, 1, 0, 2}, 2), 1e-12);
  }

  @Test
  void probabilitiesSumToOne() {
    int[] text = new Random(5).ints(2000, 0, 7).toArray();
    Bigram b = Bigram.fit(text, 9);
    for (int first = 0; first < 9; first++) {
      double sum = 0;
      for (int second = 0; second < 9; second++) {
        sum += b.probability(first, second);
      }
      assertEquals(1, sum, 1e-12, "after " + first);
    }
  }

  @Test
  void findsTheEntropyOfAMarkovChain() {
    // After a comes b with 0.9; after b comes a with 0.5: entropy rate known in closed form.
    Random random = new Random(11);
    int[] text = new int[200_001];
    for (int i = 1; i < text.length; i++) {
      double other = text[i - 1] == 0 ? 0.9 : 0.5;
      text[i] = random.nextDouble() < other ? 1 - text[i - 1] : text[i - 1];
    }
    double ofA = 0.5 / 1.4;
    double rate = ofA * entropy(0.9) + (1 - ofA) * entropy(0.5);
    double measured = Bigram.fit(text, 2).crossEntropy(text, text.length - 1);
    assertTrue(Math.abs(measured - rate) < 0.01, measured + " against " + rate);
  }

  private static double entropy(double p) {
    return -p * Math.log(p) - (1 - p) * Math.log(1 - p);
  }
}
