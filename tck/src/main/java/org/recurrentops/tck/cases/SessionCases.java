package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.Counters;
import org.recurrentops.InferenceSession;
import org.recurrentops.PackedWeights;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;
import org.recurrentops.UnsupportedSpecException;
import org.recurrentops.tck.ConformanceCase;
import org.recurrentops.tck.ConformanceContext;

/** Sequences fed in pieces, with rows reset, gathered, saved and brought back. */
final class SessionCases {
  private static final int STEPS = 6;
  private static final int BATCH = 5;

  private SessionCases() {}

  static List<ConformanceCase> all() {
    List<ConformanceCase> cases = new ArrayList<>();
    for (Cells cell : Cells.all()) {
      String name = cell.label();
      RnnSpec spec = cell.spec(5, 7).layers(2).build();
      add(cases, name + " step by step", c -> stepByStep(c, spec, false));
      add(cases, name + " step by step, indices, batch-major", c -> stepByStep(c, spec, true));
      add(cases, name + " in pieces", c -> inPieces(c, spec));
      add(cases, name + " reset rows", c -> resetRows(c, spec));
      add(cases, name + " gather rows", c -> gatherRows(c, spec));
      add(cases, name + " snapshot and restore", c -> snapshot(c, spec));
      add(cases, name + " fewer and more rows", c -> batches(c, spec));
    }
    add(cases, "a repeated step allocates nothing", SessionCases::steady);
    add(cases, "refusals", SessionCases::refusals);
    return cases;
  }

  private static void add(List<ConformanceCase> cases, String name, ConformanceCase.Body body) {
    cases.add(ConformanceCase.ofPlan("session", name, body));
  }

  /** A plan, its weights and a session on the tensors of a trial. */
  private static final class Fed implements AutoCloseable {
    final RecurrentPlan plan;
    final DeviceCall call;
    final PackedWeights weights;
    final InferenceSession session;

    Fed(ConformanceContext context, Trial trial) {
      plan = context.plan(trial.spec, trial.options());
      call = new DeviceCall(context, plan, null, trial);
      call.upload();
      weights = plan.pack(call.params.view());
      session = plan.newSession(weights);
      session.importState(call.h0.view(), DeviceCall.view(call.c0));
    }

    Tensor x(int from, int to) {
      return call.x.view().slice(call.trial.batchMajor ? 1 : 0, from, to);
    }

    Tensor y(int from, int to) {
      return call.y.view().slice(call.trial.batchMajor ? 1 : 0, from, to);
    }

    void feed(int from, int to) {
      session.feed(x(from, to), y(from, to));
    }

    /** One step of all rows, without the axis of time. */
    void step(int t) {
      session.step(one(call.x.view(), t), one(call.y.view(), t));
    }

    private Tensor one(Tensor t, int step) {
      return call.trial.batchMajor ? t.transpose(0, 1).select(step) : t.select(step);
    }

    void export() {
      session.exportState(call.hN.view(), DeviceCall.view(call.cN));
    }

    @Override
    public void close() {
      session.close();
      weights.close();
      call.close();
      plan.close();
    }
  }

  private static Trial trial(ConformanceContext context, RnnSpec spec) {
    return Trial.of(spec, STEPS, BATCH).inference().seed(context.seed());
  }

  private static void stepByStep(ConformanceContext context, RnnSpec spec, boolean other) {
    Trial trial = trial(context, spec);
    try (Fed fed = new Fed(context, other ? trial.indexed().batchMajor() : trial)) {
      for (int t = 0; t < STEPS; t++) {
        fed.step(t);
      }
      fed.export();
      fed.call.checkForward();
      fed.call.checkInputs();
    }
  }

  private static void inPieces(ConformanceContext context, RnnSpec spec) {
    try (Fed fed = new Fed(context, trial(context, spec))) {
      fed.feed(0, 3);
      fed.feed(3, 3);
      fed.step(3);
      fed.feed(4, STEPS);
      fed.export();
      fed.call.checkForward();
      fed.call.checkInputs();
    }
  }

  private static void resetRows(ConformanceContext context, RnnSpec spec) {
    try (Fed fed = new Fed(context, trial(context, spec))) {
      fed.session.resetRows(1, BATCH - 1);
      fed.session.resetRows();
      fed.export();
      int[] from = {0, -1, 2, 3, -1};
      checkState(fed.call, from, fed.call.hN.get(), cell(fed));
    }
  }

  private static void gatherRows(ConformanceContext context, RnnSpec spec) {
    try (Fed fed = new Fed(context, trial(context, spec))) {
      fed.session.gatherRows(4, 2, 2);
      Expect.equal("N after gatherRows", 3, fed.session.batch());
      fed.session.resetRows(1);
      fed.session.gatherRows(2, 0, 1, 0, 0);
      fed.export();
      int[] from = {2, 4, -1, 4, 4};
      checkState(fed.call, from, fed.call.hN.get(), cell(fed));
      fed.session.gatherRows();
      Expect.equal("N after gatherRows of none", 0, fed.session.batch());
    }
  }

  private static float[] cell(Fed fed) {
    return fed.call.cN == null ? null : fed.call.cN.get();
  }

  /** Row i must hold, to the bit, row {@code from[i]} of the initial state, or zeros for −1. */
  private static void checkState(DeviceCall call, int[] from, float[] h, float[] c) {
    int layers = call.spec.stateCount();
    String where = call.where();
    Expect.sameBits("h", rows(call.data.h0, layers, call.spec.stateSize(), from), h, where);
    if (c != null) {
      Expect.sameBits("c", rows(call.data.c0, layers, call.spec.hiddenSize(), from), c, where);
    }
  }

  private static float[] rows(float[] state, int layers, int width, int[] from) {
    float[] out = new float[layers * from.length * width];
    for (int l = 0; l < layers; l++) {
      for (int i = 0; i < from.length; i++) {
        if (from[i] >= 0) {
          int source = (l * BATCH + from[i]) * width;
          System.arraycopy(state, source, out, (l * from.length + i) * width, width);
        }
      }
    }
    return out;
  }

  private static void snapshot(ConformanceContext context, RnnSpec spec) {
    try (Fed fed = new Fed(context, trial(context, spec));
        InferenceSession.Snapshot start = fed.session.snapshot()) {
      Expect.equal("N of the snapshot", BATCH, start.batch());
      Tensor x = fed.x(0, STEPS);
      fed.session.feed(x, null);
      for (int i = 0; i < 2; i++) {
        fed.call.clearOutputs();
        fed.session.start(1);
        fed.session.restore(start);
        fed.session.feed(x, fed.y(0, STEPS));
        fed.export();
        fed.call.checkForward();
      }
    }
  }

  /** N goes down and up again; the calls bound for the larger N still find its rows. */
  private static void batches(ConformanceContext context, RnnSpec spec) {
    Trial trial = trial(context, spec);
    try (Fed fed = new Fed(context, trial)) {
      Tensor x = fed.x(0, STEPS);
      Tensor y = fed.y(0, STEPS);
      fed.session.feed(x, y);
      fed.session.start(2);
      fed.session.feed(x.slice(1, 0, 2), y.slice(1, 0, 2));
      fed.session.start(0);
      fed.session.feed(x.slice(1, 0, 0), y.slice(1, 0, 0));
      fed.call.clearOutputs();
      fed.session.importState(fed.call.h0.view(), DeviceCall.view(fed.call.c0));
      fed.session.feed(x, y);
      fed.export();
      fed.call.checkForward();
    }
  }

  private static void steady(ConformanceContext context) {
    try (Fed fed = new Fed(context, trial(context, RnnSpec.lstm(5, 7).build()))) {
      Tensor x = fed.call.x.view().select(0);
      Tensor y = fed.call.y.view().select(0);
      fed.session.step(x, y);
      context.ops().synchronize();
      Counters.Snapshot before = context.ops().counters().snapshot();
      for (int i = 0; i < 10; i++) {
        fed.session.step(x, y);
      }
      Counters.Snapshot after = context.ops().counters().snapshot();
      Expect.equal("allocations", before.allocations(), after.allocations());
      Expect.equal("uploads", before.uploads(), after.uploads());
      Expect.equal("downloads", before.downloads(), after.downloads());
      Expect.equal("synchronisations", before.synchronisations(), after.synchronisations());
    }
  }

  private static void refusals(ConformanceContext context) {
    RnnSpec spec = RnnSpec.lstm(5, 7).build();
    Class<? extends RuntimeException> argument = IllegalArgumentException.class;
    Class<? extends RuntimeException> state = IllegalStateException.class;
    Fed fed = new Fed(context, trial(context, spec));
    try (fed) {
      InferenceSession s = fed.session;
      Tensor x = fed.call.x.view();
      Tensor y = fed.call.y.view();
      Expect.refusal("N", argument, () -> s.feed(x.slice(1, 0, 2), null), "x", "n=5", "lstm");
      Expect.refusal("T", argument, () -> s.step(x, y), "x", "n=5");
      Expect.refusal("start", argument, () -> s.start(BATCH + 1), "start", "5", "6");
      Expect.refusal("row", argument, () -> s.resetRows(0, BATCH), "resetRows", "5", "at 1");
      Expect.refusal("row", argument, () -> s.gatherRows(-1), "gatherRows", "-1");
      Expect.refusal("rows", argument, () -> s.gatherRows(0, 0, 0, 0, 0, 0), "at most", "6");
      Tensor h = fed.call.h0.view();
      Expect.refusal("no c", argument, () -> s.importState(h, null), "c:", "null");
      Expect.refusal(
          "h", argument, () -> s.importState(h.slice(2, 0, 3), fed.call.c0.view()), "h:", "7");
      Expect.equal("N", BATCH, s.batch());
      fed.weights.close();
      Expect.refusal("weights", state, () -> s.feed(x, y), "weights", "closed");
    }
    Expect.refusal("closed", state, () -> fed.session.start(1), "session", "closed");
    refusedPlans(context, spec);
  }

  private static void refusedPlans(ConformanceContext context, RnnSpec spec) {
    RnnSpec both = RnnSpec.lstm(5, 7).bidirectional().build();
    PlanOptions inference = PlanOptions.inference(STEPS, BATCH);
    try (RecurrentPlan one = context.plan(spec, inference);
        RecurrentPlan other = context.plan(spec, inference);
        RecurrentPlan training = context.plan(spec, PlanOptions.training(STEPS, BATCH));
        RecurrentPlan twoWays = context.plan(both, inference);
        Tensor params = context.ops().allocate(one.parameterLayout().shape())) {
      context.ops().math().fill(params, 0);
      try (PackedWeights w = one.pack(params)) {
        Class<? extends RuntimeException> state = IllegalStateException.class;
        Expect.refusal("other", state, () -> other.newSession(w), "weights", "another plan");
        Expect.refusal("training", state, () -> training.newSession(w), "inference");
        Expect.refusal(
            "two ways",
            UnsupportedSpecException.class,
            () -> twoWays.newSession(w),
            "bidirectional",
            "end of the whole sequence");
      }
    }
  }
}
