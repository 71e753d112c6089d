package org.recurrentops.tck.broken;

import org.recurrentops.Counters;
import org.recurrentops.DType;
import org.recurrentops.DeviceException;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;
import org.recurrentops.spi.BackendPlan;
import org.recurrentops.spi.BackwardCall;
import org.recurrentops.spi.BoundCall;
import org.recurrentops.spi.ForwardCall;
import org.recurrentops.spi.PlanMemory;
import org.recurrentops.spi.PlanRequest;
import org.recurrentops.spi.RunState;
import org.recurrentops.tck.reference.ReferenceCall;
import org.recurrentops.tck.reference.ReferenceGradients;
import org.recurrentops.tck.reference.ReferenceRnn;
import org.recurrentops.tck.reference.ReferenceRun;

/**
 * Plans of {@link ReferenceBackend}. The reserve keeps h0, c0 and device lengths; backward runs
 * forward again.
 */
final class ReferencePlan implements BackendPlan {
  private final PlanRequest request;
  private final RnnSpec spec;
  private final Counters counters;

  ReferencePlan(PlanRequest request, Counters counters) {
    this.request = request;
    this.spec = request.spec();
    this.counters = counters;
  }

  static PlanMemory memory(PlanRequest request) {
    RnnSpec spec = request.spec();
    long n = request.options().maxBatch();
    long reserve = n * (1 + spec.stateCount() * (long) (spec.stateSize() + spec.hiddenSize()));
    return new PlanMemory(
        1, request.options().isTraining() ? reserve : 0, request.parameters().elements());
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
    return "one step at a time";
  }

  @Override
  public String tuning() {
    return ReferenceBackend.ALGORITHM;
  }

  @Override
  public void pack(Tensor params, Tensor packed) {
    write(packed, read(params));
  }

  @Override
  public void close() {}

  private static float[] floats(Tensor t) {
    return (float[]) ReferenceBackend.array(t.buffer());
  }

  static double[] read(Tensor t) {
    if (t == null) {
      return null;
    }
    double[] values = new double[(int) t.shape().elements()];
    int width = values.length == 0 ? 0 : (int) t.dim(-1);
    for (int i = 0; i < values.length; i++) {
      values[i] = floats(t)[(int) t.rowOffset(i / width) + i % width];
    }
    return values;
  }

  static void write(Tensor t, double[] values) {
    int width = t == null || values.length == 0 ? 0 : (int) t.dim(-1);
    for (int i = 0; width > 0 && i < values.length; i++) {
      floats(t)[(int) t.rowOffset(i / width) + i % width] = (float) values[i];
    }
  }

  private static int[] ints(Tensor t) {
    int[] values = new int[(int) t.shape().elements()];
    int width = values.length == 0 ? 0 : (int) t.dim(-1);
    for (int i = 0; i < values.length; i++) {
      long at = t.rowOffset(i / width) + i % width * t.stride(t.rank() - 1);
      values[i] = ((int[]) ReferenceBackend.array(t.buffer()))[(int) at];
    }
    return values;
  }

  private ReferenceRun run(
      Tensor params, Tensor x, double[] h0, double[] c0, int[] lengths, RunState state) {
    int t = (int) x.dim(0);
    int n = (int) x.dim(1);
    requireIndices(x, lengths);
    ReferenceCall call =
        x.dtype() == DType.I32
            ? ReferenceCall.indexed(t, n, ints(x))
            : ReferenceCall.dense(t, n, read(x));
    call.initialStates(h0, c0).lengths(lengths);
    if (request.options().isTraining()) {
      call.training(state.seed(), state.stepOffset());
    }
    return new ReferenceRnn(spec, read(params)).forward(call);
  }

  private void requireIndices(Tensor x, int[] lengths) {
    int n = (int) x.dim(1);
    int[] indices = x.dtype() == DType.I32 ? ints(x) : new int[0];
    for (int i = 0; i < indices.length; i++) {
      boolean valid = lengths == null || i / n < lengths[i % n];
      if (valid && (indices[i] < 0 || indices[i] >= spec.inputSize())) {
        throw new DeviceException(
            "index: expected 0 ≤ index < C=" + spec.inputSize() + ", got " + indices[i]);
      }
    }
  }

  @Override
  public BoundCall bindForward(ForwardCall c) {
    return new Bound() {
      @Override
      public void run(RunState state) {
        counters.launches(algorithm() + ".forward").incrementAndGet();
        int[] lengths = state.lengths();
        if (c.deviceLengths() != null) {
          lengths = ints(c.deviceLengths());
          for (int n = 0; n < lengths.length; n++) {
            lengths[n] = Math.max(0, Math.min(c.steps(), lengths[n]));
          }
        }
        double[] h0 = read(c.h0());
        double[] c0 = read(c.c0());
        if (c.reserve() != null) {
          keep(c, h0, c0, lengths);
        }
        Tensor params = c.packed() != null ? c.packed() : c.params();
        ReferenceRun run = ReferencePlan.this.run(params, c.x(), h0, c0, lengths, state);
        write(c.y(), run.y());
        write(c.hN(), run.hN());
        write(c.cN(), run.cN());
      }
    };
  }

  private void keep(ForwardCall c, double[] h0, double[] c0, int[] lengths) {
    double[] kept = new double[(int) c.reserve().shape().elements()];
    int h = stateElements(c.batch());
    if (h0 != null) {
      System.arraycopy(h0, 0, kept, 0, h);
    }
    if (c0 != null) {
      System.arraycopy(c0, 0, kept, h, c0.length);
    }
    for (int n = 0; lengths != null && n < lengths.length; n++) {
      kept[kept.length - 1 - n] = lengths[n];
    }
    write(c.reserve(), kept);
  }

  private int stateElements(int batch) {
    return spec.stateCount() * batch * spec.stateSize();
  }

  @Override
  public BoundCall bindBackward(BackwardCall c) {
    return new Bound() {
      @Override
      public void run(RunState state) {
        counters.launches(algorithm() + ".backward").incrementAndGet();
        double[] kept = read(c.reserve());
        int h = stateElements(c.batch());
        int cells = spec.stateCount() * c.batch() * spec.hiddenSize();
        int[] lengths = state.lengths();
        if (c.usesDeviceLengths()) {
          lengths = new int[c.batch()];
          for (int n = 0; n < lengths.length; n++) {
            lengths[n] = (int) kept[kept.length - 1 - n];
          }
        }
        double[] c0 =
            spec.cell().hasCellState() ? java.util.Arrays.copyOfRange(kept, h, h + cells) : null;
        ReferenceGradients g =
            ReferencePlan.this
                .run(c.params(), c.x(), java.util.Arrays.copyOf(kept, h), c0, lengths, state)
                .backward(read(c.dy()), read(c.dhN()), read(c.dcN()));
        if (c.accumulate() && c.dParams() != null) {
          double[] old = read(c.dParams());
          for (int i = 0; i < old.length; i++) {
            g.dParams()[i] += old[i];
          }
        }
        write(c.dx(), g.dx());
        write(c.dParams(), g.dParams());
        write(c.dh0(), g.dh0());
        write(c.dc0(), g.dc0());
      }
    };
  }

  private abstract static class Bound implements BoundCall {
    @Override
    public void close() {}
  }
}
