package org.recurrentops.bench.layers;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.recurrentops.CellType;
import org.recurrentops.MathMode;

/**
 * What a model expects of stacks of {@code one-cluster}, layer after layer or each layer in
 * clusters of its own in one launch.
 *
 * @param model of the card
 * @param list name of the shapes
 */
record ClusterRolesPrediction(OneClusterModel model, String list) {
  private static final List<Integer> STACKS = List.of(2, 4);

  String markdown(List<LayerShape> shapes, List<MathMode> modes) {
    StringBuilder s = new StringBuilder(head());
    s.append("| layer | pass | mode |");
    STACKS.forEach(l -> s.append(String.format(" %1$d layers in turn ms | wave ms |", l)));
    s.append("\n|---|---|---|").append("---:|".repeat(2 * STACKS.size())).append('\n');
    for (LayerShape shape : shapes) {
      for (Pass pass : Pass.values()) {
        if (shape.cell() != CellType.GRU_RESET_BEFORE) {
          modes.forEach(mode -> s.append(row(shape, pass, mode)));
        }
      }
    }
    return s.toString();
  }

  private String head() {
    return String.format(
        Locale.ROOT,
        """
        # Predictions: layers of `one-cluster` in one launch, %1$s on an %2$s

            java -jar bench/target/recurrent-bench.jar predict --list %1$s --clusters --roles

        Nothing here was measured. Stacks of layers in one direction: each layer with a launch of its own, one after the other, in the fewest
        blocks that hold R, or all in one launch (`-Drecurrentops.gpu.roles=together`), each in clusters of its own of the fewest blocks that
        hold R and W, which live at once: T + L - 1 steps, in which a layer multiplies its input, too, by the rates of `predict --clusters`
        and %3$.1f µs more for its sums; words of the layer before have come by then. – where the weights do not fit, or not all clusters at
        once. A measured median outside 0.5 … 2 times its prediction refutes the model there; so does a wavefront that is slower than layers in
        turn where it is predicted faster.

        """,
        list,
        model.card().card(),
        OneClusterModel.FINISH);
  }

  private String row(LayerShape shape, Pass pass, MathMode mode) {
    StringBuilder s = new StringBuilder(String.format("| %s | %s | %s |", shape, pass, mode));
    boolean any = false;
    for (int layers : STACKS) {
      OptionalDouble turn = model.inTurn(shape, layers, pass, mode);
      OptionalDouble wave = model.inWave(shape, layers, pass, mode);
      any |= turn.isPresent() || wave.isPresent();
      s.append(MarkdownCell.of(turn)).append(MarkdownCell.of(wave));
    }
    return any ? s.append('\n').toString() : "";
  }
}
