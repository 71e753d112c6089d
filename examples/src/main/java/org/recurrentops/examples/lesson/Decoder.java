package org.recurrentops.examples.lesson;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.recurrentops.DType;
import org.recurrentops.InferenceSession;
import org.recurrentops.PackedWeights;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;

/** Writes answers symbol by symbol, from a first state; greedily or with a beam. */
public final class Decoder {
  /** Letters that words are read in: a … z, hyphen, space. */
  public static final int LETTERS = 28;

  /** Symbols that answers are written in: ten digits, start, end. */
  public static final int SYMBOLS = 12;

  private static final int START = 10;
  private static final int END = 11;

  /** One unfinished or finished answer. */
  private record Answer(String text, double logProbability, int row, int next) {}

  private Decoder() {}

  /**
   * The symbol of a letter.
   *
   * @param c a … z, hyphen or space
   * @return in [0, {@link #LETTERS})
   */
  public static int letter(char c) {
    return c == '-' ? 26 : c == ' ' ? 27 : c - 'a';
  }

  /**
   * Teacher forcing: start, then the answer.
   *
   * @param answers N texts of digits
   * @param steps T
   * @return [T,N]
   */
  public static int[] inputs(List<String> answers, int steps) {
    int[] symbols = new int[steps * answers.size()];
    for (int i = 0; i < symbols.length; i++) {
      String a = answers.get(i % answers.size());
      int t = i / answers.size();
      symbols[i] = t == 0 ? START : t <= a.length() ? a.charAt(t - 1) - '0' : END;
    }
    return symbols;
  }

  /**
   * What is to be said: the answer, then the end, then nothing.
   *
   * @param answers N texts of digits
   * @param steps T
   * @return [T,N], -1 for steps that do not count
   */
  public static int[] targets(List<String> answers, int steps) {
    int[] symbols = new int[steps * answers.size()];
    for (int i = 0; i < symbols.length; i++) {
      String a = answers.get(i % answers.size());
      int t = i / answers.size();
      symbols[i] = t < a.length() ? a.charAt(t) - '0' : t == a.length() ? END : -1;
    }
    return symbols;
  }

  /**
   * The likeliest answer found.
   *
   * @param ops the device
   * @param network trained
   * @param rnn its layers
   * @param h0 [1,1,H]
   * @param width answers kept at each step; 1 is greedy
   * @param steps most symbols
   * @return text of digits
   */
  public static String search(
      RecurrentOps ops, Network network, RnnSpec rnn, Tensor h0, int width, int steps) {
    List<Answer> beam = new ArrayList<>(List.of(new Answer("", 0, 0, START)));
    List<Answer> done = new ArrayList<>();
    try (RecurrentPlan plan = ops.plan(rnn, PlanOptions.inference(1, width));
        PackedWeights weights = plan.pack(network.layerParams());
        InferenceSession session = plan.newSession(weights);
        Tensor x = ops.allocate(DType.I32, width);
        Tensor y = ops.allocate(width, rnn.hiddenSize());
        Tensor scores = ops.allocate(width, SYMBOLS)) {
      session.importState(h0, null);
      for (int t = 0; t < steps && !beam.isEmpty(); t++) {
        int n = beam.size();
        x.slice(0, 0, n).upload(beam.stream().mapToInt(Answer::next).toArray());
        Tensor logits = scores.slice(0, 0, n);
        session.step(x.slice(0, 0, n), y.slice(0, 0, n));
        network.score(y.slice(0, 0, n), logits);
        ops.math().softmax(logits, logits);
        beam = extend(beam, logits.toFloats(), width, done);
        if (!beam.isEmpty()) {
          session.gatherRows(beam.stream().mapToInt(Answer::row).toArray());
        }
      }
    }
    done.addAll(beam);
    return done.stream().max(Comparator.comparingDouble(Answer::logProbability)).get().text();
  }

  /** The best continuations; those that end are set aside. */
  private static List<Answer> extend(List<Answer> beam, float[] p, int width, List<Answer> done) {
    List<Answer> all = new ArrayList<>();
    for (int r = 0; r < beam.size(); r++) {
      Answer a = beam.get(r);
      for (int k = 0; k < SYMBOLS; k++) {
        double log = a.logProbability() + Math.log(p[r * SYMBOLS + k] + 1e-30);
        all.add(new Answer(k < START ? a.text() + k : a.text(), log, r, k));
      }
    }
    all.sort(Comparator.comparingDouble(Answer::logProbability).reversed());
    List<Answer> best = all.subList(0, width);
    best.stream().filter(a -> a.next() >= START).forEach(done::add);
    return new ArrayList<>(best.stream().filter(a -> a.next() < START).toList());
  }
}
