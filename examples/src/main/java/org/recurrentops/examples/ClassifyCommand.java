package org.recurrentops.examples;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import org.recurrentops.DType;
import org.recurrentops.LossOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;
import org.recurrentops.examples.lesson.ByteBag;
import org.recurrentops.examples.lesson.Network;
import org.recurrentops.examples.lesson.Picture;
import org.recurrentops.examples.lesson.Scores;
import org.recurrentops.examples.lesson.Snippets;
import org.recurrentops.examples.lesson.TrainingBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Many-to-one: a piece of text in, its kind out. */
@Command(
    name = "classify",
    description = {
      "Says which kind of file of this project a snippet is from. Snippets of different lengths",
      "lie in one batch; each is judged by the state after its own last character."
    },
    sortOptions = false,
    footer = {"", "Examples:", "  classify", "  classify --two     Java or Markdown, one sigmoid"})
final class ClassifyCommand implements Callable<Integer> {
  private static final String[] KINDS = {".java", ".md", ".xml", ".cl", ".cu", ".cpp"};
  private static final String[] TWO = {".java", ".md"};
  private static final int N = 48;
  private static final int TEST_BATCHES = 12;

  @Spec private CommandSpec spec;
  @Mixin private LessonOptions lesson;

  @Option(names = "--two", description = "Java against Markdown, with a sigmoid head.")
  private boolean two;

  @Option(
      names = "--length",
      description =
          "Longest snippet, 8 … 1000; the shortest has a third. Default: ${DEFAULT-VALUE}",
      defaultValue = "48")
  private int length;

  private final List<Snippets> sources = new ArrayList<>();
  private final int[] lengths = new int[N];
  private final int[] kinds = new int[N];
  private final List<String> pieces = new ArrayList<>();

  @Override
  public Integer call() {
    if (length < 8 || length > 1000) {
      throw CommandException.usage("--length: expected 8 … 1000, got " + length);
    }
    Path picture = lesson.picture();
    int steps = lesson.steps(two ? 500 : 900);
    String[] names = two ? TWO : KINDS;
    List.of(names).forEach(kind -> sources.add(new Snippets(kind, length)));
    try (RecurrentOps ops = lesson.open()) {
      RnnSpec gru = RnnSpec.gru(Snippets.SYMBOLS, 64).build();
      int outputs = two ? 1 : names.length;
      Network net = new Network(ops, gru, outputs, length, N, 0.006, lesson.seed());
      Tensor x = ops.allocate(DType.I32, length, N);
      Tensor target = two ? ops.allocate(N, 1) : ops.allocate(DType.I32, N);
      ByteBag bag = new ByteBag(names.length);
      Random random = new Random(lesson.seed());
      TrainingBar.run(
          "classify",
          steps,
          spec.commandLine().getErr(),
          step -> {
            x.upload(draw(random, false));
            for (int n = 0; n < N; n++) {
              bag.learn(pieces.get(n), kinds[n]);
            }
            Tensor score = net.lastStep(x, lengths);
            loss(ops, net, score, target);
            net.backLastStep(x, score);
            net.update(Scores.rate(step, steps));
            return net.lossAt(step);
          });
      int[][] confusion = new int[names.length][names.length];
      int right = 0;
      int rightBag = 0;
      Random dice = new Random(lesson.seed() + 1);
      for (int b = 0; b < TEST_BATCHES; b++) {
        x.upload(draw(dice, true));
        float[] scores = net.lastStep(x, lengths).toFloats();
        for (int n = 0; n < N; n++) {
          int said = two ? (scores[n] > 0 ? 1 : 0) : Scores.best(scores, outputs)[n];
          confusion[kinds[n]][said]++;
          right += said == kinds[n] ? 1 : 0;
          rightBag += bag.guess(pieces.get(n)) == kinds[n] ? 1 : 0;
        }
      }
      double all = N * TEST_BATCHES / 100.0;
      int most = Scores.largestRow(confusion);
      PrintWriter out = spec.commandLine().getOut();
      out.printf(
          "majority    %.1f %% of %d snippets of files held out%n", most / all, N * TEST_BATCHES);
      out.printf("byte bag    %.1f %%, naive Bayes on the same snippets%n", rightBag / all);
      out.printf("network     %.1f %%%n", right / all);
      Picture.matrix("Which kind is it?", names, confusion).write(picture);
      out.println("picture     " + picture);
      return 0;
    }
  }

  /** Softmax cross-entropy, or for two kinds sigmoid; the gradient replaces the scores. */
  private void loss(RecurrentOps ops, Network net, Tensor score, Tensor target) {
    if (two) {
      float[] one = new float[N];
      for (int n = 0; n < N; n++) {
        one[n] = kinds[n];
      }
      target.upload(one);
      ops.math().sigmoidCrossEntropy(score, target, LossOptions.mean(), net.loss(), score);
    } else {
      target.upload(kinds);
      ops.math().softmaxCrossEntropy(score, target, LossOptions.mean(), net.loss(), score);
    }
  }

  /** Fills lengths, kinds and pieces; returns the symbols [T,N]. */
  private int[] draw(Random random, boolean held) {
    int[] symbols = new int[length * N];
    pieces.clear();
    for (int n = 0; n < N; n++) {
      kinds[n] = random.nextInt(sources.size());
      lengths[n] = length / 3 + random.nextInt(length - length / 3 + 1);
      String piece = sources.get(kinds[n]).piece(random, held, lengths[n]);
      pieces.add(piece);
      for (int t = 0; t < lengths[n]; t++) {
        symbols[t * N + n] = Snippets.symbol(piece.charAt(t));
      }
    }
    return symbols;
  }
}
