package org.recurrentops.tck.broken;

import java.util.function.Consumer;
import org.recurrentops.ParameterSlice;
import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;
import org.recurrentops.spi.BackwardCall;
import org.recurrentops.spi.ForwardCall;

/** Faults of the arguments: states and gradients that are not read, not written, not added. */
final class CallFaults {
  private CallFaults() {}

  /** A call whose arguments can be left out one by one. */
  private static final class ForwardDraft {
    Tensor h0;
    Tensor c0;
    Tensor hN;
    Tensor cN;
    Tensor cSequence;
  }

  private static final class BackwardDraft {
    Tensor dy;
    Tensor dhN;
    Tensor dcN;
    Tensor dcSequence;
    Tensor dx;
    Tensor dh0;
    Tensor dc0;
    Tensor dhSequence;
    boolean accumulate;
  }

  private static Tampering forward(Consumer<ForwardDraft> change) {
    return new Tampering() {
      @Override
      ForwardCall bindForward(ForwardCall c, RnnSpec spec) {
        ForwardDraft d = new ForwardDraft();
        d.h0 = c.h0();
        d.c0 = c.c0();
        d.hN = c.hN();
        d.cN = c.cN();
        d.cSequence = c.cSequence();
        change.accept(d);
        return new ForwardCall(
            c.steps(),
            c.batch(),
            c.params(),
            c.packed(),
            c.x(),
            d.h0,
            d.c0,
            c.y(),
            d.hN,
            d.cN,
            d.cSequence,
            c.deviceLengths(),
            c.deviceMask(),
            c.workspace(),
            c.reserve());
      }
    };
  }

  private static Tampering backward(Consumer<BackwardDraft> change) {
    return new Tampering() {
      @Override
      BackwardCall bindBackward(BackwardCall c, RnnSpec spec) {
        BackwardDraft d = new BackwardDraft();
        d.dy = c.dy();
        d.dhN = c.dhN();
        d.dcN = c.dcN();
        d.dcSequence = c.dcSequence();
        d.dhSequence = c.dhSequence();
        d.dx = c.dx();
        d.dh0 = c.dh0();
        d.dc0 = c.dc0();
        d.accumulate = c.accumulate();
        change.accept(d);
        return new BackwardCall(
            c.steps(),
            c.batch(),
            c.params(),
            c.x(),
            d.dy,
            d.dhN,
            d.dcN,
            d.dcSequence,
            d.dx,
            c.dParams(),
            d.dh0,
            d.dc0,
            d.dhSequence,
            d.accumulate,
            c.usesDeviceLengths(),
            c.usesDeviceMask(),
            c.workspace(),
            c.reserve());
      }
    };
  }

  static Tampering stateNotCarried() {
    return forward(
        d -> {
          d.h0 = null;
          d.c0 = null;
        });
  }

  static Tampering initialCellIgnored() {
    return forward(d -> d.c0 = null);
  }

  static Tampering cellSequenceUnwritten() {
    return forward(d -> d.cSequence = null);
  }

  static Tampering cellSequenceGradientIgnored() {
    return backward(d -> d.dcSequence = null);
  }

  static Tampering hiddenGradientUnwritten() {
    return backward(d -> d.dhSequence = null);
  }

  static Tampering finalStateUnwritten() {
    return forward(d -> d.hN = null);
  }

  static Tampering finalCellUnwritten() {
    return forward(d -> d.cN = null);
  }

  static Tampering outputGradientIgnored() {
    return backward(d -> d.dy = null);
  }

  static Tampering finalGradientIgnored() {
    return backward(d -> d.dhN = null);
  }

  static Tampering finalCellGradientIgnored() {
    return backward(d -> d.dcN = null);
  }

  static Tampering inputGradientUnwritten() {
    return backward(d -> d.dx = null);
  }

  static Tampering initialGradientUnwritten() {
    return backward(d -> d.dh0 = null);
  }

  static Tampering initialCellGradientUnwritten() {
    return backward(d -> d.dc0 = null);
  }

  static Tampering gradientAlwaysOverwritten() {
    return backward(d -> d.accumulate = false);
  }

  static Tampering gradientAlwaysAdded() {
    return backward(d -> d.accumulate = true);
  }

  /** x of the middle step is missing from the sum over time in dW. */
  static Tampering stepOfWeightGradientLost() {
    return new Tampering() {
      @Override
      void before(Run run) {
        if (run.backward() == null || run.isEmpty()) {
          return;
        }
        int t = run.steps() / 2;
        if (Edits.isIndex(run.x())) {
          int row = t * run.batch();
          int c = run.spec().inputSize();
          run.edits().lendInts(run.x(), x -> x[row] = x[row] < 0 ? x[row] : (x[row] + 1) % c);
        } else {
          int width = run.batch() * run.spec().inputSize();
          run.edits().lend(run.x(), x -> java.util.Arrays.fill(x, t * width, (t + 1) * width, 0f));
        }
      }
    };
  }

  /** dy of the last step never arrives. */
  static Tampering lastOutputGradientLost() {
    return new Tampering() {
      @Override
      void before(Run run) {
        if (run.backward() != null && !run.isEmpty()) {
          int width = run.batch() * run.spec().outputSize();
          run.edits()
              .lend(
                  run.backward().dy(),
                  dy -> java.util.Arrays.fill(dy, dy.length - width, dy.length, 0f));
        }
      }
    };
  }

  /** The gradient of the recurrent bias is zero. */
  static Tampering biasGradientMissing() {
    return new Tampering() {
      @Override
      void after(Run run) {
        if (run.backward() != null) {
          run.edits().change(run.backward().dParams(), g -> clearBias(g, run));
        }
      }
    };
  }

  private static void clearBias(float[] gradient, Run run) {
    for (ParameterSlice s : run.layout().slices()) {
      if (s.kind() == Kind.BIAS_HH) {
        int from = (int) s.offset();
        java.util.Arrays.fill(gradient, from, from + (int) s.elements(), 0f);
      }
    }
  }
}
