package org.recurrentops.bench.layers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Lists of shapes: a line each, {@code #} begins a comment. */
public final class ShapeList {
  /** Names of the packaged lists. */
  public static final List<String> PACKAGED =
      List.of(
          "small",
          "persistent",
          "deepbench-training",
          "deepbench-inference",
          "deepbench-training-recurrent",
          "deepbench-inference-recurrent");

  /** The same layers, their input product left out. */
  private static final String RECURRENT = "-recurrent";

  private ShapeList() {}

  /**
   * Reads a packaged list or a file.
   *
   * @param nameOrFile one of {@link #PACKAGED}, or a path
   * @return its shapes
   * @throws IllegalArgumentException if there is no such list, or a line is no shape
   */
  public static List<LayerShape> read(String nameOrFile) {
    if (nameOrFile.equals("small")) {
      return LayerShape.SMALL.stream().map(LayerShape::parse).toList();
    }
    if (PACKAGED.contains(nameOrFile) && nameOrFile.endsWith(RECURRENT)) {
      String whole = nameOrFile.substring(0, nameOrFile.length() - RECURRENT.length());
      return read(whole).stream().map(LayerShape::withoutInputProduct).toList();
    }
    String text = PACKAGED.contains(nameOrFile) ? packaged(nameOrFile) : file(nameOrFile);
    return text.lines()
        .map(line -> line.replaceFirst("#.*", "").strip())
        .filter(line -> !line.isEmpty())
        .map(LayerShape::parse)
        .toList();
  }

  private static String packaged(String name) {
    try (InputStream in = ShapeList.class.getResourceAsStream(name + ".txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("list " + name + ": " + e.getMessage(), e);
    }
  }

  private static String file(String path) {
    try {
      return Files.readString(Path.of(path));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "list: expected one of " + PACKAGED + " or a readable file, got '" + path + "'", e);
    }
  }
}
