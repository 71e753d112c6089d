package org.recurrentops.examples;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.recurrentops.DType;
import org.recurrentops.LossOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;
import org.recurrentops.examples.lesson.CaptionSheet;
import org.recurrentops.examples.lesson.Decoder;
import org.recurrentops.examples.lesson.FeatureTable;
import org.recurrentops.examples.lesson.Network;
import org.recurrentops.examples.lesson.Projection;
import org.recurrentops.examples.lesson.Scenes;
import org.recurrentops.examples.lesson.Scores;
import org.recurrentops.examples.lesson.TrainingBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** One-to-many: a picture's feature vector becomes the first state, which is put into words. */
@Command(
    name = "caption",
    description = {
      "Says what a small picture shows: 'two circles and one square'. A learnt linear map makes"
          + " the",
      "pixels, or any feature vector from a file, the first state of a GRU that says word by word."
    },
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  caption",
      "  caption --features resnet.safetensors --captions captions.txt"
    })
final class CaptionCommand implements Callable<Integer> {
  private static final int PICTURES = 3000;
  private static final int N = 64;
  private static final int H = 96;

  @Spec private CommandSpec spec;
  @Mixin private LessonOptions lesson;

  @Option(
      names = "--features",
      paramLabel = "FILE",
      description =
          "Instead of drawn pictures: a .safetensors file with a tensor 'features' [M,F], or text"
              + " with F numbers per line, for M pictures. Every fifth is held out.")
  private Path features;

  @Option(
      names = "--captions",
      paramLabel = "FILE",
      description = "Their captions, a line for each; words apart by spaces.")
  private Path captions;

  @Override
  public Integer call() {
    if ((features == null) != (captions == null)) {
      throw CommandException.usage("--features and --captions: expected both or none, got one");
    }
    Path picture = lesson.picture();
    FeatureTable all =
        features == null
            ? Scenes.draw(PICTURES, lesson.seed())
            : FeatureTable.read(features, captions);
    FeatureTable known = all.part(false);
    FeatureTable held = all.part(true);
    List<String> said = learnAndSay(known.scaledLike(known), held.scaledLike(known));
    int nearest = 0;
    int exact = 0;
    String most = known.mostFrequent();
    for (int i = 0; i < said.size(); i++) {
      String truth = held.captions().get(i);
      nearest += known.nearest(held.rows()[i]).equals(truth) ? 1 : 0;
      exact += said.get(i).equals(truth) ? 1 : 0;
    }
    double hundredth = said.size() / 100.0;
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "majority    %.1f %% exact of %d held out, with '%s'%n",
        Collections.frequency(held.captions(), most) / hundredth, said.size(), most);
    out.printf(
        "nearest     %.1f %% exact, copied from the nearest of %d known%n",
        nearest / hundredth, known.rows().length);
    out.printf("network     %.1f %% exact%n", exact / hundredth);
    CaptionSheet.draw(held, said).write(picture);
    out.println("picture     " + picture);
    return 0;
  }

  /** Learns the known captions by teacher forcing; says greedily what is held out. */
  private List<String> learnAndSay(FeatureTable known, FeatureTable held) {
    Decoder words = new Decoder(known.words(), " ");
    int longest = known.longest() + 1; // and the end
    int steps = lesson.steps(1500);
    Random random = new Random(lesson.seed());
    try (RecurrentOps ops = lesson.open()) {
      RnnSpec gru = RnnSpec.gru(words.symbols(), H).build();
      Network net = new Network(ops, gru, words.symbols(), longest, N, 0.004, lesson.seed());
      Projection map = new Projection(ops, known.width(), H, N, 0.002, lesson.seed());
      Tensor x = ops.allocate(N, known.width());
      Tensor before = ops.allocate(DType.I32, longest, N);
      Tensor target = ops.allocate(DType.I32, longest, N);
      Tensor dh0 = ops.allocate(1, N, H);
      TrainingBar.run(
          "caption",
          steps,
          spec.commandLine().getErr(),
          step -> {
            int[] drawn = random.ints(N, 0, known.rows().length).toArray();
            List<String> truth = Arrays.stream(drawn).mapToObj(known.captions()::get).toList();
            x.upload(known.gather(drawn));
            before.upload(words.inputs(truth, longest));
            target.upload(words.targets(truth, longest));
            Tensor h0 = map.forward(x);
            Tensor scores = net.everyStep(before, null, h0);
            ops.math().softmaxCrossEntropy(scores, target, LossOptions.mean(), net.loss(), scores);
            net.backEveryStep(before, scores, dh0);
            net.update(Scores.rate(step, steps));
            map.learn(x, dh0, Scores.rate(step, steps));
            return net.lossAt(step);
          });
      List<String> said = new ArrayList<>();
      for (int from = 0; from < held.rows().length; from += N) {
        int rows = Math.min(N, held.rows().length - from);
        int first = from;
        int[] some = IntStream.range(0, N).map(n -> first + Math.min(n, rows - 1)).toArray();
        x.upload(held.gather(some));
        said.addAll(words.greedy(ops, net, gru, map.forward(x), longest).subList(0, rows));
      }
      return said;
    }
  }
}
