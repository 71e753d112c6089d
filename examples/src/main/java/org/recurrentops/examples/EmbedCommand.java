package org.recurrentops.examples;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.Callable;
import org.recurrentops.Backward;
import org.recurrentops.BackwardArgs;
import org.recurrentops.Counters;
import org.recurrentops.DeviceKind;
import org.recurrentops.Forward;
import org.recurrentops.ForwardArgs;
import org.recurrentops.Initializer;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.examples.lesson.Picture;
import org.recurrentops.examples.lesson.TrainingBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The library inside another framework, which keeps its memory and its optimiser. */
@Command(
    name = "embed",
    description = {
      "A framework of thirty lines owns plain float[] arrays; the library computes in them.",
      "The task: repeat the input of two steps ago."
    },
    sortOptions = false,
    footer = {"", "Example:", "  embed --backend cpu"})
final class EmbedCommand implements Callable<Integer> {
  private static final int T = 24;
  private static final int N = 16;
  private static final int H = 16;
  private static final int DELAY = 2;

  @Spec private CommandSpec spec;
  @Mixin private LessonOptions lesson;

  /** The framework: its arrays, its loss, its optimiser. It knows the library by two calls. */
  private static final class MiniFramework {
    final float[] x = new float[T * N];
    final float[] y = new float[T * N * H];
    final float[] dy = new float[T * N * H];
    final float[] weights;
    final float[] gradient;
    final float[] velocity;
    final Random random;

    MiniFramework(float[] weights, long seed) {
      this.weights = weights;
      gradient = new float[weights.length];
      velocity = new float[weights.length];
      random = new Random(seed);
    }

    /** One step; the mean squared error of unit 0 against the input of two steps ago. */
    double step(Forward forward, Backward backward) {
      for (int i = 0; i < x.length; i++) {
        x[i] = random.nextFloat() - 0.5f;
      }
      forward.run();
      double loss = 0;
      for (int i = DELAY * N; i < T * N; i++) {
        float error = y[i * H] - x[i - DELAY * N];
        dy[i * H] = 2 * error / N;
        loss += error * error / ((T - DELAY) * N);
      }
      backward.run();
      for (int i = 0; i < weights.length; i++) {
        velocity[i] = 0.9f * velocity[i] + gradient[i];
        weights[i] -= 0.01f * velocity[i];
      }
      return loss;
    }
  }

  @Override
  public Integer call() {
    Path picture = lesson.picture();
    int steps = lesson.steps(1500);
    PrintWriter out = spec.commandLine().getOut();
    try (RecurrentOps ops = lesson.backend() == null ? openCpu() : lesson.open()) {
      if (ops.device().kind() != DeviceKind.CPU || !ops.device().backend().equals("cpu")) {
        throw CommandException.usage(
            "embed: expected --backend cpu, which computes in a caller's arrays, got "
                + ops.device().id()
                + "; a cl_mem or CUdeviceptr of your own goes through RecurrentOps.wrap");
      }
      double[] losses = train(ops, steps, out);
      int tail = Math.max(1, steps / 20);
      double error = 0;
      for (int i = steps - tail; i < steps; i++) {
        error += losses[i] / tail;
      }
      out.printf("error       %.5f against %.5f for answering the mean%n", error, 1 / 12.0);
      double[] index = java.util.stream.IntStream.range(0, steps).asDoubleStream().toArray();
      var chart = Picture.chart("embed: a framework's own training loop", "steps", "squared error");
      Picture.line(chart, "network", index, losses);
      Picture.line(chart, "mean", new double[] {0, steps}, new double[] {1 / 12.0, 1 / 12.0});
      Picture.of(chart).write(picture);
      out.println("picture     " + picture);
      return 0;
    }
  }

  private static RecurrentOps openCpu() {
    return org.recurrentops.Backends.open("cpu");
  }

  private double[] train(RecurrentOps ops, int steps, PrintWriter out) {
    RnnSpec rnn = RnnSpec.gru(1, H).build();
    RecurrentPlan plan = ops.plan(rnn, PlanOptions.training(T, N));
    float[] first = plan.parameterLayout().initialValues(Initializer.pytorch(lesson.seed()));
    MiniFramework mini = new MiniFramework(first, lesson.seed());
    var w = ops.wrap(mini.weights, mini.weights.length);
    var x = ops.wrap(mini.x, T, N, 1);
    var y = ops.wrap(mini.y, T, N, H);
    Reserve reserve = plan.newReserve();
    Forward forward = plan.bindForward(ForwardArgs.of(w, x, y), reserve);
    forward.run(); // backward is bound to a reserve that is filled
    var dy = ops.wrap(mini.dy, T, N, H);
    var dw = ops.wrap(mini.gradient, mini.gradient.length);
    Backward backward = plan.bindBackward(BackwardArgs.of(w, x, dy, null, dw), reserve);
    double[] losses = new double[steps];
    Counters.Snapshot before = ops.counters().snapshot();
    TrainingBar.run(
        "embed", steps, spec.commandLine().getErr(), i -> losses[i] = mini.step(forward, backward));
    Counters.Snapshot after = ops.counters().snapshot();
    out.printf(
        "counters    %d steps: %d copies in, %d copies out, %d allocations%n",
        steps,
        after.uploads() - before.uploads(),
        after.downloads() - before.downloads(),
        after.allocations() - before.allocations());
    return losses;
  }
}
