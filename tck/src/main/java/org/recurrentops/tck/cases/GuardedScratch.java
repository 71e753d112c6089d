package org.recurrentops.tck.cases;

import java.util.IdentityHashMap;
import java.util.Map;
import org.recurrentops.RecurrentOps;
import org.recurrentops.Tensor;
import org.recurrentops.WorkspaceAllocator;

/**
 * Workspace, reserves and packed weights of a trial's plan: full of NaN when handed out, so that
 * nothing may be read before it is written, and guarded like every other tensor.
 */
final class GuardedScratch implements WorkspaceAllocator {
  private final Trial trial;
  private final Map<Tensor, GuardedTensor> live = new IdentityHashMap<>();
  private GuardedTensor latest;

  GuardedScratch(Trial trial) {
    this.trial = trial;
  }

  @Override
  public synchronized Tensor allocate(RecurrentOps ops, long elements) {
    latest =
        GuardedTensor.floats(
            "workspace, reserve or packed weights", ops, trial.placement, (int) elements);
    latest.setNaN();
    live.put(latest.view(), latest);
    return latest.view();
  }

  /** What was handed out last. */
  synchronized GuardedTensor latest() {
    return latest;
  }

  @Override
  public synchronized void release(Tensor memory) {
    try (GuardedTensor guarded = live.remove(memory)) {
      guarded.get();
    }
  }
}
