package org.recurrentops.formats;

import org.recurrentops.DType;
import org.recurrentops.Shape;

/**
 * ONNX's order of axes. Sequences: layout 0 [T,B,I] and [T,D,B,H], layout 1 [B,T,I] and [B,T,D,H];
 * here [T,N,I] and [T,N,D·H]. States: layout 0 [D,B,H], layout 1 [B,D,H]; here [D,N,H].
 */
final class OnnxSequences {
  private final boolean batchFirst;
  private final int steps;
  private final int batch;
  private final int directions;

  OnnxSequences(int layout, int steps, int batch, int directions) {
    batchFirst = layout == 1;
    this.steps = steps;
    this.batch = batch;
    this.directions = directions;
  }

  Shape inputShape(int width) {
    return batchFirst ? Shape.of(batch, steps, width) : Shape.of(steps, batch, width);
  }

  Shape outputShape(int width) {
    return batchFirst
        ? Shape.of(batch, steps, directions, width)
        : Shape.of(steps, directions, batch, width);
  }

  Shape stateShape(int width) {
    return batchFirst ? Shape.of(batch, directions, width) : Shape.of(directions, batch, width);
  }

  double[] importInput(double[] x) {
    return x == null ? null : moveInput(x, true);
  }

  CaseTensor exportInput(double[] x, int width) {
    return tensor(moveInput(x, false), inputShape(width));
  }

  double[] importOutput(double[] y) {
    return y == null ? null : moveOutput(y, true);
  }

  CaseTensor exportOutput(double[] y, int width) {
    return tensor(moveOutput(y, false), outputShape(width));
  }

  double[] importState(double[] h) {
    return h == null ? null : moveState(h, true);
  }

  CaseTensor exportState(double[] h, int width) {
    return tensor(moveState(h, false), stateShape(width));
  }

  private static CaseTensor tensor(double[] values, Shape shape) {
    return new CaseTensor(DType.F32, shape, values);
  }

  private double[] moveInput(double[] from, boolean importing) {
    double[] to = new double[from.length];
    int width = width(from, steps * batch);
    for (int t = 0; t < steps; t++) {
      for (int n = 0; n < batch; n++) {
        int there = batchFirst ? n * steps + t : t * batch + n;
        copyRow(from, to, there, t * batch + n, width, importing);
      }
    }
    return to;
  }

  private double[] moveOutput(double[] from, boolean importing) {
    double[] to = new double[from.length];
    int width = width(from, steps * batch * directions);
    for (int t = 0; t < steps; t++) {
      for (int n = 0; n < batch; n++) {
        for (int d = 0; d < directions; d++) {
          int there =
              batchFirst ? (n * steps + t) * directions + d : (t * directions + d) * batch + n;
          copyRow(from, to, there, (t * batch + n) * directions + d, width, importing);
        }
      }
    }
    return to;
  }

  private double[] moveState(double[] from, boolean importing) {
    double[] to = new double[from.length];
    int width = width(from, directions * batch);
    for (int d = 0; d < directions; d++) {
      for (int n = 0; n < batch; n++) {
        int there = batchFirst ? n * directions + d : d * batch + n;
        copyRow(from, to, there, d * batch + n, width, importing);
      }
    }
    return to;
  }

  private static int width(double[] tensor, int rows) {
    return rows == 0 ? 0 : tensor.length / rows;
  }

  private static void copyRow(
      double[] from, double[] to, int there, int here, int width, boolean importing) {
    int source = importing ? there : here;
    int target = importing ? here : there;
    System.arraycopy(from, source * width, to, target * width, width);
  }
}
