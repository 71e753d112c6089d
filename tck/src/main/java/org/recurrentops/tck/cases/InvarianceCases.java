package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.BackwardArgs;
import org.recurrentops.ForwardArgs;
import org.recurrentops.GradientMode;
import org.recurrentops.MathMode;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;
import org.recurrentops.tck.ConformanceCase;
import org.recurrentops.tck.ConformanceContext;
import org.recurrentops.tck.Slices;
import org.recurrentops.tck.Tolerance;
import org.recurrentops.tck.reference.ReferenceCall;
import org.recurrentops.tck.reference.ReferenceGradients;
import org.recurrentops.tck.reference.ReferenceRnn;
import org.recurrentops.tck.reference.ReferenceRun;

/** Two half sequences with carried state are one whole; permuted rows give permuted results. */
final class InvarianceCases {
  private static final int T = 8;
  private static final int HALF = 5;
  private static final int N = 4;

  private InvarianceCases() {}

  static List<ConformanceCase> all() {
    List<ConformanceCase> cases = new ArrayList<>();
    for (Cells cell : Cells.all()) {
      RnnSpec spec = cell.spec(5, 7).layers(2).dropout(0.3).build();
      RnnSpec both = cell.spec(5, 7).layers(2).bidirectional().build();
      String name = cell.label();
      add(cases, name + " two halves are the whole", c -> halves(c, spec));
      add(cases, name + " truncated gradient", c -> truncated(c, cell.spec(5, 7).build()));
      add(cases, name + " permuted rows", c -> permuted(c, both));
    }
    return cases;
  }

  private static void add(List<ConformanceCase> cases, String name, ConformanceCase.Body body) {
    cases.add(ConformanceCase.ofPlan("invariance", name, body));
  }

  /** The tensors of one half: windows of the whole, and the state in between. */
  private static ForwardArgs half(
      DeviceCall w, int from, int to, Tensor h0, Tensor c0, Tensor hN, Tensor cN) {
    return ForwardArgs.of(
            w.params.view(), w.x.view().slice(0, from, to), w.y.view().slice(0, from, to))
        .initialState(h0, c0)
        .finalState(hN, cN)
        .seed(w.trial.dropoutSeed)
        .stepOffset(from);
  }

  private static BackwardArgs halfGradient(DeviceCall w, int from, int to) {
    return BackwardArgs.of(
        w.params.view(),
        w.x.view().slice(0, from, to),
        w.dy.view().slice(0, from, to),
        w.dx.view().slice(0, from, to),
        w.dParams.view());
  }

  /** Forward in two pieces, backward in two pieces with the gradient handed over the seam. */
  private static void halves(ConformanceContext context, RnnSpec spec) {
    Trial whole = Trial.of(spec, T, N).seed(context.seed());
    try (RecurrentPlan plan = context.plan(spec, whole.options());
        Reserve first = plan.newReserve();
        Reserve second = plan.newReserve();
        DeviceCall w = new DeviceCall(context, plan, first, whole);
        DeviceCall seam = new DeviceCall(context, plan, first, whole)) {
      w.upload();
      seam.upload();
      Tensor h = seam.hN.view();
      Tensor c = DeviceCall.view(seam.cN);
      Tensor dh = seam.dh0.view();
      Tensor dc = DeviceCall.view(seam.dc0);
      plan.forward(half(w, 0, HALF, w.h0.view(), DeviceCall.view(w.c0), h, c), first);
      plan.forward(half(w, HALF, T, h, c, w.hN.view(), DeviceCall.view(w.cN)), second);
      w.checkForward();
      plan.backward(
          halfGradient(w, HALF, T)
              .finalStateGradient(w.dhN.view(), DeviceCall.view(w.dcN))
              .initialStateGradient(dh, dc),
          second);
      plan.backward(
          halfGradient(w, 0, HALF)
              .finalStateGradient(dh, dc)
              .initialStateGradient(w.dh0.view(), DeviceCall.view(w.dc0))
              .mode(GradientMode.ACCUMULATE),
          first);
      w.checkBackward();
    }
  }

  /**
   * Gradients that stop at the seam: the sum over both halves is that of the reference's halves.
   */
  private static void truncated(ConformanceContext context, RnnSpec spec) {
    Trial whole = Trial.of(spec, T, N).seed(context.seed());
    try (RecurrentPlan plan = context.plan(spec, whole.options());
        Reserve reserve = plan.newReserve();
        DeviceCall w = new DeviceCall(context, plan, reserve, whole)) {
      w.upload();
      Tensor h = w.hN.view();
      Tensor c = DeviceCall.view(w.cN);
      plan.forward(half(w, 0, HALF, w.h0.view(), DeviceCall.view(w.c0), h, c), reserve);
      plan.backward(halfGradient(w, 0, HALF), reserve);
      plan.forward(half(w, HALF, T, h, c, h, c), reserve);
      plan.backward(halfGradient(w, HALF, T).mode(GradientMode.ACCUMULATE), reserve);
      w.checkForward();
      Tolerance.parameterGradient(spec, T, N, MathMode.FP32)
          .check(
              "dParams",
              w.dParams.get(),
              truncatedReference(w.data, spec),
              Slices.ofParameters(plan.parameterLayout()),
              w.where());
    }
  }

  private static double[] truncatedReference(TrialData data, RnnSpec spec) {
    ReferenceRnn rnn = new ReferenceRnn(spec, TrialData.doubles(data.params));
    double[] h = TrialData.doubles(data.h0);
    double[] c = TrialData.doubles(data.c0);
    double[] sum = new double[data.params.length];
    for (int from = 0; from < T; from += HALF) {
      int to = Math.min(T, from + HALF);
      double[] x = part(data.x, from, to, spec.inputSize());
      ReferenceRun run = rnn.forward(ReferenceCall.dense(to - from, N, x).initialStates(h, c));
      ReferenceGradients g = run.backward(part(data.dy, from, to, spec.outputSize()), null, null);
      for (int i = 0; i < sum.length; i++) {
        sum[i] += g.dParams()[i];
      }
      h = run.hN();
      c = run.cN();
    }
    return sum;
  }

  private static double[] part(float[] sequence, int from, int to, int width) {
    return java.util.Arrays.copyOfRange(
        TrialData.doubles(sequence), from * N * width, to * N * width);
  }

  private static final int[] ORDER = {2, 0, 3, 1};

  /** Row i of the permuted batch is row ORDER[i] of the original. */
  private static float[] permute(float[] values, int width, boolean back) {
    if (values == null) {
      return null;
    }
    float[] out = new float[values.length];
    for (int site = 0; site * width < values.length; site++) {
      int n = site % N;
      int other = site - n + ORDER[n];
      int from = (back ? site : other) * width;
      int to = (back ? other : site) * width;
      System.arraycopy(values, from, out, to, width);
    }
    return out;
  }

  private static void permuted(ConformanceContext context, RnnSpec spec) {
    int[] lengths = {T, 3, 0, 5};
    int[] reordered = new int[N];
    for (int i = 0; i < N; i++) {
      reordered[i] = lengths[ORDER[i]];
    }
    Trial trial = Trial.of(spec, T, N).seed(context.seed()).lengths(lengths);
    try (RecurrentPlan plan = context.plan(spec, trial.options());
        Reserve reserve = plan.newReserve();
        DeviceCall call = new DeviceCall(context, plan, reserve, trial)) {
      call.upload();
      TrialData data = call.data;
      int width = spec.stateSize();
      call.x.set(permute(data.x, spec.inputSize(), false));
      call.dy.set(permute(data.dy, spec.outputSize(), false));
      call.h0.set(permute(data.h0, width, false));
      call.dhN.set(permute(data.dhN, width, false));
      if (call.c0 != null) {
        call.c0.set(permute(data.c0, spec.hiddenSize(), false));
        call.dcN.set(permute(data.dcN, spec.hiddenSize(), false));
      }
      plan.forward(call.forwardArgs().lengths(reordered), reserve);
      plan.backward(call.backwardArgs(), reserve);
      for (GuardedTensor t : new GuardedTensor[] {call.hN, call.dh0}) {
        t.set(permute(t.get(), width, true));
      }
      if (call.c0 != null) {
        for (GuardedTensor t : new GuardedTensor[] {call.cN, call.dc0}) {
          t.set(permute(t.get(), spec.hiddenSize(), true));
        }
      }
      call.y.set(permute(call.y.get(), spec.outputSize(), true));
      call.dx.set(permute(call.dx.get(), spec.inputSize(), true));
      call.checkForward();
      call.checkBackward();
    }
  }
}
