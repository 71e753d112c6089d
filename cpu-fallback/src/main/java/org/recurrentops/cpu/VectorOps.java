package org.recurrentops.cpu;

import org.recurrentops.Tensor;

/**
 * Elementwise operations and norms. Chunks are copied into lanes of their own, where loops
 * vectorise and the kind of memory does not matter.
 */
final class VectorOps {
  private final Workforce workforce;

  VectorOps(Workforce workforce) {
    this.workforce = workforce;
  }

  /** Part of a vector that one worker has in its lanes. */
  @FunctionalInterface
  private interface Chunk {
    void run(Worker worker, int from, int count);
  }

  private void chunks(long elements, Chunk chunk) {
    int total = (int) elements;
    workforce.run(
        worker -> {
          int end = worker.to(total, Worker.LANE);
          for (int i = worker.from(total, Worker.LANE); i < end; i += Worker.LANE) {
            chunk.run(worker, i, Math.min(Worker.LANE, end - i));
          }
        },
        8 * elements);
  }

  void clip(Tensor[] vectors, float maxNorm, Tensor norm, Tensor nonFinite) {
    double squares = 0;
    for (Tensor v : vectors) {
      squares += squares(v);
    }
    float length = (float) Math.sqrt(squares);
    boolean finite = Float.isFinite(length);
    if (finite && length > maxNorm) {
      float scale = (float) (maxNorm / Math.sqrt(squares));
      for (Tensor v : vectors) {
        scale(v, scale);
      }
    }
    if (norm != null) {
      FloatMemory.of(norm).write(norm.offset(), new float[] {length}, 0, 1);
    }
    if (nonFinite != null) {
      IntMemory.of(nonFinite).set(nonFinite.offset(), finite ? 0 : 1);
    }
  }

  /** Sum of squares: chunks in float64, then the chunks in order. */
  private double squares(Tensor vector) {
    FloatMemory memory = FloatMemory.of(vector);
    long elements = vector.shape().elements();
    double[] parts = new double[(int) ((elements + Worker.LANE - 1) / Worker.LANE)];
    chunks(
        elements,
        (worker, from, count) -> {
          float[] v = worker.lane(0);
          memory.read(vector.offset() + from, v, 0, count);
          double sum = 0;
          for (int i = 0; i < count; i++) {
            sum += (double) v[i] * v[i];
          }
          parts[from / Worker.LANE] = sum;
        });
    double total = 0;
    for (double part : parts) {
      total += part;
    }
    return total;
  }

  private void scale(Tensor vector, float factor) {
    FloatMemory memory = FloatMemory.of(vector);
    chunks(
        vector.shape().elements(),
        (worker, from, count) -> {
          float[] v = worker.lane(0);
          memory.read(vector.offset() + from, v, 0, count);
          for (int i = 0; i < count; i++) {
            v[i] *= factor;
          }
          memory.write(vector.offset() + from, v, 0, count);
        });
  }

  private static boolean skipped(Tensor skip) {
    return skip != null && IntMemory.of(skip).get(skip.offset()) != 0;
  }

  void sgd(
      Tensor params,
      Tensor gradient,
      Tensor velocity,
      float learningRate,
      float momentum,
      boolean nesterov,
      float weightDecay,
      Tensor skip) {
    if (skipped(skip)) {
      return;
    }
    FloatMemory p = FloatMemory.of(params);
    FloatMemory g = FloatMemory.of(gradient);
    FloatMemory v = velocity == null ? null : FloatMemory.of(velocity);
    chunks(
        params.shape().elements(),
        (worker, from, count) -> {
          float[] pl = worker.lane(0);
          float[] gl = worker.lane(1);
          float[] vl = worker.lane(2);
          p.read(params.offset() + from, pl, 0, count);
          g.read(gradient.offset() + from, gl, 0, count);
          for (int i = 0; i < count; i++) {
            gl[i] = gl[i] + weightDecay * pl[i];
          }
          if (v != null) {
            v.read(velocity.offset() + from, vl, 0, count);
            for (int i = 0; i < count; i++) {
              vl[i] = momentum * vl[i] + gl[i];
            }
            v.write(velocity.offset() + from, vl, 0, count);
            if (nesterov) {
              for (int i = 0; i < count; i++) {
                gl[i] = gl[i] + momentum * vl[i];
              }
            } else {
              System.arraycopy(vl, 0, gl, 0, count);
            }
          }
          for (int i = 0; i < count; i++) {
            pl[i] = pl[i] - learningRate * gl[i];
          }
          p.write(params.offset() + from, pl, 0, count);
        });
  }

  void adam(
      Tensor params,
      Tensor gradient,
      Tensor first,
      Tensor second,
      long step,
      float learningRate,
      float beta1,
      float beta2,
      float epsilon,
      float weightDecay,
      Tensor skip) {
    if (skipped(skip)) {
      return;
    }
    FloatMemory p = FloatMemory.of(params);
    FloatMemory g = FloatMemory.of(gradient);
    FloatMemory m = FloatMemory.of(first);
    FloatMemory v = FloatMemory.of(second);
    float mScale = (float) (1 / (1 - Math.pow(beta1, step)));
    float vScale = (float) (1 / (1 - Math.pow(beta2, step)));
    chunks(
        params.shape().elements(),
        (worker, from, count) -> {
          float[] pl = worker.lane(0);
          float[] gl = worker.lane(1);
          float[] ml = worker.lane(2);
          float[] vl = worker.lane(3);
          p.read(params.offset() + from, pl, 0, count);
          g.read(gradient.offset() + from, gl, 0, count);
          m.read(first.offset() + from, ml, 0, count);
          v.read(second.offset() + from, vl, 0, count);
          for (int i = 0; i < count; i++) {
            ml[i] = beta1 * ml[i] + (1 - beta1) * gl[i];
          }
          for (int i = 0; i < count; i++) {
            vl[i] = beta2 * vl[i] + (1 - beta2) * gl[i] * gl[i];
          }
          for (int i = 0; i < count; i++) {
            float root = (float) Math.sqrt(vl[i] * vScale);
            pl[i] =
                pl[i] - learningRate * (weightDecay * pl[i] + ml[i] * mScale / (root + epsilon));
          }
          p.write(params.offset() + from, pl, 0, count);
          m.write(first.offset() + from, ml, 0, count);
          v.write(second.offset() + from, vl, 0, count);
        });
  }
}
