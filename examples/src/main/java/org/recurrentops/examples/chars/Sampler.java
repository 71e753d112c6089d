package org.recurrentops.examples.chars;

import org.recurrentops.DType;
import org.recurrentops.Forward;
import org.recurrentops.ForwardArgs;
import org.recurrentops.Philox;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Tensor;
import org.recurrentops.examples.text.Vocabulary;

/** Writes text: draws one symbol after the other from the model's softmax, and feeds it back. */
public final class Sampler {
  private final CharModel model;
  private final Vocabulary vocabulary;

  /**
   * Prepares to write.
   *
   * @param model trained
   * @param vocabulary its symbols
   */
  public Sampler(CharModel model, Vocabulary vocabulary) {
    this.model = model;
    this.vocabulary = vocabulary;
  }

  /**
   * Writes.
   *
   * @param prime text to continue, not empty
   * @param length characters to write after it
   * @param temperature divides the logits; towards 0 the likeliest symbol is taken
   * @param seed of the draws
   * @return the characters after the prime
   */
  public String sample(String prime, int length, double temperature, long seed) {
    int v = vocabulary.size();
    StringBuilder written = new StringBuilder();
    try (RecurrentPlan plan = model.ops().plan(model.spec(), PlanOptions.inference(1, 1));
        CarriedState state = new CarriedState(model.ops(), model.spec(), 1);
        Tensor x = model.ops().allocate(DType.I32, 1, 1);
        Tensor y = model.ops().allocate(1, 1, model.spec().outputSize());
        Tensor logits = model.ops().allocate(1, 1, v)) {
      ForwardArgs args = ForwardArgs.of(model.layers(model.params()), x, y);
      Forward forward = plan.bindForward(state.carry(args), null);
      float[] scores = new float[v];
      int[] fed = new int[1];
      for (int symbol : vocabulary.encode(prime)) {
        fed[0] = symbol;
        x.upload(fed);
        forward.run();
      }
      for (int i = 0; i < length; i++) {
        model.head().forward(model.headOf(model.params()), y, logits);
        logits.download(scores);
        int word = Philox.word(seed, i, 0, 0, 0x5A3F, 0);
        int symbol = draw(scores, temperature, Philox.uniform(word));
        written.append(vocabulary.text(symbol));
        fed[0] = symbol;
        x.upload(fed);
        forward.run();
      }
    }
    return written.toString();
  }

  /**
   * Draws from softmax(scores / temperature), never the reserved symbol.
   *
   * @param scores one per symbol, at least two
   * @param temperature positive
   * @param uniform in [0, 1)
   * @return the symbol
   */
  static int draw(float[] scores, double temperature, double uniform) {
    int first = Vocabulary.RESERVED + 1;
    int best = first;
    for (int i = first; i < scores.length; i++) {
      best = scores[i] > scores[best] ? i : best;
    }
    double total = 0;
    for (int i = first; i < scores.length; i++) {
      total += Math.exp((scores[i] - scores[best]) / temperature);
    }
    double rest = uniform * total;
    for (int i = first; i < scores.length; i++) {
      rest -= Math.exp((scores[i] - scores[best]) / temperature);
      if (rest < 0) {
        return i;
      }
    }
    return best;
  }
}
