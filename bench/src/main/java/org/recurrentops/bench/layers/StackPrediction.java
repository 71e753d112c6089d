package org.recurrentops.bench.layers;

import java.util.List;
import java.util.Locale;
import org.recurrentops.MathMode;

/**
 * What {@link StackModel} expects of every shape of a list, as Markdown.
 *
 * @param model the card's
 * @param list name of the list
 * @param layers L
 */
record StackPrediction(StackModel model, String list, int layers) {
  private static final List<String> STRATEGIES = List.of("stepped", "graph");

  /** The table and what it rests on. */
  String markdown(List<LayerShape> shapes, List<MathMode> modes) {
    StringBuilder s = new StringBuilder(head());
    s.append("| layer | pass | mode | GFLOP | weights MB | K |");
    STRATEGIES.forEach(name -> s.append(String.format(" %1$s ms | %1$s wave ms |", name)));
    s.append("\n|---|---|---|---:|---:|---:|").append("---:|".repeat(2 * STRATEGIES.size()));
    s.append('\n');
    for (LayerShape shape : shapes) {
      for (Pass pass : Pass.values()) {
        modes.forEach(mode -> s.append(row(shape, pass, mode)));
      }
    }
    return s.toString();
  }

  private String head() {
    return String.format(
        Locale.ROOT,
        """
        # Predictions: stacks of %2$d layers of %1$s on an %3$s

            java -jar bench/target/recurrent-bench.jar predict --list %1$s --layers %2$d

        Nothing here was measured. Layers in turn cost what the model of one layer says, each. As a wavefront
        (`-Drecurrentops.cuda.wavefront=off` is without) layer l + 1 runs a chunk of K steps when layer l has done it,
        K = √(3·T / ((L − 1)·s)) with s stages a step: ⌈T/K⌉ + L − 1 slots of K steps, the product over a chunk's input and two
        markers, but no less than all products of the card one after the other (R from L2 only if those of all layers fit), and
        in a stream no less than %4$.1f µs of the host (assumed) for every launch; – where the backend makes no wave, because it
        would not save a tenth of the launches in a row. Weight gradients run beside the loops, those of the last layer after
        them. All else as in `predict` without `--layers`. A measured median outside 0.5 … 2 times its prediction refutes the model there; so does a
        wave that is slower than layers in turn where it is predicted faster.

        """,
        list,
        layers,
        model.card().card(),
        model.enqueue());
  }

  private String row(LayerShape shape, Pass pass, MathMode mode) {
    LayerShape inner = StackModel.inner(shape);
    double flops = pass.flops(shape) + (layers - 1.0) * pass.flops(inner);
    double weights = megabytes(shape) + (layers - 1) * megabytes(inner);
    boolean waves = StackModel.waves(shape, layers);
    StringBuilder s =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "| %s | %s | %s | %.4g | %.3g | %s |",
                shape,
                pass,
                mode,
                flops * 1e-9,
                weights,
                waves ? StackModel.chunk(shape, layers) : "–"));
    for (String strategy : STRATEGIES) {
      double inTurn = model.inTurn(shape, layers, pass, mode, strategy);
      String inWave =
          waves
              ? String.format(
                  Locale.ROOT, "%.4g", model.inWave(shape, layers, pass, mode, strategy))
              : "–";
      s.append(String.format(Locale.ROOT, " %.4g | %s |", inTurn, inWave));
    }
    return s.append('\n').toString();
  }

  private static double megabytes(LayerShape s) {
    return 4e-6 * s.cell().gates() * s.hiddenSize() * (s.inputSize() + s.hiddenSize());
  }
}
