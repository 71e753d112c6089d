package org.recurrentops.examples.lesson;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.recurrentops.Shape;
import org.recurrentops.examples.CommandException;
import org.recurrentops.formats.SafetensorsEntry;
import org.recurrentops.formats.SafetensorsException;
import org.recurrentops.formats.SafetensorsFile;

/**
 * Feature vectors, one per picture, and a caption for each. Every fifth is held out.
 *
 * @param rows [M][F]
 * @param captions M texts of words apart by single spaces
 */
public record FeatureTable(float[][] rows, List<String> captions) {
  private static final String TENSOR = "features";
  private static final int FEWEST = 10;
  private static final int LONGEST = 50;

  /**
   * Reads feature vectors that some other program computed, such as a ResNet's.
   *
   * @param features a safetensors file with a tensor "features" [M,F], or a text file with a line
   *     of F numbers per picture
   * @param captions a text file with a line per picture
   * @return the table
   * @throws CommandException naming the file if it cannot be read or does not fit the other
   */
  public static FeatureTable read(Path features, Path captions) {
    TextFile.requireFile("--features", features);
    boolean tensors = features.toString().endsWith(".safetensors");
    float[][] rows = tensors ? tensor(features) : lines(features);
    List<String> texts =
        TextFile.lines("--captions", captions).stream()
            .map(l -> l.strip().replaceAll("\\s+", " "))
            .toList();
    if (texts.size() != rows.length) {
      throw CommandException.usage(
          String.format(
              "--captions: expected %d lines in %s, one per row of --features, got %d",
              rows.length, captions, texts.size()));
    }
    if (rows.length < FEWEST) {
      throw CommandException.usage(
          "--features: expected at least "
              + FEWEST
              + " rows in "
              + features
              + ", got "
              + rows.length);
    }
    for (int i = 0; i < texts.size(); i++) {
      int words = texts.get(i).isEmpty() ? 0 : texts.get(i).split(" ").length;
      if (words < 1 || words > LONGEST) {
        throw CommandException.usage(
            String.format(
                "--captions: expected 1 … %d words in line %d of %s, got %d",
                LONGEST, i + 1, captions, words));
      }
    }
    return new FeatureTable(rows, texts);
  }

  private static float[][] tensor(Path path) {
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      SafetensorsEntry entry = file.entries().get(TENSOR);
      if (entry == null || entry.shape().rank() != 2 || entry.shape().dim(1) < 1) {
        throw CommandException.usage(
            "--features: expected a tensor '"
                + TENSOR
                + "' of shape [M,F] in "
                + path
                + ", got "
                + (entry == null ? file.entries().keySet() : entry.shape()));
      }
      Shape shape = entry.shape();
      float[] flat = file.roundedFloats(TENSOR);
      float[][] rows = new float[(int) shape.dim(0)][];
      int width = (int) shape.dim(1);
      for (int r = 0; r < rows.length; r++) {
        rows[r] = java.util.Arrays.copyOfRange(flat, r * width, (r + 1) * width);
        for (float v : rows[r]) {
          if (!Float.isFinite(v)) {
            throw CommandException.usage(
                "--features: expected finite numbers, got " + v + " in row " + r + " of " + path);
          }
        }
      }
      return rows;
    } catch (SafetensorsException e) {
      throw CommandException.usage("--features: " + e.getMessage());
    }
  }

  private static float[][] lines(Path path) {
    List<float[]> rows = new ArrayList<>();
    List<String> lines = TextFile.lines("--features", path);
    for (int i = 0; i < lines.size(); i++) {
      String[] numbers = lines.get(i).strip().split("[\\s,;]+");
      float[] row = new float[numbers.length];
      for (int f = 0; f < row.length; f++) {
        row[f] = (float) TextFile.finite("--features", path.toString(), i + 1, numbers[f]);
      }
      if (i > 0 && row.length != rows.get(0).length) {
        throw CommandException.usage(
            String.format(
                "--features: expected %d numbers as in the first line, got %d in line %d of %s",
                rows.get(0).length, row.length, i + 1, path));
      }
      rows.add(row);
    }
    return rows.toArray(new float[0][]);
  }

  /**
   * Rows that are learnt, or those that are not.
   *
   * @param held whether of the held-out fifth
   * @return their part of the table
   */
  public FeatureTable part(boolean held) {
    List<float[]> some = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < rows.length; i++) {
      if ((i % 5 == 2) == held) {
        some.add(rows[i]);
        texts.add(captions.get(i));
      }
    }
    return new FeatureTable(some.toArray(new float[0][]), texts);
  }

  /**
   * F.
   *
   * @return numbers per row
   */
  public int width() {
    return rows[0].length;
  }

  /**
   * Shifts and scales every feature as another table's would need to have mean 0 and deviation 1.
   *
   * @param other the training part
   * @return this table so scaled; features that never vary there are 0
   */
  public FeatureTable scaledLike(FeatureTable other) {
    int m = other.rows.length;
    float[][] scaled = new float[rows.length][width()];
    for (int f = 0; f < width(); f++) {
      double sum = 0;
      double squares = 0;
      for (float[] row : other.rows) {
        sum += row[f];
      }
      double mean = sum / m;
      for (float[] row : other.rows) {
        squares += (row[f] - mean) * (row[f] - mean);
      }
      double deviation = Math.sqrt(squares / m);
      for (int i = 0; i < rows.length; i++) {
        scaled[i][f] = deviation == 0 ? 0 : (float) ((rows[i][f] - mean) / deviation);
      }
    }
    return new FeatureTable(scaled, captions);
  }

  /**
   * The baseline: the caption of the row that is nearest by squared distance.
   *
   * @param row [F]
   * @return a caption of this table
   */
  public String nearest(float[] row) {
    double least = Double.POSITIVE_INFINITY;
    String caption = "";
    for (int i = 0; i < rows.length; i++) {
      double distance = 0;
      for (int f = 0; f < row.length; f++) {
        distance += (rows[i][f] - row[f]) * (double) (rows[i][f] - row[f]);
      }
      if (distance < least) {
        least = distance;
        caption = captions.get(i);
      }
    }
    return caption;
  }

  /**
   * Rows one after the other.
   *
   * @param which indices of N rows
   * @return [N,F]
   */
  public float[] gather(int[] which) {
    float[] flat = new float[which.length * width()];
    for (int n = 0; n < which.length; n++) {
      System.arraycopy(rows[which[n]], 0, flat, n * width(), width());
    }
    return flat;
  }

  /**
   * The vocabulary.
   *
   * @return all words of the captions, each once, sorted
   */
  public List<String> words() {
    return captions.stream().flatMap(c -> Stream.of(c.split(" "))).distinct().sorted().toList();
  }

  /**
   * Length of the longest caption.
   *
   * @return in words
   */
  public int longest() {
    return captions.stream().mapToInt(c -> c.split(" ").length).max().orElse(0);
  }

  /**
   * The other baseline: what most captions say.
   *
   * @return the most frequent caption, of several the first in order
   */
  public String mostFrequent() {
    Map<String, Long> counts =
        captions.stream()
            .collect(Collectors.groupingBy(c -> c, TreeMap::new, Collectors.counting()));
    return Collections.max(counts.entrySet(), Map.Entry.comparingByValue()).getKey();
  }
}
