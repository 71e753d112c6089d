package org.recurrentops.bench.layers;

import java.util.List;
import java.util.Locale;
import org.recurrentops.CellType;
import org.recurrentops.MathMode;

/**
 * What {@link RolesModel} expects of every shape of a list, as Markdown.
 *
 * @param model the card's
 * @param list name of the list
 */
record RolesPrediction(RolesModel model, String list) {
  private static final List<Integer> STACKS = List.of(2, 4);

  /** The table and what it rests on. */
  String markdown(List<LayerShape> shapes, List<MathMode> modes) {
    StringBuilder s = new StringBuilder(head());
    s.append("| layer | pass | mode | directions apart ms | together ms |");
    STACKS.forEach(l -> s.append(String.format(" %1$d layers in turn ms | wave ms |", l)));
    s.append("\n|---|---|---|").append("---:|".repeat(2 + 2 * STACKS.size())).append('\n');
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
        # Predictions: loops of `persistent` in one launch, %1$s on an %2$s

            java -jar bench/target/recurrent-bench.jar predict --list %1$s --roles

        Nothing here was measured. A layer in both directions, and stacks of layers in one: each loop with a launch of its own
        and a mailbox, as in `predict` without `--roles`, one after the other on the whole card; or all in one launch on a part of it each
        (`-Drecurrentops.gpu.roles=together`), by the same model but for 7 turns of weights in registers, on tensor cores forward 4 chunks of at most 3 tiles. As a wavefront L layers take
        T + L - 1 steps, in which a layer multiplies its input, too, with weights from shared memory and words that have come before, while
        those of its own loop are on their way (%3$.1f µs). Loops alone read from memory what does not fit, at most half;
        loops that share a launch do not. – where weights do not fit. A measured median outside 0.5 … 2 times its
        prediction refutes the model there; so does one launch that is slower than several where it is predicted faster, and layers as a
        wavefront that are not faster with the mailbox than with `-Drecurrentops.gpu.exchange=barrier`.

        """,
        list,
        model.alone().card().card(),
        model.alone().published());
  }

  private String row(LayerShape shape, Pass pass, MathMode mode) {
    StringBuilder s = new StringBuilder(String.format("| %s | %s | %s |", shape, pass, mode));
    s.append(MarkdownCell.of(model.directionsApart(shape, pass, mode)));
    s.append(MarkdownCell.of(model.directionsTogether(shape, pass, mode)));
    for (int layers : STACKS) {
      s.append(MarkdownCell.of(model.inTurn(shape, layers, pass, mode)));
      s.append(MarkdownCell.of(model.inWave(shape, layers, pass, mode)));
    }
    return s.append('\n').toString();
  }
}
