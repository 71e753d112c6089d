package org.recurrentops.bench.layers;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.recurrentops.MathMode;
import org.recurrentops.bench.layers.Cost.Part;

/**
 * Each measured call beside the floor that a model says, and what the difference is made of. The
 * floor of a step is split: what is around the chain of steps, then of a step forward what each
 * part adds to those before it, then a step backward as a whole. Of the difference each part gets
 * what its probes move the floor by, part after part; nothing explains the rest.
 */
final class FloorReport {
  private static final String HEADER =
      "| shape | pass | mode | algorithm | measured | floor | around | %s | backward | measured −"
          + " floor | of that by probes | floor by probes | unexplained |\n";

  /** Less than that is not worth a word, µs. */
  private static final double LITTLE = 5e-4;

  private final CardTimes assumed = CardTimes.assumed();
  private final CardTimes probed;
  private final JsonObject probes;

  /**
   * Of a run.
   *
   * @param probes what its step {@code probe} wrote, or null
   */
  FloorReport(JsonObject probes) {
    this.probes = probes;
    probed = probes == null ? assumed : CardTimes.measured(probes);
  }

  /** Milliseconds that the predictions say; empty for what no model knows. */
  OptionalDouble predicted(String chosen, LayerShape shape, Pass pass, MathMode mode) {
    return assumed.millis(chosen, shape, pass, mode);
  }

  /** The section of a table's timed entries. */
  String markdown(JsonObject table) {
    StringBuilder s = new StringBuilder("\n### what a step is made of\n\n");
    s.append("µs per step, of a whole call divided by its steps. The floor is the model's of an");
    s.append(" H200 before it was measured; around: products over all steps; a part of a step");
    s.append(" forward is what it adds to those before it. ").append(sources()).append("\n\n");
    String parts = Arrays.stream(Part.values()).map(Part::label).collect(Collectors.joining(" | "));
    s.append(String.format(HEADER, parts)).append("|---|---|---|---|");
    s.append("---:|".repeat(4 + Part.values().length)).append("---:|---|---:|---:|\n");
    for (JsonElement e : table.getAsJsonArray("entries")) {
      JsonObject o = e.getAsJsonObject();
      if (o.get("status").getAsString().equals("timed")) {
        row(s, o);
      }
    }
    return s.toString();
  }

  /** Which probes there are, and which not. */
  private String sources() {
    if (probes == null) {
      return "There are no probes of this run, so nothing explains a difference.";
    }
    StringBuilder s = new StringBuilder("Probes of this run, in times of what is assumed: ");
    String known =
        Arrays.stream(Cost.values())
            .filter(probed::knows)
            .map(c -> c.probe + " (" + c.part.label() + ") " + format(probed.times(c)))
            .collect(Collectors.joining(", "));
    String unknown =
        Arrays.stream(Cost.values())
            .filter(c -> !probed.knows(c))
            .map(c -> c.probe.isEmpty() ? c.name().toLowerCase(Locale.ROOT) : c.probe)
            .collect(Collectors.joining(", "));
    s.append(known.isEmpty() ? "none" : known);
    return s.append(unknown.isEmpty() ? "" : "; as assumed, for want of one: " + unknown)
        .append(".")
        .toString();
  }

  /** Of one entry. */
  private void row(StringBuilder s, JsonObject o) {
    LayerShape shape = LayerShape.parse(o.get("shape").getAsString());
    Pass pass = Pass.valueOf(o.get("pass").getAsString().toUpperCase(Locale.ROOT));
    MathMode mode = MathMode.valueOf(o.get("mode").getAsString());
    String chosen = o.get("chosen").getAsString();
    OptionalDouble millis = assumed.millis(chosen, shape, pass, mode);
    double perStep = 1e3 / shape.steps();
    double measured = o.get("medianMillis").getAsDouble() * perStep;
    s.append("| ").append(o.get("shape").getAsString()).append(" | ");
    s.append(o.get("pass").getAsString()).append(" | ").append(mode).append(" | ");
    s.append(chosen).append(" | ").append(format(measured)).append(" | ");
    if (millis.isEmpty()) {
      s.append("no model |").append(" |".repeat(6 + Part.values().length)).append("\n");
      return;
    }
    double floor = millis.getAsDouble() * perStep;
    s.append(format(floor));
    double around = assumed.aroundChain(shape, pass, mode) * perStep;
    s.append(" | ").append(format(around));
    double forward = 0;
    CardTimes some = CardTimes.free();
    for (Part part : Part.values()) {
      some = some.with(part, assumed);
      double chain = chain(some, chosen, shape, mode) * perStep;
      s.append(" | ").append(format(chain - forward));
      forward = chain;
    }
    s.append(" | ").append(pass == Pass.FORWARD ? "" : format(floor - around - forward));
    s.append(" | ").append(format(measured - floor)).append(" | ");
    double now = floor;
    CardTimes moved = assumed;
    String separator = "";
    for (Part part : Part.values()) {
      moved = moved.with(part, probed);
      double then = moved.millis(chosen, shape, pass, mode).orElseThrow() * perStep;
      if (Math.abs(then - now) >= LITTLE) {
        s.append(separator).append(part.label()).append(then > now ? " +" : " −");
        s.append(format(Math.abs(then - now)));
        separator = ", ";
      }
      now = then;
    }
    s.append(" | ").append(probes == null ? "" : format(now));
    s.append(" | ").append(format(measured - now)).append(" |\n");
  }

  /** Milliseconds of the steps forward alone. */
  private static double chain(CardTimes times, String chosen, LayerShape shape, MathMode mode) {
    return times.millis(chosen, shape, Pass.FORWARD, mode).orElseThrow()
        - times.aroundChain(shape, Pass.FORWARD, mode);
  }

  private static String format(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }
}
