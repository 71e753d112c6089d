package org.recurrentops.examples;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Callable;
import org.recurrentops.BiasMode;
import org.recurrentops.ForwardArgs;
import org.recurrentops.Initializer;
import org.recurrentops.ParameterSlice;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.RnnSpec;
import org.recurrentops.RnnSpecBuilder;
import org.recurrentops.SequenceLayout;
import org.recurrentops.Tensor;
import org.recurrentops.examples.lesson.UnrolledDiagram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What goes in, what comes out, and how many numbers are learnt. */
@Command(
    name = "shapes",
    description = "Unrolls a vanilla network over time and prints every shape and count.",
    sortOptions = false,
    footer = {"", "Example:", "  shapes --inputs 4 --units 3"})
final class ShapesCommand implements Callable<Integer> {
  private static final int SAMPLES = 2;
  private static final int STEPS = 5;

  @Spec private CommandSpec spec;
  @Mixin private LessonOptions lesson;

  @Option(
      names = "--inputs",
      description = "Features per step, C. Default: ${DEFAULT-VALUE}",
      defaultValue = "4")
  private int inputs;

  @Option(
      names = "--units",
      description = "Hidden units, H. Default: ${DEFAULT-VALUE}",
      defaultValue = "3")
  private int units;

  @Override
  public Integer call() {
    if (inputs < 1 || units < 1 || inputs > 1000 || units > 1000) {
      throw CommandException.usage(
          "shapes: expected --inputs and --units in 1 … 1000, got " + inputs + " and " + units);
    }
    Path picture = lesson.picture();
    PrintWriter out = spec.commandLine().getOut();
    try (RecurrentOps ops = lesson.open()) {
      out.println("h_t = tanh(W_x x_t + W_h h_{t-1} + b), the same W and b at every step\n");
      RnnSpec one = RnnSpec.vanilla(inputs, units).bias(BiasMode.SINGLE).build();
      double difference = run(ops, one, "vanilla", out);
      run(ops, deep().build(), "two layers", out);
      run(ops, deep().bidirectional().build(), "two layers, bidirectional", out);
      out.printf("%nlargest |library - the equation by hand| = %.1e%n", difference);
    }
    UnrolledDiagram.draw(STEPS).write(picture);
    out.println("picture     " + picture);
    return 0;
  }

  private RnnSpecBuilder deep() {
    return RnnSpec.vanilla(inputs, units).bias(BiasMode.SINGLE).layers(2);
  }

  /** Prints the parameters and shapes; the largest difference from the equation, if one layer. */
  private double run(RecurrentOps ops, RnnSpec rnn, String name, PrintWriter out) {
    RecurrentPlan plan =
        ops.plan(rnn, PlanOptions.inference(STEPS, SAMPLES).layout(SequenceLayout.BATCH_MAJOR));
    StringBuilder sum = new StringBuilder();
    out.println(name);
    for (ParameterSlice s : plan.parameterLayout().slices()) {
      out.printf("  %-22s %-8s = %d%n", s.name(), s.shape(), s.shape().elements());
      sum.append(sum.length() == 0 ? "" : " + ").append(s.shape().elements());
    }
    out.printf("  parameters  %s = %d%n", sum, plan.parameterLayout().elements());
    Tensor params = ops.allocate(plan.parameterLayout().shape());
    plan.parameterLayout().initialise(params, Initializer.pytorch(lesson.seed()));
    Tensor x = ops.allocate(SAMPLES, STEPS, inputs);
    Tensor y = ops.allocate(SAMPLES, STEPS, rnn.outputSize());
    Tensor last = ops.allocate(rnn.stateCount(), SAMPLES, units);
    Random random = new Random(lesson.seed());
    float[] host = new float[SAMPLES * STEPS * inputs];
    for (int i = 0; i < host.length; i++) {
      host[i] = (float) random.nextGaussian();
    }
    x.upload(host);
    plan.forward(ForwardArgs.of(params, x, y).finalState(last, null));
    out.println("  in          [samples, steps, features] = " + x.shape());
    out.println("  all states  [samples, steps, units]    = " + y.shape());
    out.println(
        "  last state  [samples, units]           = "
            + last.select(0).shape()
            + (rnn.stateCount() > 1 ? " for each of " + rnn.stateCount() : ""));
    return rnn.stateCount() > 1 ? 0 : difference(params.toFloats(), host, y.toFloats());
  }

  /** The equation, written out for every sample, step and unit. */
  private double difference(float[] p, float[] x, float[] y) {
    double worst = 0;
    for (int n = 0; n < SAMPLES; n++) {
      double[] h = new double[units];
      for (int t = 0; t < STEPS; t++) {
        double[] next = new double[units];
        for (int j = 0; j < units; j++) {
          double sum = p[units * inputs + units * units + j]; // b
          for (int i = 0; i < inputs; i++) {
            sum += p[j * inputs + i] * x[(n * STEPS + t) * inputs + i]; // W_x x_t
          }
          for (int k = 0; k < units; k++) {
            sum += p[units * inputs + j * units + k] * h[k]; // W_h h_{t-1}
          }
          next[j] = Math.tanh(sum);
          worst = Math.max(worst, Math.abs(next[j] - y[(n * STEPS + t) * units + j]));
        }
        h = Arrays.copyOf(next, units);
      }
    }
    return worst;
  }
}
