package org.recurrentops.tck.broken;

import org.recurrentops.Tensor;
import org.recurrentops.spi.BackwardCall;
import org.recurrentops.spi.ForwardCall;

/** Faults in time and batch. */
final class SequenceFaults {
  private SequenceFaults() {}

  /** Step t reads x of step t − 1. */
  static Tampering shiftedSteps() {
    return new Tampering() {
      @Override
      void before(Run run) {
        if (run.isEmpty()) {
          return;
        }
        if (Edits.isIndex(run.x())) {
          int row = run.batch();
          run.edits().lendInts(run.x(), x -> System.arraycopy(x, 0, x, row, x.length - row));
        } else {
          int row = run.batch() * run.spec().inputSize();
          run.edits().lend(run.x(), x -> System.arraycopy(x, 0, x, row, x.length - row));
        }
      }
    };
  }

  /** A layer without input weights reads zeros. */
  static Tampering lostSkippedInput() {
    return new Tampering() {
      @Override
      void before(Run run) {
        if (run.spec().skipsInput(0)) {
          run.edits().lend(run.x(), x -> java.util.Arrays.fill(x, 0));
        }
      }
    };
  }

  static Tampering shiftedIndices() {
    return new Tampering() {
      @Override
      void before(Run run) {
        if (Edits.isIndex(run.x())) {
          int c = run.spec().inputSize();
          run.edits()
              .lendInts(
                  run.x(),
                  x -> {
                    for (int i = 0; i < x.length; i++) {
                      x[i] = x[i] < 0 || x[i] >= c ? x[i] : (x[i] + 1) % c;
                    }
                  });
        }
      }
    };
  }

  /** Two rows of y change places. */
  static Tampering swappedRows() {
    return new Tampering() {
      @Override
      void after(Run run) {
        if (run.forward() != null && run.batch() > 1 && run.steps() > 0) {
          int width = run.spec().outputSize();
          run.edits()
              .change(
                  run.forward().y(),
                  y -> {
                    for (int j = 0; j < width; j++) {
                      float kept = y[j];
                      y[j] = y[width + j];
                      y[width + j] = kept;
                    }
                  });
        }
      }
    };
  }

  /** hN is the state one step before the last one. */
  static Tampering finalStateTooEarly() {
    return new Tampering() {
      @Override
      void after(Run run) {
        ForwardCall f = run.forward();
        if (f == null || f.y() == null || f.hN() == null || run.isEmpty()) {
          return;
        }
        float[] y = run.edits().floats(f.y());
        int[] lengths = run.lengths();
        int width = run.spec().stateSize();
        int last = (run.spec().layers() - 1) * run.spec().direction().count();
        boolean reverse = run.spec().direction().isReverse(0);
        run.edits()
            .change(
                f.hN(),
                h -> {
                  for (int n = 0; n < run.batch(); n++) {
                    if (lengths[n] > 1) {
                      int t = reverse ? 1 : lengths[n] - 2;
                      int from = (t * run.batch() + n) * run.spec().outputSize();
                      System.arraycopy(y, from, h, (last * run.batch() + n) * width, width);
                    }
                  }
                });
      }
    };
  }

  /** The top layer's dy is missing in dhSequence. */
  static Tampering hiddenGradientPartial() {
    return new Tampering() {
      @Override
      void after(Run run) {
        BackwardCall b = run.backward();
        if (b == null || b.dhSequence() == null || b.dy() == null || run.isEmpty()) {
          return;
        }
        float[] dy = run.edits().floats(b.dy());
        int width = run.spec().stateSize();
        int sites = run.steps() * run.batch();
        int top = (run.spec().stateCount() - run.spec().direction().count()) * sites * width;
        run.edits()
            .change(
                b.dhSequence(),
                dh -> {
                  for (int site = 0; site < sites; site++) {
                    dh[top + site * width] -= dy[site * run.spec().outputSize()];
                  }
                });
      }
    };
  }

  /** Step t of cSequence holds what belongs to t − 1. */
  static Tampering cellsShifted() {
    return new Tampering() {
      @Override
      void after(Run run) {
        if (run.forward() != null && !run.isEmpty()) {
          int plane = run.batch() * run.spec().hiddenSize();
          Tensor cells = run.forward().cSequence();
          run.edits().change(cells, c -> System.arraycopy(c, 0, c, plane, c.length - plane));
        }
      }
    };
  }
}
