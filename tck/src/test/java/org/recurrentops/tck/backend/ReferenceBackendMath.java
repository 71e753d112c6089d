package org.recurrentops.tck.backend;

import java.util.Arrays;
import org.recurrentops.DType;
import org.recurrentops.DeviceException;
import org.recurrentops.Tensor;
import org.recurrentops.spi.BackendMath;
import org.recurrentops.spi.LossKind;
import org.recurrentops.tck.reference.ReferenceLoss;
import org.recurrentops.tck.reference.ReferenceMath;

/** The reference's operations behind the SPI. */
final class ReferenceBackendMath implements BackendMath {
  private static double[] read(Tensor t) {
    return HostMemory.read(t);
  }

  private static int width(Tensor t) {
    return (int) t.dim(-1);
  }

  @Override
  public void linear(Tensor x, Tensor weight, Tensor bias, Tensor y, boolean accumulate) {
    double[] result = ReferenceMath.linear(read(x), read(weight), read(bias), width(x), width(y));
    HostMemory.add(y, result, accumulate);
  }

  @Override
  public void linearBackward(
      Tensor x,
      Tensor weight,
      Tensor dy,
      Tensor dx,
      Tensor dWeight,
      Tensor dBias,
      boolean accumulate) {
    int m = width(dy);
    double[] d = read(dy);
    if (dx != null) {
      HostMemory.write(dx, ReferenceMath.linearInputGradient(d, read(weight), width(dx), m));
    }
    if (dWeight != null) {
      double[] dw = ReferenceMath.linearWeightGradient(d, read(x), width(x), m);
      HostMemory.add(dWeight, dw, accumulate);
    }
    HostMemory.add(dBias, ReferenceMath.sumOfRows(d, m), accumulate);
  }

  private static int[] checked(Tensor indices, long bound, boolean negativeAllowed) {
    int[] values = HostMemory.readInts(indices);
    for (int v : values) {
      if (v >= bound || v < 0 && !negativeAllowed) {
        throw new DeviceException("index: expected less than " + bound + ", got " + v);
      }
    }
    return values;
  }

  @Override
  public void embedding(Tensor indices, Tensor table, Tensor y) {
    int[] rows = checked(indices, table.dim(0), false);
    HostMemory.write(y, ReferenceMath.embedding(rows, read(table), width(y)));
  }

  @Override
  public void embeddingBackward(Tensor indices, Tensor dy, Tensor dTable, boolean accumulate) {
    int v = (int) dTable.dim(0);
    int[] rows = checked(indices, v, false);
    double[] d = ReferenceMath.embeddingGradient(rows, read(dy), v, width(dy));
    HostMemory.add(dTable, d, accumulate);
  }

  @Override
  public void softmax(Tensor logits, Tensor probabilities) {
    HostMemory.write(probabilities, ReferenceMath.softmax(read(logits), width(logits)));
  }

  @Override
  public void loss(
      LossKind kind,
      Tensor prediction,
      Tensor target,
      Tensor rowWeights,
      boolean mean,
      float scale,
      Tensor loss,
      Tensor gradient) {
    double[] a = read(prediction);
    double[] w = read(rowWeights);
    int v = width(prediction);
    ReferenceLoss result;
    switch (kind) {
      case SOFTMAX_CROSS_ENTROPY:
        result = ReferenceLoss.softmaxCrossEntropy(a, checked(target, v, true), w, mean, scale);
        break;
      case SIGMOID_CROSS_ENTROPY:
        result = ReferenceLoss.sigmoidCrossEntropy(a, read(target), v, w, mean, scale);
        break;
      default:
        result = ReferenceLoss.squaredError(a, read(target), v, w, mean, scale);
        break;
    }
    HostMemory.write(loss, new double[] {result.value()});
    HostMemory.write(gradient, result.gradient());
  }

  @Override
  public void clipByGlobalNorm(Tensor[] vectors, float maxNorm, Tensor norm, Tensor nonFinite) {
    double[][] values = new double[vectors.length][];
    for (int i = 0; i < values.length; i++) {
      values[i] = read(vectors[i]);
    }
    double length = ReferenceMath.norm(values);
    boolean finite = Double.isFinite(length);
    for (int i = 0; finite && length > maxNorm && i < values.length; i++) {
      double factor = maxNorm / length;
      HostMemory.write(vectors[i], Arrays.stream(values[i]).map(x -> x * factor).toArray());
    }
    HostMemory.write(norm, new double[] {length});
    HostMemory.writeInts(nonFinite, finite ? 0 : 1);
  }

  private static boolean raised(Tensor skip) {
    return skip != null && HostMemory.readInts(skip)[0] != 0;
  }

  @Override
  public void sgd(
      Tensor params,
      Tensor gradient,
      Tensor velocity,
      float rate,
      float momentum,
      boolean nesterov,
      float decay,
      Tensor skip) {
    if (raised(skip)) {
      return;
    }
    double[] p = read(params);
    double[] v = velocity == null ? new double[p.length] : read(velocity);
    ReferenceMath.sgd(p, read(gradient), v, rate, momentum, nesterov, decay);
    HostMemory.write(params, p);
    HostMemory.write(velocity, v);
  }

  @Override
  public void adam(
      Tensor params,
      Tensor gradient,
      Tensor m,
      Tensor v,
      long step,
      float rate,
      float beta1,
      float beta2,
      float epsilon,
      float decay,
      Tensor skip) {
    if (raised(skip)) {
      return;
    }
    double[] p = read(params);
    double[] md = read(m);
    double[] vd = read(v);
    ReferenceMath.adam(p, read(gradient), md, vd, step, rate, beta1, beta2, epsilon, decay);
    HostMemory.write(params, p);
    HostMemory.write(m, md);
    HostMemory.write(v, vd);
  }

  @Override
  public void fill(Tensor t, float value) {
    double[] values = new double[(int) t.shape().elements()];
    Arrays.fill(values, value);
    HostMemory.write(t, values);
  }

  @Override
  public void copy(Tensor src, Tensor dst) {
    if (src.dtype() == DType.I32) {
      HostMemory.writeInts(dst, HostMemory.readInts(src));
    } else {
      HostMemory.write(dst, read(src));
    }
  }

  @Override
  public void addScaled(Tensor src, float scale, Tensor dst) {
    double[] scaled = Arrays.stream(read(src)).map(x -> x * scale).toArray();
    HostMemory.add(dst, scaled, true);
  }
}
