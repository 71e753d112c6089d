package org.recurrentops.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recurrentops.bench.run.Combination;
import org.recurrentops.bench.run.ResultsFile;
import org.recurrentops.bench.run.ResultsFixture;
import org.recurrentops.bench.run.Round;
import org.xml.sax.InputSource;
import picocli.CommandLine;

class ReportCommandTest {
  private static final String RECURRENT = "forward recurrent products";
  private final StringWriter err = new StringWriter();
  @TempDir private Path folder;

  @BeforeEach
  void report() throws IOException {
    List<Round> rounds = new ArrayList<>();
    Random random = new Random(3);
    for (int t : new int[] {1, 4, 16, 64}) {
      String shape = "lstm-t" + t + "n2c5h7";
      double millis = t == 1 ? 3 : Math.pow(t, 1.5); // the smallest costs a call
      add(rounds, ResultsFixture.on("forward", shape, "cpu"), millis, random);
    }
    add(rounds, ResultsFixture.on("forward", "lstm-t4n2c5h7", "onnxruntime"), 4, random);
    add(rounds, ResultsFixture.on("forward", "lstm-t4n2c5h7", "onednn"), 16, random);
    add(rounds, ResultsFixture.on("stream", "lstm-t4n2c5h7", "cpu"), 0.5, random);
    add(rounds, ResultsFixture.on("gates", "lstm-t4n2c5h7", "cpu"), 0.7, random);
    add(rounds, ResultsFixture.on("upload", "lstm-t4n2c5h7", "cu\"d<a"), 0.25, random);
    Combination oneThread = new Combination("forward", "lstm-t4n2c5h7", "cpu", "auto", "FP32", 1);
    add(rounds, oneThread, 14, random);
    for (int k = 0; k < 2; k++) {
      String rung = k == 0 ? "separate-gates" : "combined-gates";
      Combination of = new Combination("ablation", "lstm-t4n2c5h7", "cpu", rung, "FP32", 1);
      add(rounds, of, k == 0 ? 10 : 4, random);
    }
    Combination phases = ResultsFixture.on("phases", "lstm-t4n2c5h7", "cpu");
    rounds.add(ResultsFixture.round(phases, 0, Map.of("forward gates", 1.0, RECURRENT, 4.0)));
    rounds.add(ResultsFixture.round(phases, 1, Map.of("forward gates", 3.0, RECURRENT, 2.0)));
    Combination joint = ResultsFixture.on("phases", "lstm-t4n16c5h7", "cpu");
    Map<String, Double> together =
        Map.of("forward projection", 0.5, "forward joined products", 1.5);
    rounds.add(ResultsFixture.round(joint, 0, together));
    add(rounds, new Combination("fma", "", "", "", "", 0), 1, random);
    add(rounds, new Combination("read_l2", "", "", "", "", 0), 2, random);
    add(rounds, new Combination("triad", "", "", "", "", 0), 1, random);
    Path file = folder.resolve("r.json");
    ResultsFile.write(file, ResultsFixture.results(rounds));
    int exit =
        new CommandLine(new ReportCommand())
            .setOut(new PrintWriter(new StringWriter()))
            .setErr(new PrintWriter(err))
            .execute(file.toString(), "--out=" + folder);
    assertEquals(0, exit, err::toString);
  }

  private static void add(List<Round> rounds, Combination of, double millis, Random random) {
    rounds.add(ResultsFixture.round(of, 0, millis, 1e-9, random));
    rounds.add(ResultsFixture.round(of, 1, millis, 1e-9, random));
  }

  private String read(String name) throws IOException {
    return Files.readString(folder.resolve(name));
  }

  @Test
  void thePageHoldsItsChartsAndAsksForNothingFromOutside() throws Exception {
    String html = read("report.html");
    Matcher svg = Pattern.compile("<svg.*?</svg>", Pattern.DOTALL).matcher(html);
    int charts = 0;
    while (svg.find()) {
      parse(svg.group());
      charts++;
    }
    assertEquals(
        10,
        charts,
        "forward, phases, gates, peers, roofline, latency, T, threads, memory, ablation");
    assertFalse(html.contains("src="), "a reference to another file");
    assertFalse(html.replace("http://www.w3.org/2000/svg", "").contains("http"), "a link");
    assertFalse(html.contains("NaN") || html.contains("Infinity"));
    assertTrue(html.contains("cu&quot;d&lt;a"), "unescaped name");
  }

  private static void parse(String xml) throws Exception {
    DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(xml)));
  }

  @Test
  void theChartStandsAlone() throws Exception {
    parse(read("throughput.svg"));
    assertTrue(read("throughput.svg").contains("prefers-color-scheme:dark"));
  }

  @Test
  void theExponentIsThatOfTheTimes() throws IOException {
    assertTrue(read("report.html").contains("forward lstm-t·n2c5h7 cpu ∝ T^1.50 from 4 on"));
    assertTrue(read("report.md").contains("grows as T^1.50, T from 4 to 64"), read("report.md"));
  }

  @Test
  void theMemoryOfPlansIsFittedToo() throws IOException {
    String line = "* memory of forward lstm-t·n2c5h7 cpu grows as T^2.00, 0.04096 MB at T = 64";
    assertTrue(read("report.md").contains(line), read("report.md"));
  }

  @Test
  void ratiosOfThreadsAndOfOptimisationsAreDrawn() throws IOException {
    String html = read("report.html");
    // 14 ms by one thread, 8 ms by all; 10 ms for the first rung, 4 ms for the second
    assertTrue(chart(html, "All processors against one thread").contains(">1.75<"), html);
    String rungs = chart(html, "What each optimisation buys");
    assertTrue(rungs.contains(">1.00<") || rungs.contains(">1<"), rungs);
    assertTrue(rungs.contains(">2.5<") || rungs.contains(">2.50<"), rungs);
  }

  private static String chart(String html, String title) {
    int from = html.indexOf("<h2>" + title);
    return html.substring(from, html.indexOf("</svg>", from));
  }

  /** 4·2·7 units of a step in 0.7 ms. */
  @Test
  void gatesAreCountedInUnits() throws IOException {
    String chart = chart(read("report.html"), "Gates without products");
    assertTrue(chart.contains(">8e-05<") || chart.contains(">8.00e-05<"), chart);
  }

  /** The median of two rounds: 3 ms of products, 2 ms of gates. */
  @Test
  void phasesAreShownWithTheirShares() throws Exception {
    parse(read("phases.svg"));
    String[] row = phase(RECURRENT).split(" *\\| *", -1);
    assertEquals(3, Double.parseDouble(row[5]), 1e-9);
    assertEquals(60, Double.parseDouble(row[6]), 1e-9);
    double operations = 2.0 * 3 * 2 * 28 * 7; // of three steps: the first has none
    assertEquals(operations / 3e6, Double.parseDouble(row[7]), 1e-6);
    double peak = 2.0 * 8 * 768 * 2000 * Runtime.getRuntime().availableProcessors() / 1e6;
    assertEquals(100 * operations / 3e6 / peak, Double.parseDouble(row[8]), 1e-6);
    double bytes = 4.0 * 28 * 7 * 3;
    assertEquals(bytes / 3e6, Double.parseDouble(row[9]), 1e-6);
    double read = 16.0 * 983040 * Runtime.getRuntime().availableProcessors() / 2e6;
    assertEquals(100 * bytes / 3e6 / read, Double.parseDouble(row[10]), 1e-6);
    assertEquals("", row[11], "read_l3 was not measured");
    String[] gates = phase("forward gates").split(" *\\| *", -1);
    assertEquals(40, Double.parseDouble(gates[6]), 1e-9);
    assertEquals("", gates[7], "gates have no products");
    String chart = chart(read("report.html"), "What a call is made of");
    assertTrue(chart.contains(">recurrent products<") && chart.contains(">5.000 ms<"), chart);
  }

  /** The operations of both are where both were multiplied. */
  @Test
  void joinedProductsCountTheInputsToo() throws IOException {
    String[] joined = phase("forward joined products").split(" *\\| *", -1);
    double operations = 2.0 * 16 * 28 * (4 * 5 + 3 * 7);
    assertEquals(operations / 1.5e6, Double.parseDouble(joined[7]), 1e-3 * operations / 1.5e6);
    assertEquals("", phase("forward projection").split(" *\\| *", -1)[7], "nothing is projected");
  }

  private String phase(String name) throws IOException {
    return read("report.md")
        .lines()
        .filter(l -> l.startsWith("| forward |") && l.contains("| " + name + " |"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void filesAreToldApartAndPeersCountInTheirOwn() throws IOException {
    List<Round> rounds = new ArrayList<>();
    add(rounds, ResultsFixture.on("forward", "lstm-t4n2c5h7", "cpu"), 2, new Random(4));
    Path other = folder.resolve("other.json");
    ResultsFile.write(other, ResultsFixture.results(rounds));
    Path both = folder.resolve("both");
    int exit =
        new CommandLine(new ReportCommand())
            .setOut(new PrintWriter(new StringWriter()))
            .execute(folder.resolve("r.json").toString(), other.toString(), "--out=" + both);
    assertEquals(0, exit);
    List<String> lines = Files.readAllLines(both.resolve("report.csv"));
    List<String> cpu =
        lines.stream().filter(l -> l.startsWith("forward,lstm-t4n2c5h7,\"cpu (file")).toList();
    assertEquals(2, cpu.size(), lines::toString);
    assertTrue(cpu.get(1).contains("(file 2, JDK"), cpu.get(1));
    String[] second = cpu.get(1).replaceFirst("\"[^\"]*\"", "cpu").split(",", -1);
    int ratio = column("best peer ÷ this, median rounds");
    assertEquals("", second[ratio], "a ratio to a peer of the other file");
    assertEquals("0.5000", cpu.get(0).replaceFirst("\"[^\"]*\"", "cpu").split(",", -1)[ratio]);
  }

  @Test
  void theTableHasEveryFigure() throws IOException {
    List<String> lines = read("report.csv").lines().toList();
    assertEquals(15, lines.size());
    String[] row = line(lines, "forward,lstm-t4n2c5h7,cpu,").split(",", -1);
    assertEquals("8.000", row[4]);
    assertEquals("8", row[7]);
    // 2·4·2·28·12 operations in 8 ms
    assertEquals(5376 / 8e6, Double.parseDouble(row[column("GFLOP/s")]), 1e-6);
    assertEquals("2", row[column("rounds")]);
    assertEquals("0.5000", row[column("best peer ÷ this, median rounds")], "4 ms by 8 ms");
    assertEquals("", row[column("this ÷ ordinary, median rounds")]);
    assertEquals("16", row[column("heap B/call")]);
    assertTrue(line(lines, "upload,").startsWith("upload,lstm-t4n2c5h7,\"cu\"\"d<a\","));
    String[] upload = line(lines, "upload,").split(",", -1);
    assertEquals(4 * 40 / 0.25e6, Double.parseDouble(upload[column("GB/s")]), 1e-6);
  }

  private static int column(String head) {
    int at = Table.HEAD.indexOf(head);
    assertTrue(at >= 0, head);
    return at;
  }

  private static String line(List<String> lines, String start) {
    return lines.stream().filter(l -> l.startsWith(start)).findFirst().orElseThrow();
  }

  /**
   * By their medians of all calls and by the first round the other library would be ahead: its
   * second and third rounds fell into a slow phase, and so did the third of decay.
   */
  @Test
  void ratiosAreThoseOfMedianRoundsAndOfBestRounds() throws IOException {
    String shape = "lstm-t4n2c5h7";
    List<Round> rounds = new ArrayList<>();
    addRounds(rounds, ResultsFixture.on("forward", shape, "cpu"), 10, 12, 5);
    addRounds(rounds, ResultsFixture.on("decay", shape, "cpu"), 11, 9, 22);
    addRounds(rounds, ResultsFixture.on("forward", shape, "onednn"), 4, 16, 20);
    addRounds(rounds, ResultsFixture.on("forward", shape, "libtorch"), 9, 12, 15);
    addRounds(rounds, ResultsFixture.on("forward", "gru-t4n2c5h7", "cpu"), 2, 2, 2);
    addRounds(rounds, ResultsFixture.on("forward", "gru-t4n2c5h7", "onednn"), 6, 4, 8);
    Path file = folder.resolve("rounds.json");
    ResultsFile.write(file, ResultsFixture.results(rounds));
    Path to = folder.resolve("rounds");
    int exit =
        new CommandLine(new ReportCommand())
            .setOut(new PrintWriter(new StringWriter()))
            .execute(file.toString(), "--out=" + to);
    assertEquals(0, exit);
    List<String> lines = Files.readAllLines(to.resolve("report.csv"));
    String[] cpu = line(lines, "forward," + shape + ",cpu,").split(",", -1);
    assertEquals("10", cpu[column("median round ms")]);
    assertEquals("5", cpu[column("best round ms")]);
    // libtorch's 12 ms is the best median round, oneDNN's 4 ms the best round
    assertEquals("1.200", cpu[column("best peer ÷ this, median rounds")]);
    assertEquals("0.8000", cpu[column("best peer ÷ this, best rounds")]);
    String[] decay = line(lines, "decay," + shape + ",cpu,").split(",", -1);
    assertEquals("1.100", decay[column("this ÷ ordinary, median rounds")]);
    assertEquals("1.800", decay[column("this ÷ ordinary, best rounds")]);
    String md = Files.readString(to.resolve("report.md"));
    // √(1.2·3) and √(0.8·2)
    String wanted =
        "* forward cpu, geometric mean over 2 shapes of best peer ÷ this: 1.897 (least 1.200, "
            + shape
            + ") by median rounds, 1.265 (least 0.800, "
            + shape
            + ") by best rounds";
    assertTrue(md.contains(wanted), md);
    String html = Files.readString(to.resolve("report.html"));
    assertTrue(chart(html, "Decaying and saturated values").contains(">1.1"), html);
  }

  private static void addRounds(List<Round> rounds, Combination of, double... millis) {
    for (int i = 0; i < millis.length; i++) {
      rounds.add(ResultsFixture.round(of, i, millis[i], 0, new Random(1)));
    }
  }

  @Test
  void theFitFindsTheSlope() {
    double[] x = {2, 5, 11, 40};
    double[] y = {3 * Math.pow(2, -0.7), 3 * Math.pow(5, -0.7), 0, 0};
    y[2] = 3 * Math.pow(11, -0.7);
    y[3] = 3 * Math.pow(40, -0.7);
    assertEquals(-0.7, PowerLaw.fit(x, y).exponent(), 1e-12);
  }
}
