package org.recurrentops.examples.chars;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.recurrentops.examples.CommandException;
import org.recurrentops.examples.text.Bigram;
import org.recurrentops.examples.text.ProjectSources;
import org.recurrentops.examples.text.SourceText;
import org.recurrentops.examples.text.TextReader;
import org.recurrentops.examples.text.TextSplit;
import org.recurrentops.examples.text.Vocabulary;

/**
 * Text made ready: split, turned into symbols, measured by the baseline.
 *
 * @param vocabulary symbols
 * @param training symbols of the training text
 * @param validation symbols of the validation text, no longer than asked for
 * @param fingerprint of both texts
 */
record CharsText(Vocabulary vocabulary, int[] training, int[] validation, String fingerprint) {

  /** Reads and splits; prints what was found. The vocabulary is made of the text unless given. */
  static CharsText prepare(
      CharsSettings settings, CharsConfig config, Vocabulary given, PrintWriter out) {
    List<SourceText> texts = read(settings.texts(), out);
    TextSplit split = TextSplit.of(texts, config.seed(), config.window());
    print(split, out);
    Vocabulary vocabulary =
        given != null ? given : Vocabulary.of(split.training(), config.minCount());
    if (vocabulary.size() < 2) {
      throw CommandException.usage(
          "text: no character occurs "
              + config.minCount()
              + " times in the training part; lower --min-count or give more text");
    }
    int[] training = vocabulary.encode(split.training());
    int[] held = vocabulary.encode(split.validation());
    int[] validation = Arrays.copyOf(held, Math.min(held.length, settings.validationCharacters()));
    print(vocabulary, config, training, validation, out);
    return new CharsText(vocabulary, training, validation, split.fingerprint());
  }

  private static List<SourceText> read(List<Path> paths, PrintWriter out) {
    StringBuilder origin = new StringBuilder();
    TextReader reader;
    if (paths.isEmpty()) {
      reader = ProjectSources.read(origin);
    } else {
      reader = new TextReader(file -> true);
      paths.forEach(reader::read);
      paths.forEach(p -> origin.append(origin.length() == 0 ? "" : ", ").append(p));
    }
    List<SourceText> texts = reader.texts();
    long characters = texts.stream().mapToLong(t -> t.content().length()).sum();
    out.printf(
        Locale.ROOT, "text        %s: %d files, %,d characters", origin, texts.size(), characters);
    out.println(reader.skipped() > 0 ? "; " + reader.skipped() + " files were not text" : "");
    return texts;
  }

  private static void print(TextSplit s, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "split       training %d files, %,d characters; validation %d files, %,d characters,%n"
            + "            %.1f %% of whose 48-character windows also stand in training;"
            + " copies dropped: %d%n",
        s.trainingNames().size(),
        s.training().length(),
        s.validationNames().size(),
        s.validation().length(),
        100 * s.overlap(),
        s.dropped().size());
  }

  private static void print(
      Vocabulary v, CharsConfig config, int[] training, int[] validation, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "symbols     %d: %d characters that training has at least %d times, and 1 reserved for"
            + " all others,%n"
            + "            which are %,d of %,d in training and %,d of %,d in validation%n",
        v.size(),
        v.size() - 1,
        config.minCount(),
        Vocabulary.reserved(training),
        training.length,
        Vocabulary.reserved(validation),
        validation.length);
  }

  /** Cross-entropy of the baseline over the same symbols that the model is to predict. */
  double bigram(int predicted) {
    return Bigram.fit(training, vocabulary.size()).crossEntropy(validation, predicted);
  }
}
