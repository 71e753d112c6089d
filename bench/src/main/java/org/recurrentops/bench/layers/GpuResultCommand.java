package org.recurrentops.bench.layers;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.recurrentops.MathMode;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Joins what the steps of the GPU bundle left in a folder into result.json and result.md. */
@Command(
    name = "gpu-result",
    sortOptions = false,
    header = "Joins what the GPU bundle left in a folder.",
    description =
        "Joins what the steps of the GPU bundle left in a folder into result.json and "
            + "result.md there: outcomes, tables, ratios to cuDNN, the model's predictions beside "
            + "the measurements, and what the difference is made of.",
    mixinStandardHelpOptions = true)
public final class GpuResultCommand implements Callable<Integer> {
  /** Two measurements of the same thing differ by as much. */
  private static final double SLOWER = 1.03;

  @Option(names = "--in", required = true, description = "Folder that run.sh wrote to.")
  private Path folder;

  @Spec private CommandSpec spec;

  /** For picocli. */
  public GpuResultCommand() {}

  @Override
  public Integer call() throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new ParameterException(
          spec.commandLine(), "--in: expected a folder that run.sh wrote to, got " + folder);
    }
    JsonObject result = new JsonObject();
    result.addProperty("version", 1);
    result.add("steps", steps());
    for (String part : List.of("doctor", "probes", "table", "inference", "cudnn")) {
      Path file = folder.resolve(part + ".json");
      if (Files.exists(file)) {
        result.add(part, read(file));
      }
    }
    String json =
        new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(result);
    Files.writeString(folder.resolve("result.json"), json + "\n");
    Files.writeString(folder.resolve("result.md"), markdown(result));
    PrintWriter print = spec.commandLine().getOut();
    print.println("written: " + folder.resolve("result.md") + " and result.json");
    print.flush();
    return CommandLine.ExitCode.OK;
  }

  private static JsonElement read(Path file) throws IOException {
    try {
      return JsonParser.parseString(Files.readString(file));
    } catch (JsonParseException e) {
      throw new IOException(file + ": expected JSON, got " + e.getMessage(), e);
    }
  }

  /** Outcome of every step that ran or was skipped. */
  private JsonArray steps() throws IOException {
    JsonArray steps = new JsonArray();
    try (Stream<Path> files = Files.list(folder).sorted()) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String name = file.getFileName().toString();
        if (name.endsWith(".status")) {
          steps.add(ran(name.substring(0, name.length() - 7), Files.readString(file).strip()));
        } else if (name.endsWith(".skipped")) {
          JsonObject step = new JsonObject();
          step.addProperty("step", name.substring(0, name.length() - 8));
          step.addProperty("outcome", "skipped");
          step.addProperty("last", Files.readString(file).strip());
          steps.add(step);
        }
      }
    }
    return steps;
  }

  private JsonObject ran(String name, String status) throws IOException {
    String[] parts = status.split(" ");
    JsonObject step = new JsonObject();
    step.addProperty("step", name);
    step.addProperty("outcome", parts[0].equals("0") ? "passed" : "exit code " + parts[0]);
    step.addProperty("seconds", parts.length > 1 ? parts[1] : "");
    Path output = folder.resolve(name + ".txt");
    List<String> lines = Files.exists(output) ? Files.readAllLines(output) : List.of();
    String last = "";
    for (String line : lines) {
      last = line.isBlank() ? last : line.strip();
    }
    step.addProperty("last", last.length() > 200 ? last.substring(0, 200) : last);
    return step;
  }

  private static String markdown(JsonObject result) {
    StringBuilder s = new StringBuilder("# GPU result\n\n| step | outcome | s | last line |\n");
    s.append("|---|---|---:|---|\n");
    for (JsonElement e : result.getAsJsonArray("steps")) {
      JsonObject step = e.getAsJsonObject();
      s.append("| ").append(text(step, "step")).append(" | ").append(text(step, "outcome"));
      s.append(" | ").append(text(step, "seconds")).append(" | ");
      s.append(text(step, "last").replace("|", "\\|")).append(" |\n");
    }
    if (result.has("probes")) {
      probes(s, result.getAsJsonObject("probes"));
    }
    FloorReport floors = new FloorReport(result.getAsJsonObject("probes"));
    for (String part : List.of("table", "inference")) {
      if (result.has(part)) {
        JsonObject table = result.getAsJsonObject(part);
        table(s, part, table, result.getAsJsonObject("cudnn"), floors);
        s.append(floors.markdown(table));
      }
    }
    return s.toString();
  }

  private static void probes(StringBuilder s, JsonObject probes) {
    s.append("\n## probes on ").append(text(probes, "device")).append("\n\n");
    s.append("A name that ends in `/plain` is the C++ twin of a PTX piece.\n\n");
    s.append("| probe | outcome | value | unit | note |\n|---|---|---:|---|---|\n");
    for (JsonElement e : probes.getAsJsonArray("entries")) {
      JsonObject o = e.getAsJsonObject();
      String outcome = text(o, "outcome").toLowerCase(Locale.ROOT);
      s.append("| ").append(text(o, "probe")).append(" | ").append(outcome).append(" | ");
      s.append(outcome.equals("measured") ? format(o.get("value").getAsDouble()) : "");
      s.append(" | ").append(text(o, "unit")).append(" | ");
      s.append(text(o, "note").replace("|", "\\|")).append(" |\n");
    }
  }

  private static void table(
      StringBuilder s, String name, JsonObject table, JsonObject cudnn, FloorReport floors) {
    s.append("\n## ").append(name).append(" on ").append(text(table, "device")).append("\n\n");
    s.append("cuDNN ÷ ours: above 1 we are faster. Predicted: the model of an H200, see");
    s.append(" `bench/results/predictions`.\n\n");
    s.append("| shape | pass | mode | algorithm | median ms | GFLOP/s | cuDNN ms | cuDNN ÷ ours ");
    s.append("| predicted ms |\n|---|---|---|---|---:|---:|---:|---:|---:|\n");
    Map<String, List<Double>> ratios = new TreeMap<>();
    for (JsonElement e : table.getAsJsonArray("entries")) {
      JsonObject o = e.getAsJsonObject();
      String status = text(o, "status");
      s.append("| ").append(text(o, "shape")).append(" | ").append(text(o, "pass"));
      s.append(" | ").append(text(o, "mode")).append(" | ").append(text(o, "algorithm"));
      s.append(status.equals("timed") ? " → " + text(o, "chosen") : "").append(" | ");
      if (!status.equals("timed")) {
        s.append(status).append(" | | | | |\n");
        continue;
      }
      double ours = o.get("medianMillis").getAsDouble();
      double theirs = theirs(cudnn, o);
      if (text(o, "algorithm").equals("auto") && theirs > 0) {
        ratios.computeIfAbsent(text(o, "mode"), mode -> new ArrayList<>()).add(theirs / ours);
      }
      s.append(format(ours)).append(" | ").append(format(o.get("gflops").getAsDouble()));
      s.append(" | ").append(theirs > 0 ? format(theirs) : "").append(" | ");
      s.append(theirs > 0 ? format(theirs / ours) : "").append(" | ").append(predicted(floors, o));
      s.append(" |\n");
    }
    ratios.forEach(
        (mode, all) -> {
          double mean = Math.exp(all.stream().mapToDouble(Math::log).average().orElseThrow());
          s.append("\nGeometric mean of cuDNN ÷ ours with `auto` in ").append(mode);
          s.append(" over ").append(all.size()).append(" entries: ").append(format(mean));
          s.append(".\n");
        });
    slower(s, table);
  }

  /** What must not be: shapes on which `auto` takes longer than `stepped`. */
  private static void slower(StringBuilder s, JsonObject table) {
    Map<String, Double> stepped = new HashMap<>();
    Map<String, Double> auto = new TreeMap<>();
    for (JsonElement e : table.getAsJsonArray("entries")) {
      JsonObject o = e.getAsJsonObject();
      if (text(o, "status").equals("timed")) {
        String what = text(o, "shape") + " " + text(o, "pass") + " " + text(o, "mode");
        double millis = o.get("medianMillis").getAsDouble();
        if (text(o, "algorithm").startsWith("stepped/")) {
          stepped.merge(what, millis, Math::min);
        } else if (text(o, "algorithm").equals("auto")) {
          auto.put(what, millis);
        }
      }
    }
    auto.forEach(
        (what, millis) -> {
          if (millis > SLOWER * stepped.getOrDefault(what, millis)) {
            s.append("\n**`auto` is slower than `stepped`**: ").append(what).append(", ");
            s.append(format(millis)).append(" and ").append(format(stepped.get(what)));
            s.append(" ms.\n");
          }
        });
  }

  private static double theirs(JsonObject cudnn, JsonObject ours) {
    if (cudnn == null) {
      return 0;
    }
    for (JsonElement e : cudnn.getAsJsonArray("entries")) {
      JsonObject o = e.getAsJsonObject();
      boolean same =
          Stream.of("shape", "pass", "mode").allMatch(k -> text(o, k).equals(text(ours, k)));
      if (same && text(o, "status").equals("timed")) {
        return o.get("medianMillis").getAsDouble();
      }
    }
    return 0;
  }

  private static String predicted(FloorReport floors, JsonObject o) {
    LayerShape shape = LayerShape.parse(text(o, "shape"));
    Pass pass = Pass.valueOf(text(o, "pass").toUpperCase(Locale.ROOT));
    MathMode mode = MathMode.valueOf(text(o, "mode"));
    OptionalDouble millis = floors.predicted(text(o, "chosen"), shape, pass, mode);
    return millis.isPresent() ? format(millis.getAsDouble()) : "";
  }

  private static String format(double value) {
    return String.format(Locale.ROOT, "%.4g", value);
  }

  private static String text(JsonObject o, String key) {
    return o.has(key) ? o.get(key).getAsString() : "";
  }
}
