package org.recurrentops.bench.layers;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.IntPredicate;
import org.recurrentops.ParameterLayout;
import org.recurrentops.ParameterSlice;

/**
 * Values that are harder on a processor than ordinary ones: many of what a layer computes from them
 * lie below 2⁻¹²⁶, where some processors compute many times slower, unless the layer sets them to
 * zero.
 */
enum Stress {
  /**
   * States and gradients that decay. Biases are zero; x is zero but for values of 2⁻¹¹² in one step
   * of every {@link #PERIOD}, and so is dy, counted from the last step. In between, states shrink
   * to about 0.6 of themselves a step, gradients likewise towards the first step, through the
   * subnormal range to nothing.
   */
  DECAY {
    @Override
    float[] weights(ParameterLayout layout, float[] ordinary) {
      for (ParameterSlice s : layout.slices()) {
        if (WithoutProducts.isBias(s)) {
          int from = Math.toIntExact(s.offset());
          Arrays.fill(ordinary, from, from + Math.toIntExact(s.elements()), 0f);
        }
      }
      return ordinary;
    }

    @Override
    float[] input(LayerShape shape, long seed) {
      float[] x = uniform(shape, shape.inputSize(), bound(shape, IMPULSE), seed);
      return keep(x, shape, t -> t % PERIOD == 0);
    }

    @Override
    float[] outputGradient(LayerShape shape, long seed) {
      float[] dy = uniform(shape, shape.hiddenSize(), IMPULSE, seed);
      return keep(dy, shape, t -> (shape.steps() - 1 - t) % PERIOD == 0);
    }

    /** What is set to zero is below 2⁻¹²⁶; a product adds up the like of many units. */
    @Override
    double floor() {
      return 0x1p-122;
    }
  },

  /**
   * Gates far out: their arguments scatter by about ±60, so that most are 0 or 1 but for rounding,
   * and some of them, and of their gradients, subnormal.
   */
  SATURATION {
    @Override
    float[] input(LayerShape shape, long seed) {
      double far = shape.skipsInput() ? FAR / Math.sqrt(3) : bound(shape, FAR);
      return uniform(shape, shape.inputSize(), far, seed);
    }

    /** Sums 60 times as large as ordinary ones are rounded 60 times as coarsely. */
    @Override
    double coarseness() {
      return 64;
    }

    /** A float32 holds 1 - z of a gate z near 1 to 2⁻²⁴ of one, not of itself. */
    @Override
    double floor() {
      return 0x1p-20;
    }
  };

  /** Steps from one impulse to the next: what 2⁻¹¹² takes to fall below 2⁻¹⁴⁹. */
  static final int PERIOD = 48;

  private static final double IMPULSE = 0x1p-112;

  /** Uniform in ±180 by uniform in ±1/√H, H times: a third of it, as a standard deviation. */
  private static final double FAR = 180;

  /** Parameters, made of ordinary ones. */
  float[] weights(ParameterLayout layout, float[] ordinary) {
    return ordinary;
  }

  /** x [T,N,C]. */
  abstract float[] input(LayerShape shape, long seed);

  /** dy [T,N,H]. */
  float[] outputGradient(LayerShape shape, long seed) {
    return uniform(shape, shape.hiddenSize(), 1, seed);
  }

  /** How far off a right result may be, however small it is. */
  double floor() {
    return 0;
  }

  /** How many times as coarsely as usual the products are rounded. */
  double coarseness() {
    return 1;
  }

  static Stress parse(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }

  /** Of inputs whose product with weight_ih is as large as if there were H of them. */
  private static double bound(LayerShape shape, double bound) {
    return bound * Math.sqrt((double) shape.hiddenSize() / shape.inputSize());
  }

  private static float[] uniform(LayerShape shape, int width, double bound, long seed) {
    return LayerSetup.uniform((long) shape.steps() * shape.batch() * width, bound, seed);
  }

  /** Zero in all other steps. */
  private static float[] keep(float[] sequence, LayerShape shape, IntPredicate steps) {
    int step = sequence.length / shape.steps();
    for (int t = 0; t < shape.steps(); t++) {
      if (!steps.test(t)) {
        Arrays.fill(sequence, t * step, (t + 1) * step, 0f);
      }
    }
    return sequence;
  }
}
