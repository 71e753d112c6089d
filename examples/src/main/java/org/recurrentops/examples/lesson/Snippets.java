package org.recurrentops.examples.lesson;

import java.util.List;
import java.util.Random;
import org.recurrentops.examples.CommandException;
import org.recurrentops.examples.text.ProjectSources;
import org.recurrentops.examples.text.SourceText;

/** Pieces of the project's own files; one file in five is held out as a whole. */
public final class Snippets {
  /** Symbols: ASCII, and 127 for all beyond it. */
  public static final int SYMBOLS = 128;

  private final List<SourceText> training;
  private final List<SourceText> heldOut;

  /**
   * Reads the files of one kind.
   *
   * @param suffix such as .java
   * @param longest characters that a file must have at least
   */
  public Snippets(String suffix, int longest) {
    List<SourceText> files =
        ProjectSources.read(new StringBuilder(), f -> f.getFileName().toString().endsWith(suffix))
            .texts()
            .stream()
            .filter(f -> f.content().length() > longest)
            .toList();
    if (files.size() < 5) {
      throw CommandException.usage(
          "text: expected five files or more named *" + suffix + ", got " + files.size());
    }
    heldOut = files.stream().filter(f -> files.indexOf(f) % 5 == 2).toList();
    training = files.stream().filter(f -> files.indexOf(f) % 5 != 2).toList();
  }

  /**
   * A file, drawn evenly.
   *
   * @param random the dice
   * @param held whether of the held-out files
   * @return its text
   */
  public String file(Random random, boolean held) {
    List<SourceText> files = held ? heldOut : training;
    return files.get(random.nextInt(files.size())).content();
  }

  /**
   * A piece from anywhere in a file.
   *
   * @param random the dice
   * @param held whether of a held-out file
   * @param length characters
   * @return the piece
   */
  public String piece(Random random, boolean held, int length) {
    String file = file(random, held);
    int from = random.nextInt(file.length() - length);
    return file.substring(from, from + length);
  }

  /**
   * The symbol of a character.
   *
   * @param c any
   * @return in [0, {@link #SYMBOLS})
   */
  public static int symbol(char c) {
    return Math.min(c, SYMBOLS - 1);
  }
}
