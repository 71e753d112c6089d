package org.recurrentops.tck.cases;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.recurrentops.Backward;
import org.recurrentops.Forward;
import org.recurrentops.MathMode;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;
import org.recurrentops.tck.ConformanceCase;
import org.recurrentops.tck.ConformanceContext;
import org.recurrentops.tck.ConformanceFailure;

/** Opening, closing and threads. */
final class LifecycleCases {
  private static final RnnSpec SPEC = RnnSpec.lstm(5, 7).layers(2).build();

  private LifecycleCases() {}

  static List<ConformanceCase> all() {
    return List.of(
        ofPlan("live allocations return to zero", LifecycleCases::liveAllocations),
        ofPlan("sizes are as announced", LifecycleCases::estimate),
        ofPlan("tuning is taken back", LifecycleCases::tuning),
        ofPlan("closed plan", LifecycleCases::closedPlan),
        ofPlan("tensor closed after binding", LifecycleCases::closedTensor),
        ofPlan("closed ops", LifecycleCases::closedOps),
        ofPlan("two plans in two threads", LifecycleCases::twoPlans),
        ofPlan("one plan in two threads", LifecycleCases::onePlan));
  }

  private static ConformanceCase ofPlan(String name, ConformanceCase.Body body) {
    return ConformanceCase.ofPlan("lifecycle", name, body);
  }

  private static long live(ConformanceContext context) {
    return context.ops().counters().snapshot().liveAllocations();
  }

  private static void liveAllocations(ConformanceContext context) {
    long before = live(context);
    long bytes = context.ops().counters().snapshot().liveBytes();
    Trial trial = Trial.of(SPEC, 4, 3).seed(context.seed());
    for (int i = 0; i < 3; i++) {
      try (RecurrentPlan plan = context.plan(SPEC, trial.options());
          Reserve reserve = plan.newReserve()) {
        Expect.that(live(context) > before, "live allocations: expected a plan to count");
        trial.runOn(context, plan, reserve);
        plan.close(); // closing twice is harmless
        reserve.close();
      }
    }
    Expect.equal("live allocations after close", before, live(context));
    Expect.equal("live bytes", bytes, context.ops().counters().snapshot().liveBytes());
  }

  private static void estimate(ConformanceContext context) {
    PlanOptions options = PlanOptions.training(6, 4).algorithm(context.algorithm());
    try (RecurrentPlan plan = context.plan(SPEC, options);
        Reserve reserve = plan.newReserve()) {
      var announced = context.ops().estimate(SPEC, options);
      Expect.equal("workspace", announced.workspaceBytes(), plan.workspaceBytes());
      Expect.equal("reserve", announced.reserveBytes(), reserve.bytes());
      Expect.equal("parameters", 4 * plan.parameterLayout().elements(), announced.parameterBytes());
      Expect.that(
          plan.describe().contains(context.ops().device().id()),
          "describe: expected the device's id, got: " + plan.describe());
    }
    try (RecurrentPlan plan = context.plan(SPEC, PlanOptions.inference(6, 4))) {
      Expect.equal("reserve for inference", 0, plan.reserveBytes());
    }
  }

  private static void tuning(ConformanceContext context) {
    Trial trial = Trial.of(SPEC, 4, 3).seed(context.seed());
    String decision;
    String algorithm;
    try (RecurrentPlan plan = context.plan(SPEC, trial.options())) {
      decision = plan.tuning();
      algorithm = plan.algorithm();
    }
    try (RecurrentPlan plan = context.plan(SPEC, trial.options().tuning(decision))) {
      Expect.that(
          plan.algorithm().equals(algorithm),
          "tuning '" + decision + "': expected " + algorithm + ", got " + plan.algorithm());
      trial.runOn(context, plan);
    }
  }

  private static void closedPlan(ConformanceContext context) {
    Trial trial = Trial.of(SPEC, 4, 3).seed(context.seed());
    try (RecurrentPlan plan = context.plan(SPEC, trial.options());
        Reserve reserve = plan.newReserve();
        DeviceCall call = new DeviceCall(context, plan, reserve, trial)) {
      call.upload();
      call.forward();
      Forward forward = plan.bindForward(call.forwardArgs(), reserve);
      Backward backward = plan.bindBackward(call.backwardArgs(), reserve);
      call.clearOutputs();
      plan.close();
      Class<IllegalStateException> ise = IllegalStateException.class;
      Expect.refusal("bound forward", ise, forward::run, "plan", "expected", "closed");
      Expect.refusal("bound backward", ise, backward::run, "plan", "expected", "closed");
      Expect.refusal(
          "forward", ise, () -> plan.forward(call.forwardArgs(), reserve), "plan", "closed");
      Expect.refusal(
          "backward", ise, () -> plan.backward(call.backwardArgs(), reserve), "plan", "closed");
      Expect.refusal("new reserve", ise, plan::newReserve, "plan", "closed");
      Expect.refusal("pack", ise, () -> plan.pack(call.params.view()), "plan", "closed");
      Expect.allNaN("y", call.y.get());
      Expect.allNaN("dx", call.dx.get());
      forward.close();
      backward.close();
    }
  }

  private static void closedTensor(ConformanceContext context) {
    Trial trial = Trial.of(SPEC, 4, 3).seed(context.seed());
    try (RecurrentPlan plan = context.plan(SPEC, trial.options());
        Reserve reserve = plan.newReserve();
        DeviceCall call = new DeviceCall(context, plan, reserve, trial)) {
      call.upload();
      call.forward();
      try (Forward forward = plan.bindForward(call.forwardArgs(), reserve);
          Backward backward = plan.bindBackward(call.backwardArgs(), reserve)) {
        call.x.close();
        Class<IllegalStateException> ise = IllegalStateException.class;
        Expect.refusal("bound forward", ise, forward::run, "expected", "closed");
        Expect.refusal("bound backward", ise, backward::run, "expected", "closed");
        Expect.refusal(
            "forward", ise, () -> plan.forward(call.forwardArgs(), reserve), "x", "closed");
      }
    }
  }

  private static void closedOps(ConformanceContext context) {
    context.plan(SPEC, PlanOptions.training(2, 2)).close(); // a refusal is said here
    RecurrentOps other = context.openAnother();
    Tensor tensor = other.allocate(3);
    PlanOptions options = PlanOptions.training(2, 2).algorithm(context.algorithm());
    RecurrentPlan plan = other.plan(SPEC, options);
    other.close();
    other.close();
    Expect.equal("live allocations", 0, other.counters().snapshot().liveAllocations());
    Class<IllegalStateException> ise = IllegalStateException.class;
    Expect.refusal("allocate", ise, () -> other.allocate(3), "ops", "expected", "closed");
    Expect.refusal("plan", ise, () -> other.plan(SPEC, options), "ops", "closed");
    Expect.refusal("synchronize", ise, other::synchronize, "ops", "closed");
    Expect.refusal("download", ise, tensor::toFloats, "closed");
    Expect.refusal("new reserve", ise, plan::newReserve, "closed");
    tensor.close();
    plan.close();
  }

  private static void inTwoThreads(Callable<?> first, Callable<?> second) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<?>> both = List.of(threads.submit(first), threads.submit(second));
      for (Future<?> f : both) {
        try {
          f.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
          if (e.getCause() instanceof ConformanceFailure failure) {
            throw failure;
          }
          throw e;
        }
      }
    } finally {
      threads.shutdownNow();
      // The other thread's tensors would be counted as this case's leak, or as freed in the next.
      threads.awaitTermination(60, TimeUnit.SECONDS);
    }
  }

  private static void twoPlans(ConformanceContext context) throws Exception {
    CyclicBarrier start = new CyclicBarrier(2);
    inTwoThreads(
        () -> manyTrials(context, Trial.of(SPEC, 6, 5).lengths(6, 2, 0, 5, 3), start),
        () -> manyTrials(context, Trial.of(RnnSpec.gru(9, 16).build(), 7, 4), start));
  }

  private static Void manyTrials(ConformanceContext context, Trial trial, CyclicBarrier start)
      throws Exception {
    trial.seed(context.seed()).countersShared();
    TrialData.of(trial, MathMode.FP32);
    start.await(30, TimeUnit.SECONDS);
    for (int i = 0; i < 20; i++) {
      trial.run(context);
    }
    return null;
  }

  /**
   * Two threads on one plan until they meet: the later one is refused, the earlier one is right.
   */
  private static void onePlan(ConformanceContext context) throws Exception {
    Trial trial = Trial.of(RnnSpec.lstm(9, 33).build(), 20, 6).seed(context.seed());
    AtomicInteger refused = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    try (RecurrentPlan plan = context.plan(trial.spec, trial.options());
        Reserve reserve = plan.newReserve();
        DeviceCall call = new DeviceCall(context, plan, reserve, trial)) {
      call.upload();
      Callable<Void> hammer =
          () -> {
            while (refused.get() == 0 && System.nanoTime() < deadline) {
              try {
                plan.forward(call.forwardArgs(), reserve);
                done.incrementAndGet();
              } catch (IllegalStateException e) {
                Expect.that(
                    e.getMessage().contains("another thread"),
                    "one plan in two threads: expected a message about another thread, got: " + e);
                refused.incrementAndGet();
              }
            }
            return null;
          };
      inTwoThreads(hammer, hammer);
      Expect.that(
          refused.get() > 0,
          "one plan in two threads: expected a refusal, got none in " + done + " calls");
      context.ops().synchronize();
      call.clearOutputs();
      call.forward();
      call.checkForward();
    }
  }
}
