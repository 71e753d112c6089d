package org.recurrentops.gpu;

import org.recurrentops.RnnSpec;
import org.recurrentops.spi.RunState;

/**
 * Multiplies an inner layer's output, or its gradient, by the mask of its layer, in place. Key and
 * step number are those of the run.
 */
final class Dropout implements Work {
  private final LaunchArguments arguments;
  private final int groups;
  private final int groupSize;
  private final int firstStep;
  private final int seedLow;
  private final int seedHigh;

  Dropout(WorkList list, CallMemory memory, Rows x, int layer) {
    RnnSpec spec = memory.spec;
    float p = spec.dropout();
    long threshold = (long) Math.floor(p * 4294967296.0);
    Bindings b =
        new Bindings()
            .put("x", x.at())
            .put("rows", memory.batch)
            .put("steps", memory.steps)
            .put("width", x.width())
            .put("layer", layer)
            .put("threshold", (int) threshold)
            .put("drops_all", p >= 1)
            .put("scale", p < 1 ? 1 / (1 - p) : 0f);
    KernelId kernel = Kernels.DROPOUT;
    arguments = b.arguments(list.device(), kernel, "first_step", "seed_low", "seed_high");
    firstStep = kernel.index("first_step");
    seedLow = kernel.index("seed_low");
    seedHigh = kernel.index("seed_high");
    groups = list.groups(memory.rows() * ((x.width() + 3) / 4));
    groupSize = list.groupSize();
  }

  @Override
  public void enqueue(DeviceQueue queue, RunState state) {
    arguments.setInt(firstStep, (int) state.stepOffset());
    arguments.setInt(seedLow, (int) state.seed());
    arguments.setInt(seedHigh, (int) (state.seed() >>> 32));
    arguments.launch(queue, groups, 1, groupSize);
  }

  @Override
  public void close() {
    arguments.close();
  }
}
