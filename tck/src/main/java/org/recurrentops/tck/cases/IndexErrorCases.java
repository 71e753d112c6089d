package org.recurrentops.tck.cases;

import java.util.List;
import org.recurrentops.DeviceException;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.tck.ConformanceCase;
import org.recurrentops.tck.ConformanceContext;

/**
 * Indices out of range: a device error at the latest at synchronize, and a usable device after it.
 */
final class IndexErrorCases {
  private static final int C = 9;

  private IndexErrorCases() {}

  static List<ConformanceCase> all() {
    return List.of(
        ConformanceCase.ofPlan("indices", "negative index", c -> outOfRange(c, -1)),
        ConformanceCase.ofPlan("indices", "index C", c -> outOfRange(c, C)),
        ConformanceCase.ofPlan("indices", "far index", c -> outOfRange(c, Integer.MAX_VALUE)));
  }

  private static void outOfRange(ConformanceContext context, int wrong) {
    RnnSpec spec = RnnSpec.gru(C, 7).build();
    Trial trial = Trial.of(spec, 4, 3).indexed().seed(context.seed());
    try (RecurrentPlan plan = context.plan(spec, trial.options());
        Reserve reserve = plan.newReserve();
        DeviceCall call = new DeviceCall(context, plan, reserve, trial)) {
      call.upload();
      int[] indices = call.data.indices.clone();
      indices[7] = wrong;
      call.x.set(indices);
      Expect.refusal(
          "index " + wrong,
          DeviceException.class,
          () -> {
            plan.forward(call.forwardArgs(), reserve);
            context.ops().synchronize();
          },
          "expected",
          "got");
      trial.runOn(context, plan, reserve);
    }
  }
}
