package org.recurrentops.cpu;

import org.recurrentops.Tensor;
import org.recurrentops.spi.LossKind;

/**
 * Losses, softmax and their gradients, row by row in float64. Rows that do not count are selected
 * away, whatever they hold.
 */
final class LossOps {
  /** An exponential costs about as much as so many multiplications. */
  private static final int EXPONENTIAL = 32;

  private final Workforce workforce;

  LossOps(Workforce workforce) {
    this.workforce = workforce;
  }

  void softmax(Tensor logits, Tensor probabilities) {
    Rows in = new Rows(logits);
    Rows out = new Rows(probabilities);
    int width = in.width();
    workforce.run(
        worker -> {
          float[] row = worker.left(width);
          int end = worker.to(in.count(), 1);
          for (int r = worker.from(in.count(), 1); r < end; r++) {
            in.read(r, 0, width, row, 0);
            float max = maximum(row, width);
            double sum = exponentialSum(row, width, max);
            for (int j = 0; j < width; j++) {
              row[j] = (float) (Math.exp((double) row[j] - max) / sum);
            }
            out.write(r, 0, width, row, 0);
          }
        },
        (long) in.count() * width * EXPONENTIAL);
  }

  /** Largest element; NaN if there is one. */
  private static float maximum(float[] row, int width) {
    float max = Float.NEGATIVE_INFINITY;
    for (int j = 0; j < width; j++) {
      max = Math.max(max, row[j]);
    }
    return max;
  }

  private static double exponentialSum(float[] row, int width, float max) {
    double sum = 0;
    for (int j = 0; j < width; j++) {
      sum += Math.exp((double) row[j] - max);
    }
    return sum;
  }

  /** One call's operands. */
  private static final class Call {
    LossKind kind;
    Rows prediction;
    Indices classes;
    Rows values;
    double[] weights;
    double[] losses;
    double divisor;
    float gradientScale;
    Rows gradient;
  }

  void loss(
      LossKind kind,
      Tensor prediction,
      Tensor target,
      Tensor rowWeights,
      boolean mean,
      float gradientScale,
      Tensor loss,
      Tensor gradient) {
    Call c = new Call();
    c.kind = kind;
    c.prediction = new Rows(prediction);
    if (kind == LossKind.SOFTMAX_CROSS_ENTROPY) {
      c.classes = new Indices(target);
    } else {
      c.values = new Rows(target);
    }
    c.gradient = gradient == null ? null : new Rows(gradient);
    c.gradientScale = gradientScale;
    int rows = c.prediction.count();
    int width = c.prediction.width();
    c.losses = new double[rows];
    c.weights = effectiveWeights(c, rowWeights);
    c.divisor = mean ? divisor(c, width) : 1;
    workforce.run(
        worker -> {
          int end = worker.to(rows, 1);
          for (int r = worker.from(rows, 1); r < end; r++) {
            row(c, r, width, worker);
          }
        },
        (long) rows * width * EXPONENTIAL);
    if (loss != null) {
      double sum = 0;
      for (double l : c.losses) {
        sum += l;
      }
      FloatMemory.of(loss).write(loss.offset(), new float[] {(float) (sum / c.divisor)}, 0, 1);
    }
  }

  /** Weight of each row, 0 for those left out; refuses targets that are no class. */
  private static double[] effectiveWeights(Call c, Tensor rowWeights) {
    int rows = c.prediction.count();
    double[] weights = new double[rows];
    VectorView given = rowWeights == null ? null : new VectorView(rowWeights);
    for (int r = 0; r < rows; r++) {
      weights[r] = given == null ? 1 : given.get(r);
      if (c.classes != null && weights[r] != 0) {
        int v = c.classes.get(r);
        if (v >= c.prediction.width()) {
          throw Indices.outOfRange("softmaxCrossEntropy", v, r, c.prediction.width());
        }
        if (v < 0) {
          weights[r] = 0;
        }
      }
    }
    return weights;
  }

  private static double divisor(Call c, int width) {
    double sum = 0;
    for (double w : c.weights) {
      sum += w;
    }
    if (c.kind != LossKind.SOFTMAX_CROSS_ENTROPY) {
      sum *= width;
    }
    return sum == 0 ? 1 : sum;
  }

  private static void row(Call c, int r, int width, Worker worker) {
    float[] p = worker.left(width);
    double weight = c.weights[r];
    if (weight == 0) {
      java.util.Arrays.fill(p, 0, width, 0f);
    } else {
      c.prediction.read(r, 0, width, p, 0);
      double factor = weight / c.divisor * c.gradientScale;
      switch (c.kind) {
        case SOFTMAX_CROSS_ENTROPY:
          c.losses[r] = weight * softmaxRow(p, width, c.classes.get(r), factor);
          break;
        case SIGMOID_CROSS_ENTROPY:
          c.values.read(r, 0, width, worker.right(width), 0);
          c.losses[r] = weight * sigmoidRow(p, worker.right(width), width, factor);
          break;
        default:
          c.values.read(r, 0, width, worker.right(width), 0);
          c.losses[r] = weight * squaredRow(p, worker.right(width), width, factor);
      }
    }
    if (c.gradient != null) {
      c.gradient.write(r, 0, width, p, 0);
    }
  }

  /** −log softmax(p)[target]; p becomes its gradient times the factor. */
  private static double softmaxRow(float[] p, int width, int target, double factor) {
    float max = maximum(p, width);
    double sum = exponentialSum(p, width, max);
    double loss = Math.log(sum) - ((double) p[target] - max);
    for (int j = 0; j < width; j++) {
      double probability = Math.exp((double) p[j] - max) / sum;
      p[j] = (float) ((probability - (j == target ? 1 : 0)) * factor);
    }
    return loss;
  }

  /** max(p, 0) − p·t + log(1 + e^−|p|), summed; p becomes (σ(p) − t) times the factor. */
  private static double sigmoidRow(float[] p, float[] t, int width, double factor) {
    double loss = 0;
    for (int j = 0; j < width; j++) {
      double x = p[j];
      double e = Math.exp(-Math.abs(x));
      loss += Math.max(x, 0) - x * t[j] + Math.log1p(e);
      double sigma = (x < 0 ? e : 1) / (1 + e);
      p[j] = (float) ((sigma - t[j]) * factor);
    }
    return loss;
  }

  /** (p − t)², summed; p becomes 2 (p − t) times the factor. */
  private static double squaredRow(float[] p, float[] t, int width, double factor) {
    double loss = 0;
    for (int j = 0; j < width; j++) {
      double difference = (double) p[j] - t[j];
      loss += difference * difference;
      p[j] = (float) (2 * difference * factor);
    }
    return loss;
  }

  /** One value per row. */
  private static final class VectorView {
    private final Tensor tensor;
    private final FloatMemory memory;
    private final int inner;
    private final long innerStride;
    private final float[] one = new float[1];

    VectorView(Tensor tensor) {
      this.tensor = tensor;
      this.memory = FloatMemory.of(tensor);
      this.inner = tensor.rank() == 0 ? 1 : (int) tensor.dim(-1);
      this.innerStride = tensor.rank() == 0 ? 1 : tensor.stride(tensor.rank() - 1);
    }

    float get(int i) {
      memory.read(tensor.rowOffset(i / inner) + i % inner * innerStride, one, 0, 1);
      return one[0];
    }
  }
}
