package org.recurrentops.bench.run;

import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.recurrentops.GradientMode;
import org.recurrentops.Tensor;
import org.recurrentops.bench.layers.LayerSetup;
import org.recurrentops.bench.layers.RunNote;

/** The input product of a layer as one call: [T·N,C]·[G·H,C]ᵀ. */
@State(Scope.Benchmark)
public class ProductState extends DeviceState {
  private float[] a;
  private float[] b;
  private Tensor x;
  private Tensor w;
  private Tensor y;

  /** For JMH. */
  public ProductState() {}

  @Override
  void prepare() {
    if (layer.skipsInput()) {
      throw new IllegalArgumentException("gemm: expected a shape with c<C>, got " + layer);
    }
    int rows = layer.steps() * layer.batch();
    int columns = layer.cell().gates() * layer.hiddenSize();
    a = input();
    b = weights((long) columns * layer.inputSize());
    x = ops.allocate(rows, layer.inputSize());
    x.upload(a);
    w = ops.allocate(columns, layer.inputSize());
    w.upload(b);
    y = ops.allocate(rows, columns);
    RunNote.ofNoPlan(ops.device(), "linear", "y " + y.shape()).write();
  }

  @Override
  void check() {
    y.upload(LayerSetup.nan(y));
    run();
    float[] got = y.toFloats();
    int depth = layer.inputSize();
    int columns = b.length / depth;
    int rows = a.length / depth;
    double bound = depth * 0x1p-24 / Math.sqrt(layer.hiddenSize());
    for (int row : new int[] {0, rows / 2, rows - 1}) {
      for (int column = 0; column < columns; column++) {
        double wanted = 0;
        for (int k = 0; k < depth; k++) {
          wanted += (double) a[row * depth + k] * b[column * depth + k];
        }
        if (!(Math.abs(got[row * columns + column] - wanted) <= bound)) {
          throw new IllegalStateException(
              String.format(
                  "%s: product [%d,%d]: expected %.9g ± %.2g (float64), got %.9g",
                  layer, row, column, wanted, bound, got[row * columns + column]));
        }
      }
    }
  }

  /** One product, waited for. */
  Tensor run() {
    ops.math().linear(x, w, null, y, GradientMode.OVERWRITE);
    ops.synchronize();
    return y;
  }
}
