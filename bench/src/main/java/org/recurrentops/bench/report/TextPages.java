package org.recurrentops.bench.report;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.recurrentops.bench.layers.Environment;
import org.recurrentops.bench.run.Results;

/** The table and the environment as Markdown, the table as CSV. */
final class TextPages {
  /** How times of several rounds are told. */
  static final String ROUNDS =
      "A round is one JVM's turn and its time the median of its iterations: of each combination the"
          + " median round and the best round are given, and ratios of either. A machine that is"
          + " slow for minutes spoils the rounds that fall into them and, with enough rounds,"
          + " neither of the two.";

  private TextPages() {}

  static String markdown(Figures figures) {
    StringBuilder s = new StringBuilder("# Benchmarks\n\n");
    s.append(table(Table.HEAD, Table.rows(figures)));
    s.append(
        "\nMedians of single calls, each waited for; low to high holds the median with 95% from");
    s.append(" six iterations on.\nResults checked against float64 before and after.\n");
    s.append(ROUNDS).append('\n');
    PeerRatios.of(figures).forEach(r -> s.append("* ").append(r.text()).append('\n'));
    for (char symbol : new char[] {'T', 'N', 'H'}) {
      for (Figures.Sweep sweep : figures.sweeps(symbol)) {
        s.append(
            String.format(
                Locale.ROOT,
                "* time of %s grows as %s^%.2f, %s from %.0f to %.0f%n",
                sweep.name(),
                symbol,
                sweep.law().exponent(),
                symbol,
                sweep.x()[sweep.from()],
                sweep.x()[sweep.x().length - 1]));
      }
    }
    for (Figures.Sweep sweep : figures.memory()) {
      s.append(
          String.format(
              Locale.ROOT,
              "* memory of %s grows as T^%.2f, %.4g MB at T = %.0f%n",
              sweep.name(),
              sweep.law().exponent(),
              sweep.values()[sweep.values().length - 1] / 1e6,
              sweep.x()[sweep.x().length - 1]));
    }
    s.append(phases(figures));
    figures.files().forEach(r -> s.append(environment(r)));
    return s.toString();
  }

  private static String phases(Figures figures) {
    List<List<String>> rows = PhaseFigures.of(figures).stream().map(p -> p.row(figures)).toList();
    return rows.isEmpty()
        ? ""
        : "\n## What a call is made of\n\n"
            + table(PhaseFigures.HEAD, rows)
            + "\n"
            + PhaseFigures.NOTE
            + "\n";
  }

  private static String table(List<String> head, List<List<String>> rows) {
    StringBuilder s = new StringBuilder(row(head)).append("|");
    for (int i = 0; i < head.size(); i++) {
      s.append(i < Table.TEXT_COLUMNS ? "---|" : "---:|");
    }
    s.append('\n');
    rows.forEach(r -> s.append(row(r)));
    return s.toString();
  }

  private static String row(List<String> cells) {
    return "| " + String.join(" | ", cells) + " |\n";
  }

  private static String environment(Results r) {
    Environment e = r.environment();
    String devices =
        r.byCombination().values().stream()
            .filter(m -> !m.of().kind().ofMachine())
            .map(HtmlPage::device)
            .distinct()
            .map(d -> "* " + d + "\n")
            .collect(Collectors.joining());
    return String.format(
        "%n    %s%n%n* date %s, commit %s, version %s%n* %s%s%n* JDK %s %s%n* %s, %s, %d"
            + " processors%n%s",
        e.command(),
        e.date(),
        e.commit(),
        r.version(),
        r.settings(),
        r.isComplete() ? "" : ", INCOMPLETE: " + r.rounds().size() + " of " + r.planned(),
        e.jdk(),
        String.join(" ", e.jvmOptions()),
        e.system(),
        e.cpu(),
        e.processors(),
        devices);
  }

  static String csv(Figures figures) {
    return line(Table.HEAD)
        + Table.rows(figures).stream().map(TextPages::line).collect(Collectors.joining());
  }

  private static String line(List<String> cells) {
    return cells.stream()
            .map(c -> c.matches("[^\",\n]*") ? c : "\"" + c.replace("\"", "\"\"") + "\"")
            .collect(Collectors.joining(","))
        + "\n";
  }
}
