package org.recurrentops.tck;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import org.recurrentops.CellType;
import org.recurrentops.PlanOptions;
import org.recurrentops.SpecOption;

/**
 * Which options of a spec each backend's algorithms have, as committed in {@code support.txt}. The
 * kit's matrix group keeps it true, and the table in the README is made of it.
 */
public final class SupportTable {
  private static final List<String> BACKENDS = List.of("cpu", "opencl", "cuda");

  private static final String WITHOUT = "without:";

  private record Line(
      String backend, String algorithm, Set<SpecOption> options, Set<CellType> without) {}

  private final List<Line> lines;

  private SupportTable(List<Line> lines) {
    this.lines = lines;
  }

  /**
   * Reads the committed table.
   *
   * @return the table
   */
  public static SupportTable committed() {
    try (InputStream in = SupportTable.class.getResourceAsStream("support.txt");
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      return new SupportTable(
          reader
              .lines()
              .filter(text -> !text.startsWith("#"))
              .map(SupportTable::line)
              .collect(Collectors.toList()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Line line(String text) {
    String[] words = text.split(" ");
    Set<SpecOption> options = EnumSet.noneOf(SpecOption.class);
    Set<CellType> without = EnumSet.noneOf(CellType.class);
    for (int i = 2; i < words.length; i++) {
      if (words[i].startsWith(WITHOUT)) {
        without.add(CellType.valueOf(words[i].substring(WITHOUT.length())));
      } else {
        options.add(SpecOption.valueOf(words[i]));
      }
    }
    return new Line(words[0], words[1], options, without);
  }

  /**
   * Whether the table speaks of a backend at all.
   *
   * @param backend name without the device's number
   * @return false for backends of others
   */
  public boolean knows(String backend) {
    return lines.stream().anyMatch(l -> l.backend().equals(backend));
  }

  /**
   * Whether an algorithm is said to have some options together.
   *
   * @param backend name without the device's number
   * @param algorithm its name, or {@code auto} for any
   * @param options asked for
   * @return true if so
   */
  public boolean has(String backend, String algorithm, Set<SpecOption> options) {
    return lines.stream()
        .filter(l -> l.backend().equals(backend))
        .filter(l -> algorithm.equals(PlanOptions.AUTO) || algorithm.startsWith(l.algorithm()))
        .anyMatch(l -> l.options().containsAll(options));
  }

  /**
   * Whether an algorithm is said to refuse a cell, whatever its options.
   *
   * @param backend name without the device's number
   * @param algorithm its name, or {@code auto} for any
   * @param cell asked for
   * @return true if so
   */
  public boolean lacks(String backend, String algorithm, CellType cell) {
    return !algorithm.equals(PlanOptions.AUTO)
        && lines.stream()
            .filter(l -> l.backend().equals(backend) && algorithm.startsWith(l.algorithm()))
            .anyMatch(l -> l.without().contains(cell));
  }

  /**
   * The table for people: one row per option.
   *
   * @return Markdown, lines ending in a line feed
   */
  public String markdown() {
    StringBuilder s =
        new StringBuilder("| option | cells | cpu | opencl | cuda |\n|---|---|---|---|---|\n");
    for (SpecOption option : SpecOption.values()) {
      s.append("| ").append(option.label()).append(" | ").append(cells(option));
      for (String backend : BACKENDS) {
        s.append(" | ").append(entry(backend, option));
      }
      s.append(" |\n");
    }
    return s.toString();
  }

  private String entry(String backend, SpecOption option) {
    List<String> with = new ArrayList<>();
    int all = 0;
    for (Line l : lines) {
      if (l.backend().equals(backend)) {
        all++;
        if (l.options().contains(option)) {
          with.add(l.algorithm());
        }
      }
    }
    return with.isEmpty() ? "refused" : with.size() == all ? "yes" : String.join(", ", with);
  }

  private static String cells(SpecOption option) {
    StringJoiner names = new StringJoiner(", ");
    int accepted = 0;
    for (CellType cell : CellType.values()) {
      if (OptionCombination.of(cell, EnumSet.of(option)).spec().isPresent()) {
        accepted++;
        names.add(cell.label());
      }
    }
    return accepted == CellType.values().length ? "all" : names.toString();
  }
}
