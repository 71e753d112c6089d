package org.recurrentops.cpu;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.CellOptions;
import org.recurrentops.cpu.math.CpuMath;
import org.recurrentops.spi.RunState;

/**
 * A cell's stages between those of zoneout: the cell writes fresh states to memory of their own,
 * and reads the gradients of those. Without zoneout the cell's stages as they are.
 */
final class ZoneoutStages {
  private final Zoneout hidden;
  private final Zoneout cell;

  ZoneoutStages(PlanShape shape, int layer, int direction) {
    CellOptions o = shape.spec.cellOptions();
    hidden =
        o.zoneoutHidden() > 0
            ? new Zoneout(
                shape.training,
                o.zoneoutHidden(),
                Zoneout.HIDDEN,
                layer,
                direction,
                shape.cell.state)
            : null;
    cell =
        o.zoneoutCell() > 0
            ? new Zoneout(
                shape.training, o.zoneoutCell(), Zoneout.CELL, layer, direction, shape.cell.hidden)
            : null;
  }

  void of(RunState state) {
    if (hidden != null) {
      hidden.of(state);
    }
    if (cell != null) {
      cell.of(state);
    }
  }

  /** What the cell writes. */
  private ForwardMemory inner(ForwardMemory m, Slab freshH, Slab freshC) {
    return new ForwardMemory(
        m.gates(),
        m.saved(),
        m.hBefore(),
        hidden == null ? m.hAfter() : freshH,
        m.cBefore(),
        cell == null ? m.cAfter() : freshC,
        m.weights(),
        m.recurrentBias(),
        m.recurrentBiasOffset(),
        m.vectors(),
        hidden == null ? m.output() : null,
        m.input());
  }

  /** The stages of a step of a cell, given where fresh states go. */
  Stage[] forward(Cell of, CpuMath math, ForwardMemory m, Slab freshH, Slab freshC) {
    ForwardMemory inner = inner(m, freshH, freshC);
    List<Stage> all = new ArrayList<>(List.of(of.forward(math, inner)));
    if (hidden != null) {
      all.add(hidden.forward(inner.hAfter(), m.hBefore(), m.hAfter()));
    }
    if (cell != null) {
      all.add(cell.forward(inner.cAfter(), m.cBefore(), m.cAfter()));
    }
    return all.toArray(new Stage[0]);
  }

  /** What the cell reads, given fresh states and where their gradients go. */
  BackwardMemory inner(BackwardMemory m, Slab freshH, Slab freshC, Slab dFreshH, Slab dFreshC) {
    return new BackwardMemory(
        m.gates(),
        m.saved(),
        m.hBefore(),
        hidden == null ? m.hAfter() : freshH,
        m.cBefore(),
        cell == null ? m.cAfter() : freshC,
        m.dGates(),
        m.dSecond(),
        m.scratch(),
        hidden == null ? m.dhAfter() : dFreshH,
        m.dhBefore(),
        cell == null ? m.dcAfter() : dFreshC,
        m.dcBefore(),
        m.weights(),
        m.vectors());
  }

  Stage[] backward(Stage[] stages, BackwardMemory m, BackwardMemory inner) {
    List<Stage> all = new ArrayList<>();
    if (hidden != null) {
      all.add(hidden.toFresh(m.dhAfter(), inner.dhAfter()));
    }
    if (cell != null) {
      all.add(cell.toFresh(m.dcAfter(), inner.dcAfter()));
    }
    all.addAll(List.of(stages));
    if (hidden != null) {
      all.add(hidden.toBefore(m.dhAfter(), m.dhBefore()));
    }
    if (cell != null) {
      all.add(cell.toBefore(m.dcAfter(), m.dcBefore()));
    }
    return all.toArray(new Stage[0]);
  }
}
