package org.recurrentops.examples;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.recurrentops.RecurrentOps;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Four letters: learns to say hello. */
@Command(
    name = "hello",
    description = "Teaches a network of a few units to continue h, e, l, l with e, l, l, o.",
    sortOptions = false,
    footer = {"", "Example:", "  hello --cell gru --backend cpu"})
final class HelloCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private BackendOption backend;

  @Option(
      names = "--cell",
      description = "vanilla, lstm or gru. Default: ${DEFAULT-VALUE}",
      defaultValue = "vanilla")
  private String cell;

  @Option(
      names = "--hidden",
      description = "Hidden units. Default: ${DEFAULT-VALUE}",
      defaultValue = "8")
  private int hidden;

  @Option(
      names = "--steps",
      description = "Optimiser steps. Default: ${DEFAULT-VALUE}",
      defaultValue = "100")
  private int steps;

  @Option(
      names = "--seed",
      description = "Of the weights. Default: ${DEFAULT-VALUE}",
      defaultValue = "1")
  private long seed;

  @Override
  public Integer call() {
    if (hidden < 1 || steps < 1) {
      throw CommandException.usage(
          "hello: expected --hidden ≥ 1 and --steps ≥ 1, got " + hidden + " and " + steps);
    }
    PrintWriter out = spec.commandLine().getOut();
    try (RecurrentOps ops = backend.open();
        HelloModel model = new HelloModel(ops, Cells.named(cell), hidden, seed)) {
      out.printf("%s on %s%n%n", model.label(), ops.device().id());
      print(out, "before training", model.predict());
      for (int i = 0; i < steps; i++) {
        model.trainStep();
      }
      out.println();
      HelloModel.Prediction after = model.predict();
      print(out, "after " + steps + " steps", after);
      if (!after.text().equals(HelloModel.TARGETS)) {
        throw CommandException.failure(
            "hello: learnt '"
                + after.text()
                + "', not '"
                + HelloModel.TARGETS
                + "'; give more --steps or --hidden",
            null);
      }
      return 0;
    }
  }

  private static void print(PrintWriter out, String when, HelloModel.Prediction p) {
    out.printf(Locale.ROOT, "%s: loss %.4f nats, summed over the four steps%n", when, p.loss());
    out.println("  step  input  target   P(h)   P(e)   P(l)   P(o)   says");
    List<float[]> rows = p.probabilities();
    for (int t = 0; t < rows.size(); t++) {
      float[] r = rows.get(t);
      out.printf(
          Locale.ROOT,
          "  %4d  %5s  %6s  %5.3f  %5.3f  %5.3f  %5.3f   %4s%n",
          t + 1,
          HelloModel.INPUTS.charAt(t),
          HelloModel.TARGETS.charAt(t),
          r[0],
          r[1],
          r[2],
          r[3],
          p.text().charAt(t));
    }
  }
}
