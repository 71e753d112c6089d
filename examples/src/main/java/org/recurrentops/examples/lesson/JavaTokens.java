package org.recurrentops.examples.lesson;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.lang.model.SourceVersion;

/** Splits Java source into tokens and says of every character what it is part of. */
public final class JavaTokens {
  /** What a character can be part of. */
  public static final List<String> LABELS =
      List.of("other", "comment", "string", "number", "identifier", "keyword");

  // In this order at every place: the first that fits is the token, as the language says.
  private static final Pattern TOKEN =
      Pattern.compile(
          "(?<comment>//[^\\n]*|/\\*(?s:.*?)\\*/)"
              + "|(?<string>\"\"\"(?s:\\\\.|[^\\\\])*?\"\"\""
              + "|\"(?:\\\\.|[^\"\\\\\\n])*\"|'(?:\\\\.|[^'\\\\\\n])+')"
              + "|(?<number>\\.?[0-9](?:[eEpP][+-]|[0-9a-zA-Z_.])*)"
              + "|(?<word>[\\p{L}_$][\\p{L}\\p{N}_$]*)");

  private JavaTokens() {}

  /**
   * Labels a whole file.
   *
   * @param source compilable Java
   * @return an index into {@link #LABELS} per character
   */
  public static int[] label(String source) {
    int[] labels = new int[source.length()];
    Matcher m = TOKEN.matcher(source);
    while (m.find()) {
      int label = m.group("comment") != null ? 1 : m.group("string") != null ? 2 : 3;
      if (m.group("word") != null) {
        label = SourceVersion.isKeyword(m.group()) ? 5 : 4;
      }
      java.util.Arrays.fill(labels, m.start(), m.end(), label);
    }
    return labels;
  }
}
