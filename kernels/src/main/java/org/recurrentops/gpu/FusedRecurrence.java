package org.recurrentops.gpu;

import java.util.Optional;
import org.recurrentops.RnnSpec;

/** Strategy {@code fused}: one work-group per batch tile walks all steps in one launch. */
final class FusedRecurrence implements Recurrence {
  static Optional<String> refusal(RnnSpec spec, DeviceLimits limits) {
    return Optional.of("no whole-sequence kernel for " + spec.cell().label());
  }

  @Override
  public void forward(
      WorkList list, CallMemory memory, Bindings bindings, int layer, int direction) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void backward(
      WorkList list, CallMemory memory, Bindings bindings, int layer, int direction) {
    throw new UnsupportedOperationException();
  }

  @Override
  public String describe(RnnSpec spec) {
    return "fused";
  }
}
