package org.recurrentops.examples;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Callable;
import org.recurrentops.DType;
import org.recurrentops.LossOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;
import org.recurrentops.examples.lesson.JavaTokens;
import org.recurrentops.examples.lesson.Network;
import org.recurrentops.examples.lesson.Scores;
import org.recurrentops.examples.lesson.Snippets;
import org.recurrentops.examples.lesson.TagSheet;
import org.recurrentops.examples.lesson.TrainingBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Many-to-many: a character in, what it is part of out; with and without the right context. */
@Command(
    name = "tag",
    description = {
      "Labels every character of Java source as comment, string, number, identifier, keyword or",
      "other, once reading forward only and once in both directions."
    },
    sortOptions = false,
    footer = {"", "Example:", "  tag --steps 300"})
final class TagCommand implements Callable<Integer> {
  private static final int T = 48;
  private static final int N = 32;
  private static final int O = JavaTokens.LABELS.size();
  private static final int TEST_BATCHES = 10;

  @Spec private CommandSpec spec;
  @Mixin private LessonOptions lesson;

  private final int[] symbols = new int[T * N];
  private final int[] labels = new int[T * N];
  private final int[][] shown = new int[2][];

  @Override
  public Integer call() {
    Path picture = lesson.picture();
    Snippets source = new Snippets(".java", T);
    PrintWriter out = spec.commandLine().getOut();
    double[] accuracy = new double[2];
    try (RecurrentOps ops = lesson.open()) {
      // Two directions of 40 units have about as many parameters as one of 64.
      accuracy[0] = learn(ops, "forward", RnnSpec.gru(Snippets.SYMBOLS, 64).build(), source, 0);
      RnnSpec both = RnnSpec.gru(Snippets.SYMBOLS, 40).bidirectional().build();
      accuracy[1] = learn(ops, "both ways", both, source, 1);
    }
    int[] counts = new int[O];
    for (int b = 0; b < TEST_BATCHES; b++) {
      draw(source, new Random(lesson.seed() + 1000 + b), true);
      for (int label : labels) {
        counts[label]++;
      }
    }
    double most = Arrays.stream(counts).max().orElse(0);
    out.printf(
        "majority    %.2f %% of characters in files held out%n",
        100 * most / (TEST_BATCHES * T * N));
    out.printf("forward     %.2f %%%n", accuracy[0]);
    out.printf("both ways   %.2f %%, %.2f points more%n", accuracy[1], accuracy[1] - accuracy[0]);
    draw(source, new Random(lesson.seed() + 1000), true);
    TagSheet.draw(symbols, new int[][] {labels, shown[0], shown[1]}, T).write(picture);
    out.println("picture     " + picture);
    return 0;
  }

  private double learn(RecurrentOps ops, String name, RnnSpec rnn, Snippets source, int which) {
    int steps = lesson.steps(700);
    Network net = new Network(ops, rnn, O, T, N, 0.008, lesson.seed());
    Tensor x = ops.allocate(DType.I32, T, N);
    Tensor target = ops.allocate(DType.I32, T, N);
    Random random = new Random(lesson.seed());
    TrainingBar.run(
        name,
        steps,
        spec.commandLine().getErr(),
        step -> {
          draw(source, random, false);
          x.upload(symbols);
          target.upload(labels);
          Tensor scores = net.everyStep(x, null, null);
          ops.math().softmaxCrossEntropy(scores, target, LossOptions.mean(), net.loss(), scores);
          net.backEveryStep(x, scores, null);
          net.update(Scores.rate(step, steps));
          return net.lossAt(step);
        });
    int right = 0;
    for (int b = 0; b < TEST_BATCHES; b++) {
      draw(source, new Random(lesson.seed() + 1000 + b), true);
      x.upload(symbols);
      int[] said = Scores.best(net.everyStep(x, null, null).toFloats(), O);
      shown[which] = b == 0 ? said : shown[which];
      for (int i = 0; i < said.length; i++) {
        right += said[i] == labels[i] ? 1 : 0;
      }
    }
    return 100.0 * right / (TEST_BATCHES * T * N);
  }

  /** Windows that begin anywhere in a file, which the tokenizer has read from its start. */
  private void draw(Snippets source, Random random, boolean held) {
    for (int n = 0; n < N; n++) {
      String file = source.file(random, held);
      int[] truth = JavaTokens.label(file);
      int from = random.nextInt(file.length() - T);
      for (int t = 0; t < T; t++) {
        symbols[t * N + n] = Snippets.symbol(file.charAt(from + t));
        labels[t * N + n] = truth[from + t];
      }
    }
  }
}
