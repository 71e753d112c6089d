package org.recurrentops.examples.lesson;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.recurrentops.Backends;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;

/** The pieces of caption: pictures, table, words. */
class CaptionPartsTest {
  /** A square has 36 pixels of ink, a circle 9π less what its soft edge loses. */
  @Test
  void picturesShowWhatTheirCaptionsSay() {
    FeatureTable drawn = Scenes.draw(300, 4);
    for (int i = 0; i < 300; i++) {
      double ink = 0;
      for (float v : drawn.rows()[i]) {
        ink += v;
      }
      String caption = drawn.captions().get(i);
      double expected = 27.5 * count(caption, "circle") + 36 * count(caption, "square");
      assertEquals(expected, ink, 3, i + ": " + caption);
    }
    assertEquals(9, drawn.words().size(), "and, circle(s), square(s) and four numbers");
    assertEquals(24, drawn.captions().stream().distinct().count());
  }

  private static int count(String caption, String shape) {
    String[] words = caption.split(" ");
    for (int i = 1; i < words.length; i++) {
      if (words[i].startsWith(shape)) {
        int n = List.of("one", "two", "three", "four").indexOf(words[i - 1]) + 1;
        assertTrue(n > 0 && words[i].equals(n == 1 ? shape : shape + "s"), caption);
        return n;
      }
    }
    return 0;
  }

  @Test
  void everyFifthRowIsHeldOutAndScaledByTheOthers() {
    float[][] rows = new float[10][];
    List<String> captions = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      rows[i] = new float[] {i, 5, i % 5 == 2 ? 1000 : i % 2};
      captions.add(i < 4 ? "b" : i < 8 ? "a" : "c" + i);
    }
    FeatureTable all = new FeatureTable(rows, captions);
    FeatureTable known = all.part(false);
    assertEquals(List.of("b", "a"), all.part(true).captions());
    assertEquals(8, known.rows().length);
    assertEquals("a", known.mostFrequent());
    assertEquals("b", known.nearest(new float[] {1.2f, 5, 1}));
    FeatureTable scaled = known.scaledLike(known);
    double[] sums = new double[3];
    double[] squares = new double[3];
    for (float[] row : scaled.rows()) {
      for (int f = 0; f < 3; f++) {
        sums[f] += row[f];
        squares[f] += row[f] * row[f];
      }
    }
    assertArrayEquals(new double[] {0, 0, 0}, sums, 1e-5);
    assertArrayEquals(new double[] {8, 0, 8}, squares, 1e-5);
    assertTrue(all.part(true).scaledLike(known).rows()[0][2] > 1000, "scaled by the known rows");
    assertArrayEquals(new float[] {3, 5, 1, 0, 5, 0}, all.gather(new int[] {3, 0}));
  }

  @Test
  void wordsBecomeSymbolsAndTheAnswerEndsOnce() {
    Decoder decoder = new Decoder(List.of("a", "hill", "red"), " ");
    List<String> answers = List.of("red hill", "a");
    assertEquals(5, decoder.symbols());
    assertArrayEquals(new int[] {3, 3, 2, 0, 1, 4, 4, 4}, decoder.inputs(answers, 4));
    assertArrayEquals(new int[] {2, 0, 1, 4, 4, -1, -1, -1}, decoder.targets(answers, 4));
  }

  /** One search over many rows says what a beam of one says for each. */
  @Test
  void greedyIsABeamOfOne() {
    Decoder decoder = new Decoder(List.of("x", "y", "z"), " ");
    RnnSpec rnn = RnnSpec.gru(decoder.symbols(), 6).build();
    try (RecurrentOps ops = Backends.open("cpu")) {
      Network net = new Network(ops, rnn, decoder.symbols(), 5, 33, 0.01, 2);
      Tensor h0 = ops.allocate(1, 33, 6);
      Random random = new Random(6);
      float[] states = new float[33 * 6];
      for (int i = 0; i < states.length; i++) {
        states[i] = 3 * (float) random.nextGaussian();
      }
      h0.upload(states);
      List<String> all = decoder.greedy(ops, net, rnn, h0, 5);
      for (int n = 0; n < 33; n++) {
        assertEquals(decoder.search(ops, net, rnn, h0.slice(1, n, n + 1), 1, 5), all.get(n));
      }
      assertTrue(all.stream().distinct().count() > 3, all.toString());
    }
  }

  /** Five rows, four features and three units with a target that some linear map has. */
  @Test
  void theMapToFirstStatesLearns() {
    try (RecurrentOps ops = Backends.open("cpu")) {
      Projection map = new Projection(ops, 4, 3, 5, 0.05, 8);
      Random random = new Random(9);
      float[] features = new float[5 * 4];
      for (int i = 0; i < features.length; i++) {
        features[i] = (float) random.nextGaussian();
      }
      Tensor x = ops.allocate(5, 4);
      x.upload(features);
      Tensor dh0 = ops.allocate(1, 5, 3);
      double first = 0;
      double last = 0;
      for (int step = 0; step < 400; step++) {
        float[] h0 = map.forward(x).toFloats();
        float[] error = new float[h0.length];
        last = 0;
        for (int k = 0; k < h0.length; k++) {
          int row = k / 3 * 4;
          error[k] = h0[k] - (2 * features[row + k % 3] - features[row + 3] + k % 3);
          last += error[k] * error[k];
        }
        first = step == 0 ? last : first;
        dh0.upload(error);
        map.learn(x, dh0, 1);
      }
      assertTrue(last < 1e-3 * first, first + " to " + last);
    }
  }
}
