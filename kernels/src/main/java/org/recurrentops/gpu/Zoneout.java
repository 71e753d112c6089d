package org.recurrentops.gpu;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.CellOptions;
import org.recurrentops.RnnSpec;

/**
 * What a step of one layer and direction does for zoneout around the cell's own stages, see {@link
 * org.recurrentops.RnnSpecBuilder#zoneout}. Forward mixes the states that the cell has written with
 * those before the step. Backward hands the cell its part of the states' gradients, and adds what
 * goes around the cell afterwards. Nothing without zoneout.
 */
final class Zoneout {
  private static final int HIDDEN = 1;
  private static final int CELL = 2;

  private final WorkList list;
  private final CallMemory memory;
  private final Bindings bindings;
  private final RnnSpec spec;
  private final CellOptions options;
  private final int layer;
  private final int direction;

  Zoneout(WorkList list, CallMemory memory, Bindings bindings, int layer, int direction) {
    this.list = list;
    this.memory = memory;
    this.bindings = bindings;
    this.spec = memory.spec;
    this.options = spec.cellOptions();
    this.layer = layer;
    this.direction = direction;
  }

  /** Whether a plan draws masks; inference takes their mean. */
  static boolean draws(PlanLayout layout) {
    return layout.training && layout.spec.cellOptions().zonesOut();
  }

  /** Whether c is zoned out, so that forward needs c from before and after a step. */
  static boolean mixesCell(RnnSpec spec) {
    return spec.cellOptions().zoneoutCell() > 0;
  }

  /** Stages of a step forward; backward has twice as many. */
  static int stages(RnnSpec spec) {
    return (spec.cellOptions().zoneoutHidden() > 0 ? 1 : 0) + (mixesCell(spec) ? 1 : 0);
  }

  List<Stage> forward() {
    List<Stage> stages = new ArrayList<>();
    if (options.zoneoutHidden() > 0) {
      Bindings b = of(HIDDEN).put("state", bindings.address("h_seq"));
      b.put("state_step", memory.plane(spec.stateSize()));
      b.put("fresh", memory.kept).put("keeps_fresh", false);
      stages.add(stage(b, CellKernels.ZONEOUT_FORWARD, spec.stateSize()));
    }
    if (options.zoneoutCell() > 0) {
      Bindings b = of(CELL).put("state", bindings.address("c_seq"));
      b.put("state_step", memory.plane(spec.hiddenSize())).put("has_y", false);
      b.put("fresh", memory.freshCell(layer, direction));
      b.put("keeps_fresh", memory.layout.training);
      stages.add(stage(b, CellKernels.ZONEOUT_FORWARD, spec.hiddenSize()));
    }
    return stages;
  }

  /** Stages that part the gradients, dy among them. */
  List<Stage> beforeCell() {
    List<Stage> stages = new ArrayList<>();
    PlanLayout.Lane lane = memory.lane();
    if (options.zoneoutHidden() > 0) {
      Bindings b = of(HIDDEN).put("d", bindings.address("dh"));
      b.put("kept", memory.scratch(lane.keptHidden()));
      stages.add(stage(b, CellKernels.ZONEOUT_BACKWARD, spec.stateSize()));
    }
    if (options.zoneoutCell() > 0) {
      Bindings b = of(CELL).put("d", bindings.address("dc")).put("has_dy", false);
      b.put("kept", memory.scratch(lane.keptCell()));
      stages.add(stage(b, CellKernels.ZONEOUT_BACKWARD, spec.hiddenSize()));
    }
    return stages;
  }

  /** Parameters of the cell's backward kernels: dy is within dh where h is zoned out. */
  Bindings cellBindings() {
    return options.zoneoutHidden() > 0 ? new Bindings(bindings).put("has_dy", false) : bindings;
  }

  /** Stages that add the gradients which go around the cell. */
  List<Stage> afterCell() {
    List<Stage> stages = new ArrayList<>();
    PlanLayout.Lane lane = memory.lane();
    if (options.zoneoutHidden() > 0) {
      Address dh = bindings.address("dh");
      stages.add(sum(memory.scratch(lane.keptHidden()), dh, spec.stateSize()));
    }
    if (options.zoneoutCell() > 0) {
      Address dc = bindings.address("dc");
      stages.add(sum(memory.scratch(lane.keptCell()), dc, spec.hiddenSize()));
    }
    return stages;
  }

  private Stage sum(Address src, Address dst, int width) {
    return memory.compacts()
        ? PackedStage.sum(list, memory, src, dst, width)
        : new Sum(src, dst, width);
  }

  private Stage stage(Bindings b, KernelId kernel, int width) {
    return PointwiseStage.of(list, memory, b.put("width", width), kernel, width);
  }

  private Bindings of(int kind) {
    boolean hidden = kind == HIDDEN;
    float p = hidden ? options.zoneoutHidden() : options.zoneoutCell();
    return new Bindings(bindings)
        .put("random", memory.scratch(memory.layout.random))
        .put("draws", memory.layout.training)
        .put("kind_layer", kind << 16 | layer)
        .put("first_unit", direction * (hidden ? spec.stateSize() : spec.hiddenSize()))
        .put("threshold", (int) (long) Math.floor(p * 4294967296.0))
        .put("share", memory.layout.wide ? 1 - (double) p : 1 - p);
  }

  /** dst += src, [N,width]. */
  private final class Sum implements Stage {
    private final Work work;

    Sum(Address src, Address dst, int width) {
      Rows to = Rows.dense(dst, 1, memory.batch, width);
      WorkList own = list.another();
      RowWork.add(own, Rows.dense(src, 1, memory.batch, width), 1, to);
      work = own;
    }

    @Override
    public void enqueue(DeviceQueue queue, int t) {
      work.enqueue(queue, false);
    }

    @Override
    public void close() {
      work.close();
    }
  }
}
