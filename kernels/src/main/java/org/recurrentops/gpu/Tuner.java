package org.recurrentops.gpu;

import java.util.Optional;
import org.recurrentops.PlanOptions;
import org.recurrentops.spi.PlanRequest;

/** Chooses the algorithm of a plan. */
final class Tuner {
  private final Device device;
  private final GpuQueue queue;

  Tuner(Device device, GpuQueue queue) {
    this.device = device;
    this.queue = queue;
  }

  GpuPlan.Choice choose(PlanRequest request, PlanLayout layout) {
    PlanOptions o = request.options();
    if (!o.algorithm().equals(PlanOptions.AUTO)) {
      return new GpuPlan.Choice(o.algorithm(), "asked for by the caller");
    }
    Optional<String> given = Tuning.parse(o.tuning(), Algorithm.names(device));
    if (given.isPresent()) {
      return new GpuPlan.Choice(given.get(), "given by the caller's tuning");
    }
    return new GpuPlan.Choice(Algorithm.names(device).get(0), "static");
  }
}
