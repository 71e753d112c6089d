package org.recurrentops.cpu;

import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;
import org.recurrentops.cpu.math.Activations;
import org.recurrentops.cpu.math.CpuMath;

/** h = φ(a), see {@link org.recurrentops.CellType#VANILLA_TANH}. */
final class VanillaCell extends Cell {
  private final boolean relu;
  private final Clip clip;

  VanillaCell(RnnSpec spec, boolean relu) {
    super(spec);
    this.relu = relu;
    this.clip = new Clip(spec.preActivationClip());
  }

  @Override
  boolean savesGates() {
    return clip.clips();
  }

  @Override
  int savedWidth() {
    return 0;
  }

  @Override
  int secondGradientWidth() {
    return 0;
  }

  @Override
  int scratchWidth() {
    return 0;
  }

  @Override
  WeightUse[] weightUses() {
    return new WeightUse[] {new WeightUse(Kind.WEIGHT_HH, 0, gateRows, state, false, false, 0)};
  }

  @Override
  Stage[] forward(CpuMath math, ForwardMemory m) {
    Activations activations = math.activations();
    return new Stage[] {
      Product.adding(math.gemm(), m.hBefore(), 0, m.weights()[0], m.gates(), 0),
      new Pointwise(hidden, (w, t, n, u, count) -> activate(activations, m, w, t, n, u, count))
    };
  }

  private void activate(
      Activations activations, ForwardMemory m, Worker w, int t, int n, int u, int count) {
    float[] a = w.lane(0);
    System.arraycopy(m.gates().data, m.gates().at(t, n) + u, a, 0, count);
    clip.apply(a, count);
    if (relu) {
      for (int k = 0; k < count; k++) {
        a[k] = a[k] < 0 ? 0 : a[k];
      }
    } else {
      activations.tanh(a, 0, a, 0, count);
    }
    System.arraycopy(a, 0, m.hAfter().data, m.hAfter().at(t, n) + u, count);
  }

  @Override
  Stage[] backward(CpuMath math, BackwardMemory m) {
    return new Stage[] {
      new Pointwise(hidden, (w, t, n, u, count) -> gradient(m, w, t, n, u, count)),
      Product.of(math.gemm(), m.dGates(), 0, m.weights()[0], m.dhBefore())
    };
  }

  /** dh∘φ′, from h alone: 1 − h² for tanh; for relu h &gt; 0 exactly where a &gt; 0. */
  private void gradient(BackwardMemory m, Worker w, int t, int n, int u, int count) {
    float[] h = w.lane(0);
    float[] d = w.lane(1);
    System.arraycopy(m.hAfter().data, m.hAfter().at(t, n) + u, h, 0, count);
    System.arraycopy(m.dhAfter().data, m.dhAfter().at(t, n) + u, d, 0, count);
    if (relu) {
      for (int k = 0; k < count; k++) {
        d[k] = h[k] > 0 ? d[k] : 0;
      }
    } else {
      for (int k = 0; k < count; k++) {
        d[k] = d[k] * (1 - h[k]) * (1 + h[k]);
      }
    }
    if (clip.clips()) { // the slab keeps arguments
      clip.cut(w, m.gates().data, m.gates().at(t, n) + u, d, count);
    }
    System.arraycopy(d, 0, m.dGates().data, m.dGates().at(t, n) + u, count);
  }
}
