package org.recurrentops.cpu;

import org.recurrentops.Activation;
import org.recurrentops.RnnSpec;
import org.recurrentops.cpu.math.Activations;

/**
 * An activation of a cell, of a clipped argument. Backward multiplies by the derivative: that of σ,
 * tanh and relu is made of the value, that of the others of the argument, which must be kept then.
 */
final class GateFunction {
  private final Activation activation;
  private final float alpha;
  private final float beta;
  private final Clip clip;

  GateFunction(Activation activation, float bound) {
    this.activation = activation;
    this.alpha = activation.alpha();
    this.beta = activation.beta();
    this.clip = new Clip(bound);
  }

  /** Activation f, g or h (0, 1, 2) of a direction; clips bound the arguments of f and g. */
  static GateFunction of(RnnSpec spec, int which, int direction) {
    float bound = which < 2 ? spec.preActivationClip() : Float.POSITIVE_INFINITY;
    return new GateFunction(spec.activation(which, direction), bound);
  }

  /** Whether a spec's backward needs arguments, for any of its activations in any direction. */
  static boolean needsArguments(RnnSpec spec) {
    return spec.preActivationClip() != Float.POSITIVE_INFINITY
        || !spec.cellOptions().activations().isEmpty();
  }

  /** Whether it is tanh of an argument without bounds. */
  boolean isTanh() {
    return activation.function() == Activation.Function.TANH && !clip.clips();
  }

  /** a = φ(clip(a)). */
  void apply(Activations act, float[] a, int count) {
    clip.apply(a, count);
    switch (activation.function()) {
      case SIGMOID:
        act.sigmoid(a, 0, a, 0, count);
        break;
      case TANH:
        act.tanh(a, 0, a, 0, count);
        break;
      case RELU:
        for (int k = 0; k < count; k++) {
          a[k] = a[k] < 0 ? 0 : a[k];
        }
        break;
      case SCALED_TANH:
        scale(a, beta, count);
        act.tanh(a, 0, a, 0, count);
        scale(a, alpha, count);
        break;
      default:
        for (int k = 0; k < count; k++) {
          a[k] = value(a[k]);
        }
    }
  }

  private static void scale(float[] a, float factor, int count) {
    for (int k = 0; k < count; k++) {
      a[k] = factor * a[k];
    }
  }

  private float value(float x) {
    switch (activation.function()) {
      case AFFINE:
        return alpha * x + beta;
      case LEAKY_RELU:
        return x < 0 ? alpha * x : x;
      case THRESHOLDED_RELU:
        return x < alpha ? 0 : x;
      case HARD_SIGMOID:
        return Math.max(0, Math.min(1, alpha * x + beta));
      case ELU:
        return x < 0 ? alpha * (float) Math.expm1(x) : x;
      case SOFTSIGN:
        return Math.abs(x) == Float.POSITIVE_INFINITY ? Math.signum(x) : x / (1 + Math.abs(x));
      default:
        return (float) (Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))); // softplus
    }
  }

  /**
   * d ∘= φ′.
   *
   * @param data holds the arguments from {@code at} on, where {@link #needsArguments}
   * @param y values of φ
   * @param d gradient of the value, becomes that of the argument
   */
  void backward(Worker w, Activations act, float[] data, int at, float[] y, float[] d, int count) {
    switch (activation.function()) {
      case SIGMOID:
        for (int k = 0; k < count; k++) {
          d[k] = d[k] * y[k] * (1 - y[k]);
        }
        break;
      case TANH:
        for (int k = 0; k < count; k++) {
          d[k] = d[k] * (1 - y[k]) * (1 + y[k]);
        }
        break;
      case RELU:
        for (int k = 0; k < count; k++) {
          d[k] = y[k] > 0 ? d[k] : y[k] <= 0 ? 0 : d[k] * y[k]; // NaN passes
        }
        break;
      default:
        ofArguments(w, act, data, at, d, count);
    }
    clip.cut(w, data, at, d, count);
  }

  private void ofArguments(Worker w, Activations act, float[] data, int at, float[] d, int count) {
    float[] x = w.lane(Worker.LAST_LANE);
    System.arraycopy(data, at, x, 0, count);
    switch (activation.function()) {
      case SCALED_TANH:
        scale(x, beta, count);
        act.tanh(x, 0, x, 0, count);
        for (int k = 0; k < count; k++) {
          d[k] = d[k] * (alpha * beta) * (1 - x[k]) * (1 + x[k]);
        }
        break;
      case SOFTPLUS:
        act.sigmoid(x, 0, x, 0, count);
        for (int k = 0; k < count; k++) {
          d[k] = d[k] * x[k];
        }
        break;
      default:
        for (int k = 0; k < count; k++) {
          d[k] = d[k] * slope(x[k]);
        }
    }
  }

  private float slope(float x) {
    switch (activation.function()) {
      case AFFINE:
        return alpha;
      case LEAKY_RELU:
        return x < 0 ? alpha : 1;
      case THRESHOLDED_RELU:
        return x < alpha ? 0 : 1;
      case HARD_SIGMOID:
        float t = alpha * x + beta;
        return t > 0 && t < 1 ? alpha : 0;
      case ELU:
        return x < 0 ? alpha * (float) Math.exp(x) : 1;
      default:
        float s = 1 + Math.abs(x); // softsign
        return 1 / (s * s);
    }
  }
}
