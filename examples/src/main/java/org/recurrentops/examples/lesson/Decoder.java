package org.recurrentops.examples.lesson;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
  private final List<String> words;
  private final Map<String, Integer> index = new HashMap<>();
  private final String gap;
  private final int start;
  private final int end;

  /** One unfinished or finished answer. */
  private record Answer(List<String> said, double logProbability, int row, int next) {}

  /**
   * A language: its words, start and end.
   *
   * @param words that answers consist of, each once
   * @param gap what stands between two words; empty if words are single characters
   */
  public Decoder(List<String> words, String gap) {
    this.words = List.copyOf(words);
    this.gap = gap;
    for (String w : words) {
      index.put(w, index.size());
    }
    start = words.size();
    end = start + 1;
  }

  /**
   * Number of symbols, V.
   *
   * @return words, start and end
   */
  public int symbols() {
    return end + 1;
  }

  /**
   * Teacher forcing: start, then the answer.
   *
   * @param answers N texts
   * @param steps T
   * @return [T,N]
   */
  public int[] inputs(List<String> answers, int steps) {
    return symbols(answers, steps, 1, end);
  }

  /**
   * What is to be said: the answer, then the end, then nothing.
   *
   * @param answers N texts
   * @param steps T
   * @return [T,N], -1 for steps that do not count
   */
  public int[] targets(List<String> answers, int steps) {
    return symbols(answers, steps, 0, -1);
  }

  private int[] symbols(List<String> answers, int steps, int delay, int beyond) {
    int[] symbols = new int[steps * answers.size()];
    for (int n = 0; n < answers.size(); n++) {
      String[] said = answers.get(n).split(gap);
      for (int t = 0; t < steps; t++) {
        int i = t - delay;
        int last = i == said.length ? end : beyond;
        symbols[t * answers.size() + n] =
            i < 0 ? start : i < said.length ? index.get(said[i]) : last;
      }
    }
    return symbols;
  }

  /**
   * The likeliest symbol at every step, for many rows at once.
   *
   * @param ops the device
   * @param network trained
   * @param rnn its layers
   * @param h0 [1,N,H]
   * @param steps most symbols
   * @return N texts
   */
  public List<String> greedy(RecurrentOps ops, Network network, RnnSpec rnn, Tensor h0, int steps) {
    int rows = (int) h0.dim(1);
    List<List<String>> said = new ArrayList<>();
    int[] next = new int[rows];
    for (int n = 0; n < rows; n++) {
      said.add(new ArrayList<>());
      next[n] = start;
    }
    try (RecurrentPlan plan = ops.plan(rnn, PlanOptions.inference(1, rows));
        PackedWeights weights = plan.pack(network.layerParams());
        InferenceSession session = plan.newSession(weights);
        Tensor x = ops.allocate(DType.I32, rows);
        Tensor y = ops.allocate(rows, rnn.hiddenSize());
        Tensor scores = ops.allocate(rows, symbols())) {
      session.importState(h0, null);
      for (int t = 0; t < steps; t++) {
        x.upload(next);
        session.step(x, y);
        network.score(y, scores);
        int[] best = Scores.best(scores.toFloats(), symbols());
        for (int n = 0; n < rows; n++) { // a row that has ended says nothing more
          next[n] = t > 0 && next[n] >= start ? end : best[n];
          if (next[n] < start) {
            said.get(n).add(words.get(next[n]));
          }
        }
      }
    }
    return said.stream().map(s -> String.join(gap, s)).toList();
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
   * @return a text
   */
  public String search(
      RecurrentOps ops, Network network, RnnSpec rnn, Tensor h0, int width, int steps) {
    List<Answer> beam = new ArrayList<>(List.of(new Answer(List.of(), 0, 0, start)));
    List<Answer> done = new ArrayList<>();
    try (RecurrentPlan plan = ops.plan(rnn, PlanOptions.inference(1, width));
        PackedWeights weights = plan.pack(network.layerParams());
        InferenceSession session = plan.newSession(weights);
        Tensor x = ops.allocate(DType.I32, width);
        Tensor y = ops.allocate(width, rnn.hiddenSize());
        Tensor scores = ops.allocate(width, symbols())) {
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
    Answer best = done.stream().max(Comparator.comparingDouble(Answer::logProbability)).get();
    return String.join(gap, best.said());
  }

  /** The best continuations; those that end are set aside. */
  private List<Answer> extend(List<Answer> beam, float[] p, int width, List<Answer> done) {
    List<Answer> all = new ArrayList<>();
    for (int r = 0; r < beam.size(); r++) {
      Answer a = beam.get(r);
      for (int k = 0; k < symbols(); k++) {
        double log = a.logProbability() + Math.log(p[r * symbols() + k] + 1e-30);
        List<String> said = new ArrayList<>(a.said());
        if (k < start) {
          said.add(words.get(k));
        }
        all.add(new Answer(said, log, r, k));
      }
    }
    all.sort(Comparator.comparingDouble(Answer::logProbability).reversed());
    List<Answer> best = all.subList(0, width);
    best.stream().filter(a -> a.next() >= start).forEach(done::add);
    return new ArrayList<>(best.stream().filter(a -> a.next() < start).toList());
  }
}
