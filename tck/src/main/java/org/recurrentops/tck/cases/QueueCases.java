package org.recurrentops.tck.cases;

import java.util.List;
import org.recurrentops.Event;
import org.recurrentops.ExecutionQueue;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.tck.ConformanceCase;
import org.recurrentops.tck.ConformanceContext;

/** Work on a queue of the caller's. */
final class QueueCases {
  private static final RnnSpec SPEC = RnnSpec.gru(5, 7).layers(2).bidirectional().build();

  private QueueCases() {}

  static List<ConformanceCase> all() {
    return List.of(
        ConformanceCase.ofPlan("queues", "plan on a queue of its own", QueueCases::ownQueue),
        ConformanceCase.ofPlan("queues", "queues wait for each other", QueueCases::ordered),
        ConformanceCase.ofDevice("queues", "closed queue", QueueCases::closed));
  }

  private static void ownQueue(ConformanceContext context) {
    Trial trial = Trial.of(SPEC, 6, 5).lengths(6, 2, 0, 5, 3).seed(context.seed());
    try (ExecutionQueue queue = context.ops().newQueue();
        RecurrentPlan plan = context.plan(SPEC, trial.options().queue(queue));
        Reserve reserve = plan.newReserve();
        DeviceCall call = new DeviceCall(context, plan, reserve, trial)) {
      Expect.that(plan.queue() == queue, "plan.queue: expected the queue it was made with");
      call.upload();
      context.ops().synchronize();
      plan.forward(call.forwardArgs(), reserve);
      plan.backward(call.backwardArgs(), reserve);
      queue.synchronize();
      call.checkForward();
      call.checkBackward();
    }
  }

  /** y is doubled on one queue only after another has computed it, without the host waiting. */
  private static void ordered(ConformanceContext context) {
    Trial trial = Trial.of(SPEC, 6, 5).seed(context.seed());
    try (ExecutionQueue first = context.ops().newQueue();
        ExecutionQueue second = context.ops().newQueue();
        RecurrentPlan plan = context.plan(SPEC, trial.options().queue(first));
        Reserve reserve = plan.newReserve();
        DeviceCall call = new DeviceCall(context, plan, reserve, trial);
        GuardedTensor copy =
            GuardedTensor.floats("copy", context.ops(), Placement.OFFSET, 6, 5, 14)) {
      call.upload();
      copy.setNaN();
      context.ops().synchronize();
      plan.forward(call.forwardArgs(), reserve);
      Event computed = first.record();
      second.waitFor(computed);
      context.ops().math(second).copy(call.y.view(), copy.view());
      second.synchronize();
      Expect.that(computed.isDone(), "event: expected done after a later queue was synchronised");
      call.checkForward();
      Expect.sameBits("copy on the second queue", call.y.get(), copy.get(), call.where());
    }
  }

  private static void closed(ConformanceContext context) {
    ExecutionQueue queue = context.ops().newQueue();
    queue.close();
    queue.close();
    Expect.refusal(
        "closed queue", IllegalStateException.class, queue::synchronize, "queue", "closed");
    context.ops().queue().close(); // the default queue stays
    context.ops().synchronize();
  }
}
