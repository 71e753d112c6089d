package org.recurrentops.tck.backend;

import java.util.Arrays;
import java.util.Locale;
import org.recurrentops.Counters;
import org.recurrentops.DType;
import org.recurrentops.DeviceException;
import org.recurrentops.MathMode;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;
import org.recurrentops.spi.BackendPlan;
import org.recurrentops.spi.BackwardCall;
import org.recurrentops.spi.BoundCall;
import org.recurrentops.spi.ForwardCall;
import org.recurrentops.spi.PlanMemory;
import org.recurrentops.spi.PlanRequest;
import org.recurrentops.spi.RunState;
import org.recurrentops.tck.backend.ReferenceBackend.Modes;
import org.recurrentops.tck.reference.OperandRounding;
import org.recurrentops.tck.reference.ReferenceCall;
import org.recurrentops.tck.reference.ReferenceGradients;
import org.recurrentops.tck.reference.ReferenceRnn;
import org.recurrentops.tck.reference.ReferenceRun;

/**
 * Runs the reference. The reserve holds h0, c0 and, from its end, the lengths or the mask; backward
 * runs forward again from there.
 */
final class ReferencePlan implements BackendPlan {
  private final PlanRequest request;
  private final RnnSpec spec;
  private final Counters counters;
  private final Modes modes;
  private final MathMode mode;

  ReferencePlan(PlanRequest request, Counters counters, Modes modes) {
    this.modes = modes;
    mode = request.options().mathMode();
    this.request = request;
    this.counters = counters;
    spec = request.spec();
  }

  static PlanMemory memory(PlanRequest request) {
    RnnSpec spec = request.spec();
    long n = request.options().maxBatch();
    long states = spec.stateCount() * (long) (spec.stateSize() + spec.hiddenSize());
    long kept = n * (1 + request.options().maxSteps() + states);
    boolean training = request.options().isTraining();
    return new PlanMemory(1, training ? kept : 0, request.parameters().elements());
  }

  @Override
  public PlanMemory memory() {
    return memory(request);
  }

  @Override
  public String algorithm() {
    return ReferenceBackend.ALGORITHM;
  }

  @Override
  public String describe() {
    return "float64 reference, " + mode;
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
        Padding padding = padding(c, state);
        double[] h0 = HostMemory.read(c.h0());
        double[] c0 = HostMemory.read(c.c0());
        if (c.reserve() != null) {
          keep(c, h0, c0, padding);
        }
        Tensor weights = c.params() != null ? c.params() : c.packed();
        ReferenceRun run = forward(weights, c.x(), h0, c0, padding, state);
        HostMemory.write(c.y(), rounded(run.y()));
        HostMemory.write(c.hN(), run.hN());
        HostMemory.write(c.cN(), run.cN());
        HostMemory.write(c.cSequence(), run.cSequence());
      }
    };
  }

  private double[] rounded(double[] y) {
    boolean fault = modes == Modes.ROUNDS_OUTPUT && mode != MathMode.FP32;
    return fault ? Arrays.stream(y).map(OperandRounding.of(mode)).toArray() : y;
  }

  /** At most one of the two is there. */
  private record Padding(int[] lengths, byte[] mask) {}

  private static Padding padding(ForwardCall c, RunState state) {
    if (c.deviceMask() != null) {
      return new Padding(null, HostMemory.readBytes(c.deviceMask()));
    }
    if (c.deviceLengths() == null) {
      return new Padding(state.lengths(), state.mask());
    }
    int[] raw = HostMemory.readInts(c.deviceLengths());
    for (int n = 0; n < raw.length; n++) {
      raw[n] = Math.max(0, Math.min(c.steps(), raw[n]));
    }
    return new Padding(raw, null);
  }

  private ReferenceRun forward(
      Tensor params, Tensor x, double[] h0, double[] c0, Padding padding, RunState state) {
    ReferenceCall call =
        input(x, padding).initialStates(h0, c0).lengths(padding.lengths()).mask(padding.mask());
    if (request.options().isTraining()) {
      call.training(state.seed(), state.stepOffset());
    }
    MathMode rounding = modes == Modes.TOO_PRECISE ? MathMode.FP32 : mode;
    return new ReferenceRnn(spec, HostMemory.read(params), rounding).forward(call);
  }

  private ReferenceCall input(Tensor x, Padding padding) {
    int steps = (int) x.dim(0);
    int batch = (int) x.dim(1);
    if (x.dtype() != DType.I32) {
      return ReferenceCall.dense(steps, batch, HostMemory.read(x));
    }
    int[] indices = HostMemory.readInts(x);
    for (int i = 0; i < indices.length; i++) {
      int[] lengths = padding.lengths();
      boolean valid =
          padding.mask() != null
              ? padding.mask()[i] != 0
              : lengths == null || i / batch < lengths[i % batch];
      if (valid && (indices[i] < 0 || indices[i] >= spec.inputSize())) {
        throw new DeviceException(
            "index: expected 0 ≤ index < C=" + spec.inputSize() + ", got " + indices[i]);
      }
    }
    return ReferenceCall.indexed(steps, batch, indices);
  }

  private void keep(ForwardCall c, double[] h0, double[] c0, Padding padding) {
    double[] kept = new double[(int) c.reserve().shape().elements()];
    int h = stateElements(c.batch());
    if (h0 != null) {
      System.arraycopy(h0, 0, kept, 0, h);
    }
    if (c0 != null) {
      System.arraycopy(c0, 0, kept, h, c0.length);
    }
    int[] lengths = padding.lengths();
    for (int n = 0; lengths != null && n < lengths.length; n++) {
      kept[kept.length - 1 - n] = lengths[n];
    }
    byte[] mask = padding.mask();
    for (int i = 0; mask != null && i < mask.length; i++) {
      kept[kept.length - 1 - i] = mask[i];
    }
    HostMemory.write(c.reserve(), kept);
  }

  private int stateElements(int batch) {
    return spec.stateCount() * batch * spec.stateSize();
  }

  private static int[] keptLengths(double[] kept, int batch) {
    int[] lengths = new int[batch];
    for (int n = 0; n < batch; n++) {
      lengths[n] = (int) kept[kept.length - 1 - n];
    }
    return lengths;
  }

  private static byte[] keptMask(double[] kept, int sites) {
    byte[] mask = new byte[sites];
    for (int i = 0; i < sites; i++) {
      mask[i] = (byte) kept[kept.length - 1 - i];
    }
    return mask;
  }

  private static Padding kept(BackwardCall c, double[] kept, RunState state) {
    if (c.usesDeviceMask()) {
      return new Padding(null, keptMask(kept, c.steps() * c.batch()));
    }
    return c.usesDeviceLengths()
        ? new Padding(keptLengths(kept, c.batch()), null)
        : new Padding(state.lengths(), state.mask());
  }

  @Override
  public BoundCall bindBackward(BackwardCall c) {
    return new Bound("backward") {
      @Override
      void execute(RunState state) {
        double[] kept = HostMemory.read(c.reserve());
        int h = stateElements(c.batch());
        int cells = spec.stateCount() * c.batch() * spec.hiddenSize();
        double[] h0 = Arrays.copyOf(kept, h);
        double[] c0 = spec.cell().hasCellState() ? Arrays.copyOfRange(kept, h, h + cells) : null;
        ReferenceGradients g =
            forward(c.params(), c.x(), h0, c0, kept(c, kept, state), state)
                .backward(
                    HostMemory.read(c.dy()),
                    HostMemory.read(c.dhN()),
                    HostMemory.read(c.dcN()),
                    HostMemory.read(c.dcSequence()));
        HostMemory.write(c.dx(), g.dx());
        HostMemory.add(c.dParams(), g.dParams(), c.accumulate());
        HostMemory.write(c.dh0(), g.dh0());
        HostMemory.write(c.dc0(), g.dc0());
        HostMemory.write(c.dhSequence(), g.dhSequence());
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
      if (modes != Modes.UNCOUNTED) {
        counters.launches("product_" + mode.name().toLowerCase(Locale.ROOT)).incrementAndGet();
      }
      execute(state);
    }

    @Override
    public void close() {}
  }
}
