package org.recurrentops.bench.layers;

import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Results and what they were measured with; its fields are the keys of the JSON file.
 *
 * @param environment of the run
 * @param results in the order of the runs
 */
record LayerReport(Environment environment, List<LayerResult> results) {
  /** The backend that the others are compared with. */
  private static final String BASE = "cpu";

  /** One row per result, ending in a line break. */
  String table() {
    StringBuilder s = new StringBuilder();
    s.append("| shape | pass | backend | algorithm | median ms | p25 … p75 ms | samples ");
    s.append("| GFLOP/s | throughput ÷ cpu |\n");
    s.append("|---|---|---|---|---:|---:|---:|---:|---:|\n");
    for (LayerResult r : results) {
      s.append(
          String.format(
              Locale.ROOT,
              "| %s | %s | %s | %s | %.3f | %.3f … %.3f | %d | %.3g | %s |%n",
              r.shape(),
              r.pass(),
              r.backend(),
              r.algorithm(),
              r.medianMillis(),
              r.p25Millis(),
              r.p75Millis(),
              r.samples(),
              r.gflops(),
              ratio(r)));
    }
    return s.toString().replace(System.lineSeparator(), "\n");
  }

  /** The same shape and pass on the base backend in this run, as a multiple of throughput. */
  private String ratio(LayerResult r) {
    return results.stream()
        .filter(b -> b.backend().equals(BASE))
        .filter(b -> b.shape().equals(r.shape()) && b.pass().equals(r.pass()))
        .findFirst()
        .map(b -> String.format(Locale.ROOT, "%.2f", b.medianMillis() / r.medianMillis()))
        .orElse("–");
  }

  /** The table with what it was measured with. */
  String markdown() {
    Environment e = environment;
    StringBuilder s = new StringBuilder("# Layers\n\n");
    s.append("    ").append(e.command()).append("\n\n").append(table()).append('\n');
    s.append("Times of single calls, each waited for; results checked against float64 before and ");
    s.append(
        "compared to the bit after.\nGFLOP/s counts matrix products: 2·T·N·G·H·(C+H) forward,");
    s.append(" three times that in training.\n\n");
    s.append("* date ").append(e.date()).append(", commit ").append(e.commit()).append('\n');
    s.append("* JDK ").append(e.jdk()).append(' ').append(String.join(" ", e.jvmOptions()));
    s.append("\n* ").append(e.system()).append(", ").append(e.cpu()).append(", ");
    s.append(e.processors()).append(" processors\n");
    results.stream()
        .map(r -> "* " + r.backend() + ": " + r.device() + ", " + r.deviceDetail() + "\n")
        .distinct()
        .forEach(s::append);
    return s.toString();
  }

  /**
   * Writes {@code layers.json} and {@code layers.md}, replacing older ones.
   *
   * @param folder that exists
   * @throws IOException if a file cannot be written
   */
  void write(Path folder) throws IOException {
    String json =
        new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(this) + "\n";
    Files.writeString(folder.resolve("layers.json"), json);
    Files.writeString(folder.resolve("layers.md"), markdown());
  }
}
