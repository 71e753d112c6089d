package org.recurrentops.bench.layers;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.recurrentops.MathMode;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Writes down what the model of a card expects, before it is measured. */
@Command(
    name = "predict",
    sortOptions = false,
    header = "Writes down what a model of a GPU expects, to be refuted.",
    description =
        "Writes down what a model of an NVIDIA H200 expects of every strategy on a list of "
            + "shapes, so that measurements can refute it.",
    mixinStandardHelpOptions = true)
public final class PredictCommand implements Callable<Integer> {
  @Option(
      names = "--list",
      defaultValue = "deepbench-training",
      description =
          "small, persistent, deepbench-training, deepbench-inference, the last two with "
              + "-recurrent, or a file.")
  private String list;

  @Option(
      names = "--mode",
      split = ",",
      defaultValue = "FP32,TF32,BF16",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private List<MathMode> modes;

  @Option(
      names = "--layers",
      description = "Stacks of so many layers, in turn and as a wavefront (2 to 4).")
  private Integer layers;

  @Option(
      names = "--roles",
      description =
          "Directions and stacks whose loops of persistent share a launch; with --clusters stacks "
              + "of one-cluster.")
  private boolean roles;

  @Option(names = "--clusters", description = "Steps of one-cluster by the size of the cluster.")
  private boolean clusters;

  @Option(names = "--out", description = "Markdown file (default: standard output).")
  private Path out;

  @Spec private CommandSpec spec;

  /** For picocli. */
  public PredictCommand() {}

  @Override
  public Integer call() throws IOException {
    String text;
    try {
      text = prediction(ShapeList.read(list));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
    if (out == null) {
      PrintWriter print = spec.commandLine().getOut();
      print.print(text);
      print.flush();
    } else {
      Files.writeString(out, text);
    }
    return CommandLine.ExitCode.OK;
  }

  private String prediction(List<LayerShape> shapes) {
    if (roles && clusters) {
      return new ClusterRolesPrediction(OneClusterModel.H200, list).markdown(shapes, modes);
    }
    if (roles) {
      return new RolesPrediction(RolesModel.H200, list).markdown(shapes, modes);
    }
    if (clusters) {
      return new ClusterPrediction(OneClusterModel.H200, list).markdown(shapes, modes);
    }
    return layers == null ? markdown(shapes) : stacks(shapes);
  }

  private String stacks(List<LayerShape> shapes) {
    if (layers < 2 || layers > StackModel.MOST_LAYERS) {
      throw new IllegalArgumentException(
          "layers: expected 2 to " + StackModel.MOST_LAYERS + ", got " + layers);
    }
    return new StackPrediction(StackModel.H200, list, layers).markdown(shapes, modes);
  }

  private String markdown(List<LayerShape> shapes) {
    GpuModel m = GpuModel.H200;
    StringBuilder s = new StringBuilder("# Predictions: " + list + " on an " + m.card() + "\n\n");
    s.append("    java -jar bench/target/recurrent-bench.jar predict --list ")
        .append(list)
        .append("\n\n");
    s.append(
        "Nothing here was measured. A product over all steps: 70 % of the peak or the memory's ");
    s.append(
        "speed, whichever is slower.\nA step: 30 % of the peak or the time to read R from L2 ");
    s.append("(from memory if larger than 80 % of L2), and per\nlaunch (2 a step, in BF16 and ");
    s.append("FP16 3, twice as many for gru-reset-before) ").append(m.launch());
    s.append(" µs in a stream, ").append(m.node()).append(" µs as a\nnode of a graph; ");
    s.append("whole-sequence kernels read R per block of 4 rows from L2.\nInputs: peaks ");
    s.append(m.fp32()).append(" (FP32), ").append(m.tf32()).append(" (TF32), ").append(m.half());
    s.append(" (BF16, FP16) TFLOP/s, memory ").append(m.memory()).append(" TB/s (data sheet); L2 ");
    s.append(m.cache()).append(" TB/s,\n").append(m.multiprocessor());
    s.append(" GB/s per multiprocessor (assumed). ").append(PersistentModel.H200.assumptions());
    s.append(
        "; one-cluster: the fewest blocks that hold R, 15 clusters of eight at once, a barrier of"
            + " 0.3 µs, half the rate\nof FP32 for the own units (tensor cores: as above) and 32"
            + " bytes per clock between blocks; persistent/2d:\nthe same clusters, in 16 bits"
            + " forward of four, an eighth or a fourth of persistent's words, each once,\n"
            + "0.25 µs more for sums to arrive; – where they refuse.\n");
    s.append("A measured median outside 0.5 … 2 times its ");
    s.append("prediction refutes the model there.\n\n");
    s.append("| shape | pass | mode | GFLOP | weights MB | ");
    s.append(String.join(" ms | ", GpuModel.STRATEGIES))
        .append(" ms | persistent ms | from memory % | one-cluster ms | persistent/2d ms |\n");
    s.append("|---|---|---|---:|---:|---:|---:|---:|");
    s.append("---:|".repeat(1 + GpuModel.STRATEGIES.size())).append('\n');
    for (LayerShape shape : shapes) {
      for (Pass pass : Pass.values()) {
        for (MathMode mode : modes) {
          s.append(row(m, shape, pass, mode));
        }
      }
    }
    return s.toString();
  }

  private static String row(GpuModel m, LayerShape shape, Pass pass, MathMode mode) {
    double weights =
        4e-6 * shape.cell().gates() * shape.hiddenSize() * (shape.inputSize() + shape.hiddenSize());
    StringBuilder s =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "| %s | %s | %s | %.4g | %.3g |",
                shape,
                pass,
                mode,
                pass.flops(shape) * 1e-9,
                weights));
    for (String strategy : GpuModel.STRATEGIES) {
      s.append(String.format(Locale.ROOT, " %.4g |", m.millis(shape, pass, mode, strategy)));
    }
    s.append(MarkdownCell.of(PersistentModel.H200.millis(shape, pass, mode)));
    s.append(fromMemory(shape, pass, mode));
    s.append(MarkdownCell.of(OneClusterModel.H200.millis(shape, pass, mode)));
    s.append(MarkdownCell.of(Persistent2dModel.H200.millis(shape, pass, mode)));
    return s.append('\n').toString();
  }

  /** Percent of R that persistent reads from memory in every step, forward and backward. */
  private static String fromMemory(LayerShape shape, Pass pass, MathMode mode) {
    if (PersistentModel.H200.millis(shape, pass, mode).isEmpty()) {
      return " |";
    }
    long forward = Math.round(100 * PersistentModel.H200.step(shape, mode, false).streamed());
    long backward = Math.round(100 * PersistentModel.H200.step(shape, mode, true).streamed());
    return pass == Pass.FORWARD ? " " + forward + " |" : " " + forward + ", " + backward + " |";
  }
}
