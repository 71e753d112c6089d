package org.recurrentops.gpu;

import java.util.List;
import java.util.Optional;
import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;

/**
 * Strategy {@code fused}: one work-group per tile of batch rows walks the whole sequence in one
 * launch, recurrent product inside, without any barrier between work-groups. Very long sequences
 * are cut so that one launch stays short.
 */
final class FusedRecurrence implements Recurrence {
  private static final int TILE_ROWS = 4;

  /** Local memory holds the gates of a step beside each other, and h before and after it. */
  private static final int STATE_BUFFERS = 2;

  /** Multiply-adds that one work-group may spend in one launch: well under a second anywhere. */
  private static final double LAUNCH_BUDGET = 2.5e8;

  static Optional<String> refusal(RnnSpec spec, DeviceLimits limits) {
    if (spec.isLayerNormalised()) {
      return Optional.of(
          "layer normalisation needs every unit of a row between a step's product and its gates;"
              + " use stepped");
    }
    if (spec.cellOptions().zonesOut()) {
      return Optional.of(
          "zoneout: no step of a whole-sequence kernel keeps old values; use stepped");
    }
    long needed = Math.max(forwardLocal(spec), backwardLocal(spec));
    return needed <= limits.localMemoryBytes()
        ? Optional.empty()
        : Optional.of(
            "H="
                + spec.hiddenSize()
                + " needs "
                + needed
                + " bytes of local memory for a tile of "
                + TILE_ROWS
                + " rows, the device has "
                + limits.localMemoryBytes()
                + "; use stepped");
  }

  /** With a projection h is kept once, beside what is projected; backward its gradient, too. */
  private static long forwardLocal(RnnSpec spec) {
    long states =
        spec.projectionSize() > 0
            ? spec.stateSize() + spec.hiddenSize()
            : STATE_BUFFERS * spec.hiddenSize();
    return states * TILE_ROWS * Float.BYTES;
  }

  private static long backwardLocal(RnnSpec spec) {
    long gates = (long) spec.cell().gates() * spec.hiddenSize();
    return (gates + spec.projectionSize()) * TILE_ROWS * Float.BYTES;
  }

  @Override
  public void forward(
      WorkList list, CallMemory memory, Bindings bindings, int layer, int direction) {
    if (!memory.isPacked() && !memory.weightsReady()) {
      WeightTranspose.add(list, memory, layer, direction);
    }
    bindings.put("weight", memory.transposed(Kind.WEIGHT_HH, layer, direction));
    if (memory.spec.projectionSize() > 0) {
      bindings.put("projection", memory.transposed(Kind.WEIGHT_HR, layer, direction));
    }
    KernelId kernel = memory.layout.program.sequenceForward();
    long local = forwardLocal(memory.spec);
    boolean reverse = memory.spec.direction().isReverse(direction);
    list.add(launches(list, memory, bindings, kernel, local, reverse, List.of()));
  }

  @Override
  public void backward(
      WorkList list, CallMemory memory, Bindings bindings, int layer, int direction) {
    bindings.put("weight", memory.loopWeight(Kind.WEIGHT_HH, layer, direction));
    if (memory.spec.projectionSize() > 0) {
      bindings.put("projection", memory.weight(Kind.WEIGHT_HR, layer, direction));
    }
    KernelId kernel = memory.layout.program.sequenceBackward();
    long local = backwardLocal(memory.spec);
    boolean reverse = memory.spec.direction().isReverse(direction);
    List<Stage> perStep = StateGradients.stages(list, memory, bindings);
    list.add(launches(list, memory, bindings, kernel, local, reverse, perStep));
  }

  @Override
  public boolean splits() {
    return false;
  }

  @Override
  public String describe(RnnSpec spec) {
    return "fused: one launch per direction and "
        + stepsPerLaunch(spec)
        + " steps (and per stretch of steps with the same rows where some are left out), one"
        + " work-group per "
        + TILE_ROWS
        + " rows, "
        + Math.max(forwardLocal(spec), backwardLocal(spec))
        + " B of local memory";
  }

  private static int stepsPerLaunch(RnnSpec spec) {
    double recurrent = (double) spec.stateSize() * spec.cell().gates();
    double perStep = (recurrent + spec.projectionSize()) * spec.hiddenSize() * TILE_ROWS;
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, LAUNCH_BUDGET / perStep));
  }

  private static Work launches(
      WorkList list,
      CallMemory memory,
      Bindings bindings,
      KernelId kernel,
      long local,
      boolean reverse,
      List<Stage> perStep) {
    int most = stepsPerLaunch(memory.spec);
    if (memory.compacts()) {
      int bytes = Math.toIntExact(local);
      return new PackedLaunches(
          list, memory, bindings, kernel, bytes, reverse, TILE_ROWS, most, perStep);
    }
    LaunchArguments arguments =
        bindings
            .arguments(list.device(), kernel, SequenceLaunches.edge(kernel), "count")
            .local(Math.toIntExact(local));
    int groups = (memory.batch + TILE_ROWS - 1) / TILE_ROWS;
    int groupSize = list.sequenceGroupSize(memory.spec.hiddenSize());
    return new SequenceLaunches(
            arguments,
            memory,
            reverse,
            most,
            queue -> arguments.launch(queue, groups, 1, groupSize))
        .before(perStep);
  }
}
