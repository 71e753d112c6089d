package org.recurrentops.tck.broken;

import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import org.recurrentops.Direction;
import org.recurrentops.spi.BackwardCall;
import org.recurrentops.spi.ForwardCall;
import org.recurrentops.spi.RunState;

/** Faults of rows of different lengths. */
final class LengthFaults {
  private LengthFaults() {}

  private abstract static class Lengths extends Tampering {
    abstract int[] wrong(int[] lengths, int steps);

    @Override
    void before(Run run) {
      int steps = run.steps();
      if (run.state().lengths() != null) {
        run.state().lengths(wrong(run.state().lengths().clone(), steps));
      }
      if (run.forward() != null) {
        run.edits()
            .lendInts(
                run.forward().deviceLengths(),
                lengths -> {
                  int[] wrong = wrong(run.lengths(), steps);
                  for (int n = 0; n < lengths.length; n++) {
                    lengths[n] = wrong == null ? steps : wrong[n];
                  }
                });
      }
    }
  }

  static Tampering forgottenMask() {
    return new Lengths() {
      @Override
      int[] wrong(int[] lengths, int steps) {
        return null;
      }
    };
  }

  /** Only backward forgets the lengths. */
  static Tampering forgottenMaskInBackward() {
    return new Tampering() {
      @Override
      void before(Run run) {
        if (run.backward() != null) {
          run.state().lengths(null);
        }
      }
    };
  }

  static Tampering wrongRowsLength() {
    return new Lengths() {
      @Override
      int[] wrong(int[] lengths, int steps) {
        int[] rotated = new int[lengths.length];
        for (int n = 0; n < rotated.length; n++) {
          rotated[n] = lengths[(n + 1) % lengths.length];
        }
        return rotated;
      }
    };
  }

  static Tampering lastStepLost() {
    return new Lengths() {
      @Override
      int[] wrong(int[] lengths, int steps) {
        for (int n = 0; n < lengths.length; n++) {
          lengths[n] = Math.max(0, lengths[n] - 1);
        }
        return lengths;
      }
    };
  }

  static Tampering emptyRowsStepped() {
    return new Lengths() {
      @Override
      int[] wrong(int[] lengths, int steps) {
        for (int n = 0; n < lengths.length; n++) {
          lengths[n] = Math.min(steps, Math.max(1, lengths[n]));
        }
        return lengths;
      }
    };
  }

  /** Nothing happens where T or N is 0: not even hN is written. */
  static Tampering emptyCallsSkipped() {
    return new Tampering() {
      @Override
      boolean skips(Run run) {
        return run.isEmpty();
      }
    };
  }

  /** A bound call keeps the lengths and seed of its first run. */
  static Tampering firstRunKept() {
    return new Tampering() {
      private final Map<ForwardCall, RunState> first =
          Collections.synchronizedMap(new IdentityHashMap<>());

      @Override
      void before(Run run) {
        if (run.forward() != null) {
          RunState copy = new RunState(run.batch());
          copy.copyFrom(run.state());
          RunState kept = first.putIfAbsent(run.forward(), copy);
          if (kept != null) {
            run.state().copyFrom(kept);
          }
        }
      }
    };
  }

  /**
   * A reverse run starts at T − 1, so that its state has passed through the padding (as zeros) when
   * it comes to the row's last step.
   */
  static Tampering reverseFromTheEnd() {
    return new Tampering() {
      private final ThreadLocal<int[]> asked = new ThreadLocal<>();

      @Override
      void before(Run run) {
        boolean applies =
            run.spec().direction() == Direction.REVERSE
                && run.forward() != null
                && run.state().lengths() != null
                && !Edits.isIndex(run.x());
        asked.set(applies ? run.lengths() : null);
        if (applies) {
          run.edits().lend(run.x(), x -> fillPadding(x, run, asked.get(), 0));
          run.state().lengths(null);
        }
      }

      @Override
      void after(Run run) {
        if (run.forward() != null && asked.get() != null) {
          float fill = run.spec().fillValue();
          run.edits().change(run.forward().y(), y -> fillPadding(y, run, asked.get(), fill));
        }
      }
    };
  }

  /** Sets x or y past each row's length. */
  static void fillPadding(float[] values, Run run, int[] lengths, float value) {
    int width = run.isEmpty() ? 0 : values.length / (run.steps() * run.batch());
    for (int t = 0; t < run.steps(); t++) {
      for (int n = 0; n < run.batch(); n++) {
        if (t >= lengths[n]) {
          int from = (t * run.batch() + n) * width;
          Arrays.fill(values, from, from + width, value);
        }
      }
    }
  }

  /** Padded x reaches dW: multiplied by zero instead of selected away. */
  static Tampering paddingLeak() {
    return new Tampering() {
      @Override
      void after(Run run) {
        BackwardCall b = run.backward();
        if (b == null || b.dParams() == null || Edits.isIndex(b.x())) {
          return;
        }
        float[] x = run.edits().floats(b.x());
        int[] lengths = run.lengths();
        int c = run.spec().inputSize();
        run.edits()
            .change(
                b.dParams(),
                dw -> {
                  for (int site = 0; site * c < x.length; site++) {
                    boolean padded = site / run.batch() >= lengths[site % run.batch()];
                    for (int j = 0; padded && j < c; j++) {
                      dw[j] += 0 * x[site * c + j];
                    }
                  }
                });
      }
    };
  }

  /** The padding of dx stays as it was. */
  static Tampering paddedGradientUnwritten() {
    return new Tampering() {
      private final ThreadLocal<float[]> old = new ThreadLocal<>();

      @Override
      void before(Run run) {
        if (run.backward() != null && run.backward().dx() != null) {
          old.set(run.edits().floats(run.backward().dx()));
        }
      }

      @Override
      void after(Run run) {
        if (run.backward() != null && run.backward().dx() != null) {
          int[] lengths = run.lengths();
          int width = run.spec().inputSize();
          float[] before = old.get();
          run.edits()
              .change(
                  run.backward().dx(),
                  dx -> {
                    for (int i = 0; i < dx.length; i++) {
                      int site = i / width;
                      if (site / run.batch() >= lengths[site % run.batch()]) {
                        dx[i] = before[i];
                      }
                    }
                  });
        }
      }
    };
  }
}
