package org.recurrentops.examples;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.Callable;
import org.recurrentops.CellType;
import org.recurrentops.DType;
import org.recurrentops.LossOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;
import org.recurrentops.examples.lesson.GradientNorms;
import org.recurrentops.examples.lesson.Network;
import org.recurrentops.examples.lesson.Picture;
import org.recurrentops.examples.lesson.Scores;
import org.recurrentops.examples.lesson.TrainingBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Vanishing and exploding gradients, gates against them, and what truncation costs. */
@Command(
    name = "memory",
    description = {
      "A symbol is shown once; after a lag of noise the network must say which it was.",
      "Draws the gradient with respect to the state at each step before any training."
    },
    sortOptions = false,
    footer = {"", "Example:", "  memory --lag 60"})
final class MemoryCommand implements Callable<Integer> {
  private static final int SHOWN = 4; // symbols to remember; as many are noise
  private static final int H = 32;
  private static final int N = 32;

  @Spec private CommandSpec spec;
  @Mixin private LessonOptions lesson;

  @Option(
      names = "--lag",
      description = "The long lag, 8 … 400, divisible by 4. Default: ${DEFAULT-VALUE}",
      defaultValue = "40")
  private int lag;

  @Override
  public Integer call() {
    if (lag < 8 || lag > 400 || lag % 4 != 0) {
      throw CommandException.usage("--lag: expected 8 … 400 in steps of 4, got " + lag);
    }
    Path picture = lesson.picture();
    PrintWriter out = spec.commandLine().getOut();
    try (RecurrentOps ops = lesson.open()) {
      Picture norms = draw(ops, out);
      out.printf("chance      %.1f %% of answers%n", 100.0 / SHOWN);
      for (String cell : new String[] {"vanilla", "lstm", "gru"}) {
        double near = accuracy(ops, Cells.named(cell), lag / 4, 1);
        double far = accuracy(ops, Cells.named(cell), lag, 1);
        out.printf("%-11s %.1f %% at lag %d, %.1f %% at lag %d%n", cell, near, lag / 4, far, lag);
        out.flush();
      }
      double cut = accuracy(ops, CellType.GRU, lag, 4);
      out.printf("truncated   %.1f %% for gru at lag %d in 4 windows%n", cut, lag);
      norms.write(picture);
      out.println("picture     " + picture);
      return 0;
    }
  }

  /** The state is carried from window to window; the gradient stays within the last one. */
  private double accuracy(RecurrentOps ops, CellType cell, int steps, int windows) {
    int width = steps / windows;
    RnnSpec rnn = RnnSpec.of(cell, 2 * SHOWN, H).build();
    Network net = new Network(ops, rnn, SHOWN, width, N, 0.01, lesson.seed());
    if (cell != CellType.VANILLA_TANH) { // gates that start by keeping: Tallec and Ollivier 2018
      ops.math().fill(GradientNorms.keepingGate(rnn, net.layerParams()), (float) Math.log(lag));
    }
    Tensor x = ops.allocate(DType.I32, steps, N);
    Tensor target = ops.allocate(DType.I32, N);
    Tensor carried = windows == 1 ? null : ops.allocate(1, N, H);
    Random random = new Random(lesson.seed());
    int[] first = new int[N];
    int all = lesson.steps(600);
    int[] right = {0};
    int measured = Math.max(1, all / 10);
    TrainingBar.run(
        cell + " " + steps,
        all + measured,
        spec.commandLine().getErr(),
        step -> {
          x.upload(draw(random, steps, first));
          target.upload(first);
          for (int w = 0; w < windows - 1; w++) {
            Tensor piece = x.slice(0, (long) w * width, (long) (w + 1) * width);
            ops.math().copy(net.encode(piece, null, w == 0 ? null : carried), carried);
          }
          Tensor last = x.slice(0, (long) steps - width, steps);
          Tensor score = net.lastStep(last, null, carried);
          if (step >= all) { // fresh sequences, no more learning
            int[] said = Scores.best(score.toFloats(), SHOWN);
            for (int n = 0; n < N; n++) {
              right[0] += said[n] == first[n] ? 1 : 0;
            }
            return Double.NaN;
          }
          ops.math().softmaxCrossEntropy(score, target, LossOptions.mean(), net.loss(), score);
          net.backLastStep(last, score);
          net.update(Scores.rate(step, all));
          return net.lossAt(step);
        });
    return 100.0 * right[0] / (measured * N);
  }

  private static int[] draw(Random random, int steps, int[] first) {
    int[] symbols = new int[steps * N];
    for (int i = 0; i < symbols.length; i++) {
      symbols[i] = i < N ? random.nextInt(SHOWN) : SHOWN + random.nextInt(SHOWN);
    }
    System.arraycopy(symbols, 0, first, 0, N);
    return symbols;
  }

  private Picture draw(RecurrentOps ops, PrintWriter out) {
    var chart = Picture.chart("How far a gradient reaches back", "step t", "|dL/dh_t|");
    chart.getStyler().setYAxisLogarithmic(true);
    double[] t = java.util.stream.IntStream.rangeClosed(0, lag).asDoubleStream().toArray();
    String[] cells = {"vanilla", "lstm", "gru", "vanilla"};
    for (int i = 0; i < cells.length; i++) {
      float scale = i == 3 ? 4 : 1;
      RnnSpec rnn = RnnSpec.of(Cells.named(cells[i]), 2 * SHOWN, H).build();
      GradientNorms norms = GradientNorms.measure(ops, rnn, lag, scale, lesson.seed());
      String name = cells[i] + (i == 3 ? ", 4 x weights" : "");
      Picture.line(chart, name, t, norms.perStep());
      out.printf(
          "|dL/dh_0|   %.1e of |dL/dh_%d| for %s; |dL/dw| %.2g, clipped %.2g%n",
          norms.perStep()[0], lag, name, norms.ofParameters(), norms.clipped());
    }
    return Picture.of(chart);
  }
}
