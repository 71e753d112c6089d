package org.recurrentops.gpu;

import org.recurrentops.spi.RunState;

/** Brings a run's first step and seed into the plan's memory, for {@link Dropout}. */
final class RunRandom implements RunInput {
  /** First step, low and high half of the seed. */
  static final int WORDS = 3;

  private final LaunchArguments set;
  private final int firstValue;

  RunRandom(WorkList list, Address random) {
    KernelId words = Kernels.SET_LENGTHS; // writes up to sixteen ints, whatever they mean
    set = list.device().prepare(words);
    set.set("lengths", random.buffer(), random.offset()).set("count", WORDS);
    firstValue = words.index("v0");
    for (int k = WORDS; k < words.parameters().size() - firstValue; k++) {
      set.setInt(firstValue + k, 0);
    }
  }

  @Override
  public void enqueue(DeviceQueue queue, RunState state) {
    set.setInt(firstValue, (int) state.stepOffset());
    set.setInt(firstValue + 1, (int) state.seed());
    set.setInt(firstValue + 2, (int) (state.seed() >>> 32));
    set.launch(queue, 1, 1, 16);
  }

  @Override
  public void close() {
    set.close();
  }
}
