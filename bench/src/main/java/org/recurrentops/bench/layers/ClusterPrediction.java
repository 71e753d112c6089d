package org.recurrentops.bench.layers;

import java.util.List;
import java.util.Locale;
import org.recurrentops.CellType;
import org.recurrentops.MathMode;

/**
 * What a model expects of a step of {@code one-cluster} in clusters of every size: the plan takes
 * the fewest blocks that hold the layer, and a card can say whether more are faster.
 *
 * @param model of the card
 * @param list name of the shapes
 */
record ClusterPrediction(OneClusterModel model, String list) {
  String markdown(List<LayerShape> shapes, List<MathMode> modes) {
    StringBuilder s = new StringBuilder("# Predictions: one-cluster, " + list + " on an ");
    s.append(model.card().card()).append("\n\n");
    s.append("    java -jar bench/target/recurrent-bench.jar predict --clusters --list ");
    s.append(list).append("\n\n");
    s.append(
        String.format(
            Locale.ROOT,
            "Nothing here was measured. µs of a step, in training of one forward and one back, by"
                + " the blocks of a cluster; the first\n"
                + "number of a row is what a plan takes unless `-Drecurrentops.gpu.cluster` names"
                + " another; – where the layer does not fit.\n"
                + "A barrier of a cluster %.1f µs, %.1f µs for sums and gates, half the rate of"
                + " FP32, 70 %% of that of mma.sync,\n"
                + "32 bytes per clock between blocks, 128 from shared memory; %d, %d, %d, %d and %d"
                + " clusters at once. A measured step\n"
                + "outside 0.5 … 2 times its prediction refutes the model there.%n%n",
            model.barrier(),
            OneClusterModel.FINISH,
            OneClusterModel.clusters(1),
            OneClusterModel.clusters(2),
            OneClusterModel.clusters(4),
            OneClusterModel.clusters(8),
            OneClusterModel.clusters(16)));
    s.append("| shape | pass | mode |");
    OneClusterModel.SIZES.forEach(size -> s.append(" ").append(size).append(" |"));
    s.append("\n|---|---|---|").append("---:|".repeat(OneClusterModel.SIZES.size())).append('\n');
    for (LayerShape shape : shapes) {
      if (shape.cell() != CellType.GRU_RESET_BEFORE) {
        for (Pass pass : Pass.values()) {
          modes.forEach(mode -> s.append(row(shape, pass, mode)));
        }
      }
    }
    return s.toString();
  }

  private String row(LayerShape shape, Pass pass, MathMode mode) {
    StringBuilder s = new StringBuilder("| " + shape + " | " + pass + " | " + mode + " |");
    boolean any = false;
    for (int size : OneClusterModel.SIZES) {
      double micros = model.callMicros(shape, pass, mode, size);
      any |= !Double.isNaN(micros);
      s.append(Double.isNaN(micros) ? " – |" : String.format(Locale.ROOT, " %.2f |", micros));
    }
    return any ? s.append('\n').toString() : "";
  }
}
