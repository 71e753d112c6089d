package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.BackwardArgs;
import org.recurrentops.ForwardArgs;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.formats.LayerCase;
import org.recurrentops.formats.LayerData;
import org.recurrentops.formats.LayerResult;

/** Runs one fixture on a device: forward, and backward if it expects gradients. */
public final class FixtureRun {
  private FixtureRun() {}

  /**
   * Options of a plan that the fixture just fits.
   *
   * @param fixture what to run
   * @return training options if it expects gradients
   */
  public static PlanOptions options(LayerCase fixture) {
    return fixture.hasGradients()
        ? PlanOptions.training(fixture.steps(), fixture.batch())
        : PlanOptions.inference(fixture.steps(), fixture.batch());
  }

  /**
   * Runs it.
   *
   * @param plan made with {@link #options}
   * @param fixture what to run
   * @return every result; gradients are null if the fixture has none
   */
  public static LayerResult run(RecurrentPlan plan, LayerCase fixture) {
    try (Reserve reserve = fixture.hasGradients() ? plan.newReserve() : null;
        Tensors tensors = new Tensors(plan.ops(), fixture)) {
      return tensors.run(plan, reserve, fixture.data().lengths());
    }
  }

  /** The case's tensors on the device; what it leaves out is null. */
  private static final class Tensors implements AutoCloseable {
    private final RecurrentOps ops;
    private final List<GuardedTensor> owned = new ArrayList<>();
    private final boolean backward;
    private final GuardedTensor params;
    private final GuardedTensor x;
    private final GuardedTensor h0;
    private final GuardedTensor c0;
    private final GuardedTensor y;
    private final GuardedTensor hN;
    private final GuardedTensor cN;
    private final GuardedTensor dy;
    private final GuardedTensor dhN;
    private final GuardedTensor dcN;
    private final GuardedTensor dx;
    private final GuardedTensor dParams;
    private final GuardedTensor dh0;
    private final GuardedTensor dc0;

    Tensors(RecurrentOps ops, LayerCase fixture) {
      this.ops = ops;
      RnnSpec spec = fixture.spec();
      LayerData data = fixture.data();
      backward = fixture.hasGradients();
      boolean cell = spec.cell().hasCellState();
      int[] input = {fixture.steps(), fixture.batch(), spec.inputSize()};
      int[] output = {fixture.steps(), fixture.batch(), spec.outputSize()};
      int[] state = {spec.stateCount(), fixture.batch(), spec.stateSize()};
      int[] cellState = {spec.stateCount(), fixture.batch(), spec.hiddenSize()};
      params = input("params", data.params(), data.params().length);
      x = input("x", data.x(), input);
      h0 = input("h0", data.h0(), state);
      c0 = input("c0", data.c0(), cellState);
      y = output("y", true, output);
      hN = output("hN", true, state);
      cN = output("cN", cell, cellState);
      dy = input("dy", data.dy(), output);
      dhN = input("dhN", data.dhN(), state);
      dcN = input("dcN", data.dcN(), cellState);
      dx = output("dx", backward, input);
      dParams = output("dParams", backward, data.params().length);
      dh0 = output("dh0", backward, state);
      dc0 = output("dc0", backward && cell, cellState);
    }

    private GuardedTensor make(String name, int... dims) {
      GuardedTensor t = GuardedTensor.floats(name, ops, Placement.OFFSET, dims);
      owned.add(t);
      return t;
    }

    private GuardedTensor input(String name, double[] values, int... dims) {
      return values == null ? null : make(name, dims).set(singles(values));
    }

    private GuardedTensor output(String name, boolean present, int... dims) {
      return present ? make(name, dims).setNaN() : null;
    }

    private static float[] singles(double[] values) {
      float[] singles = new float[values.length];
      for (int i = 0; i < singles.length; i++) {
        singles[i] = (float) values[i];
      }
      return singles;
    }

    LayerResult run(RecurrentPlan plan, Reserve reserve, int[] lengths) {
      plan.forward(
          ForwardArgs.of(params.view(), x.view(), y.view())
              .initialState(DeviceCall.view(h0), DeviceCall.view(c0))
              .finalState(hN.view(), DeviceCall.view(cN))
              .lengths(lengths),
          reserve);
      if (backward) {
        plan.backward(
            BackwardArgs.of(params.view(), x.view(), DeviceCall.view(dy), dx.view(), dParams.view())
                .finalStateGradient(DeviceCall.view(dhN), DeviceCall.view(dcN))
                .initialStateGradient(dh0.view(), DeviceCall.view(dc0)),
            reserve);
      }
      ops.synchronize();
      return new LayerResult(got(y), got(hN), got(cN), got(dx), got(dParams), got(dh0), got(dc0));
    }

    private static double[] got(GuardedTensor t) {
      return t == null ? null : TrialData.doubles(t.get());
    }

    @Override
    public void close() {
      owned.forEach(GuardedTensor::close);
    }
  }
}
