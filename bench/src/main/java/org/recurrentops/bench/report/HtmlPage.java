package org.recurrentops.bench.report;

import java.util.List;
import org.recurrentops.bench.layers.Environment;
import org.recurrentops.bench.run.Measured;
import org.recurrentops.bench.run.Results;
import org.recurrentops.bench.run.What;

/** One page that needs nothing else: styles and drawings are inside, scripts are not needed. */
final class HtmlPage {
  private final StringBuilder out = new StringBuilder();
  private final Figures figures;
  private final Charts charts;

  HtmlPage(Figures figures) {
    this.figures = figures;
    this.charts = new Charts(figures);
  }

  String text() {
    out.append("<!doctype html><html lang='en'><head><meta charset='utf-8'>")
        .append("<meta name='viewport' content='width=device-width'>")
        .append("<title>RecurrentOps benchmarks</title><style>")
        .append(Style.PAGE)
        .append(Style.CHART)
        .append("</style></head><body><h1>RecurrentOps benchmarks</h1>\n");
    note(
        "Medians of single calls, each waited for; whiskers and low to high are intervals that hold"
            + " the median with at least 95% from six iterations on, else the whole range. Results"
            + " were checked against float64 before and after the timing.");
    for (What what : List.of(What.FORWARD, What.TRAINING, What.GEMM)) {
      bars("Throughput: " + what, charts.throughput(what));
    }
    note(
        "GFLOP/s counts matrix products: 2·T·N·G·H·(C+H) forward, three times that in training,"
            + " 2·T·N·G·H·C for gemm.");
    phases();
    bars("Gates without products", charts.gates());
    bars("Decaying and saturated values", charts.toOrdinary());
    peers();
    roofline();
    lines("Latency of a streamed step", charts.latencies());
    for (char symbol : new char[] {'T', 'N', 'H'}) {
      lines("Time against " + symbol, charts.scaling(symbol));
    }
    bars("All processors against one thread", charts.threads());
    lines("Memory against T", charts.memory());
    ablation();
    section("All figures");
    table(Table.HEAD, Table.rows(figures));
    environments();
    return out.append("</body></html>\n").toString();
  }

  private void phases() {
    BarChart chart = charts.phases();
    if (!chart.isEmpty()) {
      bars("What a call is made of", chart);
      note(PhaseFigures.NOTE);
      table(PhaseFigures.HEAD, PhaseFigures.of(figures).stream().map(p -> p.row(figures)).toList());
    }
  }

  private void peers() {
    BarChart chart = charts.toPeers();
    section("Ratio to the best peer");
    if (chart.isEmpty()) {
      note("No peer was measured; bench/README.md says how.");
    } else {
      chart(chart.draw());
      note(TextPages.ROUNDS);
      PeerRatios.of(figures).forEach(r -> note(r.text()));
    }
  }

  private void roofline() {
    section("Share of the roofline");
    if (figures.peakGflops().isEmpty() || figures.peakGigabytes().isEmpty()) {
      note("Not measured: it needs --what fma,triad.");
      return;
    }
    chart(charts.shares().draw());
    note(
        String.format(
            java.util.Locale.ROOT,
            "Measured on this machine by Java loops on all processors: %.1f GFLOP/s of"
                + " multiply-adds in registers, %.1f GB/s of a triad over memory. The roof is the"
                + " smaller of the peak and bandwidth × operations per byte, every weight, input"
                + " and result moved once. Only for what runs on the CPU.",
            figures.peakGflops().getAsDouble(),
            figures.peakGigabytes().getAsDouble()));
  }

  private void ablation() {
    BarChart chart = charts.ablation();
    if (!chart.isEmpty()) {
      bars("What each optimisation buys", chart);
      note(
          "Each row adds to those above it. The first four are loops written by hand over this"
              + " library's matrix product, with Math.exp and Math.tanh; the others are its plans."
              + " All but the last use one thread.");
    }
  }

  private void bars(String title, BarChart chart) {
    if (!chart.isEmpty()) {
      section(title);
      chart(chart.draw());
    }
  }

  /** On a narrow screen it is scrolled rather than made illegible. */
  private void chart(Svg drawing) {
    out.append("<div class='scroll'>").append(drawing.inline()).append("</div>\n");
  }

  private void lines(String title, LogChart chart) {
    if (!chart.isEmpty()) {
      section(title);
      chart(chart.draw());
    }
  }

  private void table(List<String> head, List<List<String>> rows) {
    out.append("<div class='scroll'><table><tr>");
    cells("th", head);
    out.append("</tr>\n");
    for (List<String> row : rows) {
      out.append("<tr>");
      cells("td", row);
      out.append("</tr>\n");
    }
    out.append("</table></div>\n");
  }

  private void cells(String tag, List<String> values) {
    for (int i = 0; i < values.size(); i++) {
      out.append('<').append(tag).append(i < Table.TEXT_COLUMNS ? " class='t'>" : ">");
      out.append(Svg.escape(values.get(i))).append("</").append(tag).append('>');
    }
  }

  private void environments() {
    section("Measured with");
    for (Results r : figures.files()) {
      Environment e = r.environment();
      out.append("<dl>");
      entry("command", e.command());
      entry("date, commit", e.date() + ", " + e.commit() + ", version " + r.version());
      entry("profile", r.settings());
      if (!r.isComplete()) {
        entry("incomplete", r.rounds().size() + " of " + r.planned() + " rounds");
      }
      entry("JDK", e.jdk() + " " + String.join(" ", e.jvmOptions()));
      entry("machine", e.system() + ", " + e.cpu() + ", " + e.processors() + " processors");
      r.byCombination().values().stream()
          .filter(m -> !m.of().kind().ofMachine())
          .map(HtmlPage::device)
          .distinct()
          .forEach(d -> entry("device", d));
      out.append("</dl>\n");
    }
  }

  /** Backend, device, driver or vector width, threads. */
  static String device(Measured m) {
    return m.of().backend()
        + ": "
        + m.rounds().get(0).device()
        + ", "
        + m.rounds().get(0).deviceDetail();
  }

  private void entry(String name, String value) {
    out.append("<dt>").append(name).append("</dt><dd>");
    out.append(Svg.escape(value)).append("</dd>\n");
  }

  private void section(String title) {
    out.append("<h2>").append(Svg.escape(title)).append("</h2>\n");
  }

  private void note(String text) {
    out.append("<p class='note'>").append(Svg.escape(text)).append("</p>\n");
  }
}
