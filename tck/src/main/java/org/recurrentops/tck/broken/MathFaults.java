package org.recurrentops.tck.broken;

import java.util.function.UnaryOperator;
import org.recurrentops.Tensor;
import org.recurrentops.spi.BackendMath;

/** Faults of the linear layer, the embedding, clipping and the optimisers. */
final class MathFaults {
  private MathFaults() {}

  private static Tampering math(UnaryOperator<BackendMath> wrapper) {
    return new Tampering() {
      @Override
      BackendMath math(BackendMath right, Edits edits) {
        return wrapper.apply(right);
      }
    };
  }

  static Tampering linearBiasDropped() {
    return math(
        right ->
            new RightMath(right) {
              @Override
              public void linear(
                  Tensor x, Tensor weight, Tensor bias, Tensor y, boolean accumulate) {
                super.linear(x, weight, null, y, accumulate);
              }
            });
  }

  static Tampering linearGradientOverwritten() {
    return math(
        right ->
            new RightMath(right) {
              @Override
              public void linearBackward(
                  Tensor x,
                  Tensor weight,
                  Tensor dy,
                  Tensor dx,
                  Tensor dWeight,
                  Tensor dBias,
                  boolean accumulate) {
                super.linearBackward(x, weight, dy, dx, dWeight, dBias, false);
              }
            });
  }

  /** Of several rows with one index only the last one's gradient arrives. */
  static Tampering lastEmbeddingWins() {
    return new Tampering() {
      @Override
      BackendMath math(BackendMath right, Edits edits) {
        return new RightMath(right) {
          @Override
          public void embeddingBackward(
              Tensor indices, Tensor dy, Tensor dTable, boolean accumulate) {
            int[] index = edits.ints(indices);
            int width = (int) dy.dim(-1);
            edits.lend(dy, values -> keepLast(index, values, width));
            super.embeddingBackward(indices, dy, dTable, accumulate);
            edits.undo();
          }
        };
      }
    };
  }

  private static void keepLast(int[] index, float[] dy, int width) {
    for (int i = 0; i < index.length; i++) {
      for (int later = i + 1; later < index.length; later++) {
        if (index[i] == index[later]) {
          java.util.Arrays.fill(dy, i * width, (i + 1) * width, 0f);
        }
      }
    }
  }

  static Tampering clippedToTwice() {
    return math(
        right ->
            new RightMath(right) {
              @Override
              public void clipByGlobalNorm(
                  Tensor[] vectors, float maxNorm, Tensor norm, Tensor nonFinite) {
                super.clipByGlobalNorm(vectors, 2 * maxNorm, norm, nonFinite);
              }
            });
  }

  /** Every vector is clipped by a norm of its own. */
  static Tampering clippedOneByOne() {
    return math(
        right ->
            new RightMath(right) {
              @Override
              public void clipByGlobalNorm(
                  Tensor[] vectors, float maxNorm, Tensor norm, Tensor nonFinite) {
                for (Tensor v : vectors) {
                  super.clipByGlobalNorm(new Tensor[] {v}, maxNorm, norm, nonFinite);
                }
              }
            });
  }

  static Tampering nonFiniteUnnoticed() {
    return new Tampering() {
      @Override
      BackendMath math(BackendMath right, Edits edits) {
        return new RightMath(right) {
          @Override
          public void clipByGlobalNorm(
              Tensor[] vectors, float maxNorm, Tensor norm, Tensor nonFinite) {
            super.clipByGlobalNorm(vectors, maxNorm, norm, nonFinite);
            if (nonFinite != null) {
              edits.write(nonFinite, new int[] {0});
            }
          }
        };
      }
    };
  }

  /** After many steps the correction of the moments' bias is 1. */
  static Tampering adamUncorrected() {
    return math(
        right ->
            new RightMath(right) {
              @Override
              public void adam(
                  Tensor params,
                  Tensor gradient,
                  Tensor m,
                  Tensor v,
                  long step,
                  float learningRate,
                  float beta1,
                  float beta2,
                  float epsilon,
                  float weightDecay,
                  Tensor skip) {
                super.adam(
                    params,
                    gradient,
                    m,
                    v,
                    10_000_000,
                    learningRate,
                    beta1,
                    beta2,
                    epsilon,
                    weightDecay,
                    skip);
              }
            });
  }

  /** What may be forgotten in an SGD step. */
  private enum Forgotten {
    MOMENTUM,
    NESTEROV,
    DECAY,
    SKIP
  }

  private static Tampering forgets(Forgotten what) {
    return math(
        right ->
            new RightMath(right) {
              @Override
              public void sgd(
                  Tensor params,
                  Tensor gradient,
                  Tensor velocity,
                  float learningRate,
                  float momentum,
                  boolean nesterov,
                  float weightDecay,
                  Tensor skip) {
                super.sgd(
                    params,
                    gradient,
                    velocity,
                    learningRate,
                    what == Forgotten.MOMENTUM ? 0 : momentum,
                    what != Forgotten.NESTEROV && nesterov,
                    what == Forgotten.DECAY ? 0 : weightDecay,
                    what == Forgotten.SKIP ? null : skip);
              }
            });
  }

  static Tampering momentumForgotten() {
    return forgets(Forgotten.MOMENTUM);
  }

  static Tampering nesterovForgotten() {
    return forgets(Forgotten.NESTEROV);
  }

  static Tampering weightDecayForgotten() {
    return forgets(Forgotten.DECAY);
  }

  static Tampering skipForgotten() {
    return forgets(Forgotten.SKIP);
  }
}
