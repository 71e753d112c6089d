package org.recurrentops.tck.reference;

import org.recurrentops.Activation;

/** φ, φ′ and how far an argument lies from a point without derivative, for a clipped argument. */
final class ReferenceActivation {
  private final Activation activation;
  private final double alpha;
  private final double beta;
  private final double clip;

  ReferenceActivation(Activation activation, double clip) {
    this.activation = activation;
    this.clip = clip;
    alpha = activation.alpha();
    beta = activation.beta();
  }

  double[] of(double[] a) {
    double[] y = new double[a.length];
    double[] x = ReferenceCell.clipped(a, clip);
    for (int j = 0; j < a.length; j++) {
      y[j] = value(x[j]);
    }
    return y;
  }

  private double value(double x) {
    switch (activation.function()) {
      case SIGMOID:
        return ReferenceCell.sigmoid(x);
      case TANH:
        return Math.tanh(x);
      case RELU:
        return x < 0 ? 0 : x;
      case AFFINE:
        return alpha * x + beta;
      case LEAKY_RELU:
        return x < 0 ? alpha * x : x;
      case THRESHOLDED_RELU:
        return x < alpha ? 0 : x;
      case SCALED_TANH:
        return alpha * Math.tanh(beta * x);
      case HARD_SIGMOID:
        return Math.max(0, Math.min(1, alpha * x + beta));
      case ELU:
        return x < 0 ? alpha * Math.expm1(x) : x;
      case SOFTSIGN:
        return x / (1 + Math.abs(x));
      case SOFTPLUS:
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
      default:
        throw new IllegalArgumentException("no reference for " + activation);
    }
  }

  /** dφ(clip(a))/da. */
  double slope(double a) {
    return ReferenceCell.slope(a, clip) == 0 ? 0 : derivative(a);
  }

  private double derivative(double x) {
    double t;
    switch (activation.function()) {
      case SIGMOID:
        t = ReferenceCell.sigmoid(x);
        return t * (1 - t);
      case TANH:
        t = Math.tanh(x);
        return 1 - t * t;
      case RELU:
        return x > 0 ? 1 : x <= 0 ? 0 : x;
      case AFFINE:
        return alpha;
      case LEAKY_RELU:
        return x < 0 ? alpha : 1;
      case THRESHOLDED_RELU:
        return x < alpha ? 0 : 1;
      case SCALED_TANH:
        t = Math.tanh(beta * x);
        return alpha * beta * (1 - t * t);
      case HARD_SIGMOID:
        t = alpha * x + beta;
        return t > 0 && t < 1 ? alpha : 0;
      case ELU:
        return x < 0 ? alpha * Math.exp(x) : 1;
      case SOFTSIGN:
        t = 1 + Math.abs(x);
        return 1 / (t * t);
      case SOFTPLUS:
        return ReferenceCell.sigmoid(x);
      default:
        throw new IllegalArgumentException("no reference for " + activation);
    }
  }

  /** Smallest distance of an argument from a kink; exact hits of a relu's do not count. */
  double nearestKink(double[] a) {
    double nearest = ReferenceCell.fromBound(a, clip);
    for (double v : a) {
      double distance = fromKink(Math.max(-clip, Math.min(clip, v)));
      nearest = distance > 0 ? Math.min(nearest, distance) : nearest;
    }
    return nearest;
  }

  private double fromKink(double x) {
    switch (activation.function()) {
      case RELU:
      case LEAKY_RELU:
        return Math.abs(x);
      case ELU:
        return alpha == 1 ? Double.POSITIVE_INFINITY : Math.abs(x);
      case THRESHOLDED_RELU:
        return Math.abs(x - alpha);
      case HARD_SIGMOID:
        double t = alpha * x + beta;
        return Math.min(Math.abs(t), Math.abs(t - 1));
      default:
        return Double.POSITIVE_INFINITY;
    }
  }
}
