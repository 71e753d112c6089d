package org.recurrentops.tck.broken;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.recurrentops.DType;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;
import org.recurrentops.spi.ForwardCall;

/** Faults of memory: writes outside, state that survives, numbers that are not kept. */
final class MemoryFaults {
  private MemoryFaults() {}

  private static Tampering afterForward(Consumer<Run> fault) {
    return new Tampering() {
      @Override
      void after(Run run) {
        if (run.forward() != null && run.forward().y() != null && !run.isEmpty()) {
          fault.accept(run);
        }
      }
    };
  }

  /** Float64 outputs lose the digits that float32 does not have. */
  static Tampering roundedToFloat() {
    return afterForward(
        run -> {
          if (run.forward().y().dtype() == DType.F64) {
            double[] y = run.edits().doubles(run.forward().y());
            for (int i = 0; i < y.length; i++) {
              y[i] = (float) y[i];
            }
            run.edits().write(run.forward().y(), y);
          }
        });
  }

  /** One element past the end of y is written. */
  static Tampering writtenPastTheEnd() {
    return afterForward(
        run -> {
          Tensor y = run.forward().y();
          run.edits().poke(y, y.rowOffset(y.rows() - 1) + y.dim(-1), 0.5f);
        });
  }

  /** One element before y is written. */
  static Tampering writtenBeforeTheStart() {
    return afterForward(
        run -> run.edits().poke(run.forward().y(), run.forward().y().offset() - 1, 0.5f));
  }

  /** The row stride of y is taken for its width: the gap after a row is written. */
  static Tampering writtenIntoTheGap() {
    return afterForward(
        run -> {
          Tensor y = run.forward().y();
          if (Math.min(y.stride(0), y.stride(1)) > y.dim(-1)) {
            run.edits().poke(y, y.offset() + y.dim(-1), 0.5f);
          }
        });
  }

  /** The last element of y is not written. */
  static Tampering lastElementUnwritten() {
    return afterForward(
        run -> run.edits().change(run.forward().y(), y -> y[y.length - 1] = Float.NaN));
  }

  static Tampering notANumberSwallowed() {
    return new Tampering() {
      @Override
      void after(Run run) {
        if (run.forward() != null) {
          run.edits().change(run.forward().y(), MemoryFaults::withoutNaN);
          run.edits().change(run.forward().hN(), MemoryFaults::withoutNaN);
          run.edits().change(run.forward().cN(), MemoryFaults::withoutNaN);
        } else {
          run.edits().change(run.backward().dParams(), MemoryFaults::withoutNaN);
        }
      }
    };
  }

  private static void withoutNaN(float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.isNaN(values[i]) ? 0 : values[i];
    }
  }

  /** About every other run, in no simple rhythm, differs in the last bit of one number. */
  static Tampering notDeterministic() {
    AtomicInteger runs = new AtomicInteger();
    return afterForward(
        run -> {
          if (Integer.bitCount(runs.incrementAndGet()) % 2 == 0) {
            run.edits().change(run.forward().y(), y -> y[0] = Math.nextUp(y[0]));
          }
        });
  }

  /** Backward leaves the reserve empty, so that a second backward finds nothing. */
  static Tampering reserveModified() {
    return new Tampering() {
      @Override
      void after(Run run) {
        if (run.backward() != null) {
          run.edits().change(run.backward().reserve(), r -> java.util.Arrays.fill(r, 0f));
        }
      }
    };
  }

  /** All reserves of a plan are one memory: the latest forward call wins. */
  static Tampering reserveShared() {
    return new Tampering() {
      private final ThreadLocal<float[]> latest = new ThreadLocal<>();

      @Override
      void after(Run run) {
        if (run.forward() != null && run.forward().reserve() != null) {
          latest.set(run.edits().floats(run.forward().reserve()));
        }
      }

      @Override
      void before(Run run) {
        float[] other = latest.get();
        if (run.backward() != null && other != null) {
          run.edits()
              .lend(
                  run.backward().reserve(),
                  r -> System.arraycopy(other, 0, r, 0, Math.min(r.length, other.length)));
        }
      }
    };
  }

  /** Backward works in the caller's dy. */
  static Tampering inputModified() {
    return new Tampering() {
      @Override
      void after(Run run) {
        if (run.backward() != null && !run.isEmpty()) {
          run.edits().change(run.backward().dy(), dy -> dy[0] += 1);
        }
      }
    };
  }

  /** hN is cleared before h0 is read, which may be the same memory. */
  static Tampering stateClearedTooEarly() {
    return new Tampering() {
      @Override
      void before(Run run) {
        if (run.forward() != null) {
          run.edits().change(run.forward().hN(), h -> java.util.Arrays.fill(h, 0f));
        }
      }
    };
  }

  /** Forward reads y, which holds what the caller left there. */
  static Tampering outputReadBeforeWritten() {
    return new Tampering() {
      private final ThreadLocal<Float> before = new ThreadLocal<>();

      @Override
      void before(Run run) {
        if (run.forward() != null && run.forward().y() != null && !run.isEmpty()) {
          before.set(run.edits().floats(run.forward().y())[0]);
        }
      }

      @Override
      void after(Run run) {
        if (run.forward() != null && run.forward().y() != null && !run.isEmpty()) {
          run.edits().change(run.forward().y(), y -> y[0] += 0 * before.get());
        }
      }
    };
  }

  /** Packing keeps what was packed first. */
  static Tampering stalePackedWeights() {
    return new Tampering() {
      private float[] first;

      @Override
      synchronized void afterPack(Tensor params, Tensor packed, Edits edits) {
        float[] now = edits.floats(packed);
        if (first == null || first.length != now.length) {
          first = now;
        } else {
          edits.write(packed, first);
        }
      }
    };
  }

  /** Packed weights are the caller's memory, not a copy of it. */
  static Tampering packedWeightsNotCopied() {
    return new Tampering() {
      private Tensor source;

      @Override
      void beforePack(Tensor params, RnnSpec spec, Edits edits) {
        source = params;
      }

      @Override
      ForwardCall bindForward(ForwardCall c, RnnSpec spec) {
        return c.packed() == null
            ? c
            : new ForwardCall(
                c.steps(),
                c.batch(),
                source,
                null,
                c.x(),
                c.h0(),
                c.c0(),
                c.y(),
                c.hN(),
                c.cN(),
                c.cSequence(),
                c.deviceLengths(),
                c.deviceMask(),
                c.workspace(),
                c.reserve());
      }
    };
  }

  /** Every forward call allocates scratch, and gives it back. */
  static Tampering hiddenAllocation() {
    return afterForward(run -> run.forward().y().ops().allocate(16).close());
  }

  /** Closing a plan leaves something behind. */
  static Tampering leak() {
    return new Tampering() {
      private volatile RecurrentOps ops;

      @Override
      ForwardCall bindForward(ForwardCall call, RnnSpec spec) {
        ops = call.x().ops();
        return call;
      }

      @Override
      void planClosed() {
        if (ops != null) {
          try {
            ops.allocate(16);
          } catch (IllegalStateException closed) {
            ops = null; // the device itself is being closed and takes the rest with it
          }
        }
      }
    };
  }
}
