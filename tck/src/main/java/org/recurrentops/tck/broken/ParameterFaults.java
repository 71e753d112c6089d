package org.recurrentops.tck.broken;

import org.recurrentops.CellType;
import org.recurrentops.ParameterLayout;
import org.recurrentops.ParameterSlice;
import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;

/** Faults that read the parameters wrongly, in forward, backward and packing alike. */
final class ParameterFaults {
  private ParameterFaults() {}

  /** Changes a copy of the flat parameters. */
  interface Misreading {
    void apply(float[] flat, RnnSpec spec, ParameterLayout layout);
  }

  private static final class Misread extends Tampering {
    private final Misreading misreading;

    Misread(Misreading misreading) {
      this.misreading = misreading;
    }

    @Override
    void before(Run run) {
      run.edits().lend(run.params(), flat -> misreading.apply(flat, run.spec(), run.layout()));
    }

    @Override
    void beforePack(Tensor params, RnnSpec spec, Edits edits) {
      edits.lend(params, flat -> misreading.apply(flat, spec, ParameterLayout.of(spec)));
    }
  }

  private static boolean isGru(RnnSpec spec) {
    return spec.cell() == CellType.GRU || spec.cell() == CellType.GRU_RESET_BEFORE;
  }

  private static void swap(float[] a, int from, int to, int count) {
    for (int i = 0; i < count; i++) {
      float kept = a[from + i];
      a[from + i] = a[to + i];
      a[to + i] = kept;
    }
  }

  private static void scale(float[] a, int from, int count, float factor) {
    for (int i = from; i < from + count; i++) {
      a[i] *= factor;
    }
  }

  static Tampering swappedGates() {
    return new Misread(
        (flat, spec, layout) -> {
          for (ParameterSlice s : layout.slices()) {
            if (s.kind() != Kind.WEIGHT_HR && spec.cell().gates() > 1) {
              int block = (int) (s.elements() / spec.cell().gates());
              swap(flat, (int) s.offset(), (int) s.offset() + block, block);
            }
          }
        });
  }

  /** h = z∘n + (1−z)∘h₋, for 1 − σ(a) = σ(−a). */
  static Tampering oneMinusZForZ() {
    return new Misread(
        (flat, spec, layout) -> {
          for (ParameterSlice s : layout.slices()) {
            if (isGru(spec)) {
              int block = (int) (s.elements() / spec.cell().gates());
              scale(flat, (int) s.offset() + block, block, -1);
            }
          }
        });
  }

  private static Tampering dropped(Kind kind) {
    return new Misread(
        (flat, spec, layout) -> {
          for (ParameterSlice s : layout.slices()) {
            if (s.kind() == kind) {
              scale(flat, (int) s.offset(), (int) s.elements(), 0);
            }
          }
        });
  }

  static Tampering droppedInputBias() {
    return dropped(Kind.BIAS_IH);
  }

  static Tampering droppedRecurrentBias() {
    return dropped(Kind.BIAS_HH);
  }

  static Tampering droppedCellShift() {
    return dropped(Kind.LN_BETA_C);
  }

  /** Each side of a normalised gate has the other side's gains. */
  static Tampering swappedGains() {
    return new Misread(
        (flat, spec, layout) -> {
          for (ParameterSlice s : layout.slices()) {
            if (s.kind() == Kind.LN_GAMMA_IH) {
              int count = (int) s.elements();
              swap(flat, (int) s.offset(), (int) s.offset() + count, count);
            }
          }
        });
  }

  static Tampering transposedRecurrence() {
    return new Misread(
        (flat, spec, layout) -> {
          int h = spec.hiddenSize();
          for (ParameterSlice s : layout.slices()) {
            boolean matrix = s.kind() == Kind.WEIGHT_HH && s.shape().rank() == 2;
            if (matrix && spec.projectionSize() == 0) {
              for (int gate = 0; gate < spec.cell().gates(); gate++) {
                transpose(flat, (int) s.offset() + gate * h * h, h, h);
              }
            }
          }
        });
  }

  static Tampering shiftedRecurrentVector() {
    return new Misread(
        (flat, spec, layout) -> {
          for (ParameterSlice s : layout.slices()) {
            if (s.kind() == Kind.WEIGHT_HH && s.shape().rank() == 1) {
              int from = (int) s.offset();
              System.arraycopy(flat, from, flat, from + 1, (int) s.elements() - 1);
            }
          }
        });
  }

  /** Reads [rows, columns] as if it were stored column by column. */
  private static void transpose(float[] a, int from, int rows, int columns) {
    float[] copy = java.util.Arrays.copyOfRange(a, from, from + rows * columns);
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        a[from + r * columns + c] = copy[c * rows + r];
      }
    }
  }

  static Tampering transposedProjection() {
    return new Misread(
        (flat, spec, layout) -> {
          for (ParameterSlice s : layout.slices()) {
            if (s.kind() == Kind.WEIGHT_HR) {
              transpose(flat, (int) s.offset(), spec.projectionSize(), spec.hiddenSize());
            }
          }
        });
  }

  /** The first P outputs pass as they are. */
  static Tampering ignoredProjection() {
    return new Misread(
        (flat, spec, layout) -> {
          for (ParameterSlice s : layout.slices()) {
            if (s.kind() == Kind.WEIGHT_HR) {
              scale(flat, (int) s.offset(), (int) s.elements(), 0);
              for (int p = 0; p < spec.projectionSize(); p++) {
                flat[(int) s.offset() + p * spec.hiddenSize() + p] = 1;
              }
            }
          }
        });
  }

  /** The last two layers take each other's recurrent weights. */
  static Tampering swappedLayers() {
    return new Misread(
        (flat, spec, layout) -> {
          int last = spec.layers() - 1;
          if (last > 0) {
            ParameterSlice a = layout.find(Kind.WEIGHT_HH, last - 1, 0);
            ParameterSlice b = layout.find(Kind.WEIGHT_HH, last, 0);
            swap(flat, (int) a.offset(), (int) b.offset(), (int) a.elements());
          }
        });
  }

  /** Both directions take the other one's recurrent weights. */
  static Tampering swappedDirections() {
    return new Misread(
        (flat, spec, layout) -> {
          if (spec.direction().count() == 2) {
            for (int l = 0; l < spec.layers(); l++) {
              ParameterSlice a = layout.find(Kind.WEIGHT_HH, l, 0);
              ParameterSlice b = layout.find(Kind.WEIGHT_HH, l, 1);
              swap(flat, (int) a.offset(), (int) b.offset(), (int) a.elements());
            }
          }
        });
  }

  /** A higher layer finds the reverse direction's features before the forward one's. */
  static Tampering misplacedLayerInput() {
    return new Misread(
        (flat, spec, layout) -> {
          int half = spec.stateSize();
          for (ParameterSlice s : layout.slices()) {
            boolean wide = s.layer() > 0 && spec.direction().count() == 2;
            if (wide && s.kind() == Kind.WEIGHT_IH) {
              for (int row = 0; row < s.shape().dim(0); row++) {
                int from = (int) s.offset() + row * 2 * half;
                swap(flat, from, from + half, half);
              }
            }
          }
        });
  }
}
