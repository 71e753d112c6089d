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
import org.recurrentops.examples.lesson.Decoder;
import org.recurrentops.examples.lesson.Network;
import org.recurrentops.examples.lesson.NumberWords;
import org.recurrentops.examples.lesson.Picture;
import org.recurrentops.examples.lesson.Scores;
import org.recurrentops.examples.lesson.TrainingBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Encoder and decoder: the state after the last word's letter begins the answer. */
@Command(
    name = "translate",
    description = {
      "Number words into digits, letter by letter: 'three hundred forty-two' into 342, 0 … 999.",
      "A fifth of the numbers is held out. Taught with the right digit before, then left alone."
    },
    sortOptions = false,
    footer = {"", "Example:", "  translate --beam 5"})
final class TranslateCommand implements Callable<Integer> {
  private static final int T = 30; // the longest is 27 letters
  private static final int N = 64;
  private static final int H = 96;
  private static final int OUT = 4; // three digits and the end
  private static final String[] HEADER = {"words, never seen", "truth", "greedy", "beam"};
  private static final int HELD_OUT = 200;

  @Spec private CommandSpec spec;
  @Mixin private LessonOptions lesson;

  @Option(
      names = "--beam",
      description = "Answers kept while searching, 1 … 10. Default: ${DEFAULT-VALUE}",
      defaultValue = "3")
  private int width;

  private final Decoder digits = new Decoder(List.of("0123456789".split("")), "");
  private final int[] lengths = new int[N];

  @Override
  public Integer call() {
    if (width < 1 || width > 10) {
      throw CommandException.usage("--beam: expected 1 … 10, got " + width);
    }
    Path picture = lesson.picture();
    List<Integer> numbers = new ArrayList<>(IntStream.range(0, 1000).boxed().toList());
    Collections.shuffle(numbers, new Random(lesson.seed()));
    List<Integer> held = numbers.subList(0, HELD_OUT);
    List<Integer> known = numbers.subList(HELD_OUT, numbers.size());
    try (RecurrentOps ops = lesson.open()) {
      RnnSpec reads = RnnSpec.gru(NumberWords.LETTERS, H).build();
      RnnSpec writes = RnnSpec.gru(digits.symbols(), H).build();
      Network encoder = new Network(ops, reads, 1, T, N, 0.006, lesson.seed());
      Network decoder = new Network(ops, writes, digits.symbols(), OUT, N, 0.006, lesson.seed());
      Tensor x = ops.allocate(DType.I32, T, N);
      train(ops, encoder, decoder, x, known);
      int greedy = 0;
      int beam = 0;
      double nearest = 0;
      List<String[]> shown = new ArrayList<>();
      for (int from = 0; from < held.size(); from += N) {
        List<Integer> some = held.subList(from, Math.min(held.size(), from + N));
        x.upload(letters(some));
        Tensor state = encoder.encode(x, lengths, null);
        List<String> first = digits.greedy(ops, decoder, writes, state, OUT);
        for (int n = 0; n < some.size(); n++) {
          String truth = Integer.toString(some.get(n));
          String best = digits.search(ops, decoder, writes, state.slice(1, n, n + 1), width, OUT);
          greedy += first.get(n).equals(truth) ? 1 : 0;
          beam += best.equals(truth) ? 1 : 0;
          nearest += NumberWords.sameDigits(NumberWords.nearest(some.get(n), known), some.get(n));
          shown.add(new String[] {NumberWords.of(some.get(n)), truth, first.get(n), best});
        }
      }
      PrintWriter out = spec.commandLine().getOut();
      out.printf(
          "nearest     %.1f %% of digits, copied from the likest known number; %d held out%n",
          nearest * 100.0 / HELD_OUT, held.size());
      out.printf("greedy      %.1f %% exact%n", greedy * 100.0 / HELD_OUT);
      out.printf("beam of %-3d %.1f %% exact%n", width, beam * 100.0 / HELD_OUT);
      Picture.table(HEADER, shown).write(picture);
      out.println("picture     " + picture);
      return 0;
    }
  }

  private void train(
      RecurrentOps ops, Network encoder, Network decoder, Tensor x, List<Integer> known) {
    Tensor before = ops.allocate(DType.I32, OUT, N);
    Tensor target = ops.allocate(DType.I32, OUT, N);
    Tensor dState = ops.allocate(1, N, H);
    Random random = new Random(lesson.seed());
    int steps = lesson.steps(1200);
    TrainingBar.run(
        "translate",
        steps,
        spec.commandLine().getErr(),
        step -> {
          List<Integer> some = new ArrayList<>();
          for (int n = 0; n < N; n++) {
            some.add(known.get(random.nextInt(known.size())));
          }
          x.upload(letters(some));
          List<String> answers = some.stream().map(i -> Integer.toString(i)).toList();
          before.upload(digits.inputs(answers, OUT)); // teacher forcing: the true symbol before
          target.upload(digits.targets(answers, OUT)); // -1 past the end leaves a step out
          Tensor state = encoder.encode(x, lengths, null);
          Tensor scores = decoder.everyStep(before, null, state);
          ops.math()
              .softmaxCrossEntropy(scores, target, LossOptions.mean(), decoder.loss(), scores);
          decoder.backEveryStep(before, scores, dState); // dL/dh_0 of the decoder …
          encoder.backEncode(x, dState); // … is dL/dh_T of the encoder
          decoder.update(Scores.rate(step, steps));
          encoder.update(Scores.rate(step, steps));
          return decoder.lossAt(step);
        });
  }

  private int[] letters(List<Integer> numbers) {
    int[] symbols = new int[T * N];
    Arrays.fill(lengths, 0);
    for (int n = 0; n < numbers.size(); n++) {
      String words = NumberWords.of(numbers.get(n));
      lengths[n] = words.length();
      for (int t = 0; t < words.length(); t++) {
        symbols[t * N + n] = NumberWords.letter(words.charAt(t));
      }
    }
    return symbols;
  }
}
