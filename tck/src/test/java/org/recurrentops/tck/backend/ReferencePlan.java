package org.recurrentops.tck.backend;

import java.util.IdentityHashMap;
import java.util.Map;
import org.recurrentops.Counters;
import org.recurrentops.DType;
import org.recurrentops.DeviceException;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;
import org.recurrentops.spi.BackendPlan;
import org.recurrentops.spi.BackwardCall;
import org.recurrentops.spi.BoundCall;
import org.recurrentops.spi.DeviceBuffer;
import org.recurrentops.spi.ForwardCall;
import org.recurrentops.spi.PlanMemory;
import org.recurrentops.spi.PlanRequest;
import org.recurrentops.spi.RunState;
import org.recurrentops.tck.reference.ReferenceCall;
import org.recurrentops.tck.reference.ReferenceGradients;
import org.recurrentops.tck.reference.ReferenceRnn;
import org.recurrentops.tck.reference.ReferenceRun;

/** Runs the reference; what a reserve keeps is looked up by its memory. */
final class ReferencePlan implements BackendPlan {
  private final RnnSpec spec;
  private final boolean training;
  private final PlanMemory memory;
  private final Counters counters;
  private final Map<DeviceBuffer, ReferenceRun> reserves = new IdentityHashMap<>();

  ReferencePlan(PlanRequest request, PlanMemory memory, Counters counters) {
    spec = request.spec();
    training = request.options().isTraining();
    this.memory = memory;
    this.counters = counters;
  }

  @Override
  public PlanMemory memory() {
    return memory;
  }

  @Override
  public String algorithm() {
    return ReferenceBackend.ALGORITHM;
  }

  @Override
  public String describe() {
    return "float64 reference";
  }

  @Override
  public String tuning() {
    return ReferenceBackend.ALGORITHM;
  }

  @Override
  public BoundCall bindForward(ForwardCall c) {
    return new Bound("forward") {
      @Override
      void execute(RunState state) {
        Tensor weights = c.params() != null ? c.params() : c.packed();
        double[] params = HostMemory.read(weights);
        int[] lengths = lengths(c, state);
        ReferenceCall call =
            input(c, lengths)
                .initialStates(HostMemory.read(c.h0()), HostMemory.read(c.c0()))
                .lengths(lengths);
        if (training) {
          call.training(state.seed(), state.stepOffset());
        }
        ReferenceRun run = new ReferenceRnn(spec, params).forward(call);
        HostMemory.write(c.y(), run.y());
        HostMemory.write(c.hN(), run.hN());
        HostMemory.write(c.cN(), run.cN());
        if (c.reserve() != null) {
          reserves.put(c.reserve().buffer(), run);
        }
      }
    };
  }

  private static int[] lengths(ForwardCall c, RunState state) {
    if (c.deviceLengths() == null) {
      return state.lengths();
    }
    int[] raw = HostMemory.readInts(c.deviceLengths());
    for (int n = 0; n < raw.length; n++) {
      raw[n] = Math.max(0, Math.min(c.steps(), raw[n]));
    }
    return raw;
  }

  private ReferenceCall input(ForwardCall c, int[] lengths) {
    if (c.x().dtype() == DType.F32) {
      return ReferenceCall.dense(c.steps(), c.batch(), HostMemory.read(c.x()));
    }
    int[] indices = HostMemory.readInts(c.x());
    for (int i = 0; i < indices.length; i++) {
      boolean valid = lengths == null || i / c.batch() < lengths[i % c.batch()];
      if (valid && (indices[i] < 0 || indices[i] >= spec.inputSize())) {
        throw new DeviceException(
            "index: expected 0 … " + spec.inputSize() + " − 1, got " + indices[i]);
      }
    }
    return ReferenceCall.indexed(c.steps(), c.batch(), indices);
  }

  @Override
  public BoundCall bindBackward(BackwardCall c) {
    return new Bound("backward") {
      @Override
      void execute(RunState state) {
        ReferenceRun run = reserves.get(c.reserve().buffer());
        ReferenceGradients g =
            run.backward(
                HostMemory.read(c.dy()), HostMemory.read(c.dhN()), HostMemory.read(c.dcN()));
        HostMemory.write(c.dx(), g.dx());
        HostMemory.add(c.dParams(), g.dParams(), c.accumulate());
        HostMemory.write(c.dh0(), g.dh0());
        HostMemory.write(c.dc0(), g.dc0());
      }
    };
  }

  @Override
  public void pack(Tensor params, Tensor packed) {
    HostMemory.write(packed, HostMemory.read(params));
  }

  @Override
  public void close() {}

  private abstract class Bound implements BoundCall {
    private final String what;

    Bound(String what) {
      this.what = what;
    }

    abstract void execute(RunState state);

    @Override
    public void run(RunState state) {
      counters.launches(ReferenceBackend.ALGORITHM + "." + what).incrementAndGet();
      execute(state);
    }

    @Override
    public void close() {}
  }
}
