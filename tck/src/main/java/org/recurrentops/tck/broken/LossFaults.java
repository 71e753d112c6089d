package org.recurrentops.tck.broken;

import org.recurrentops.DType;
import org.recurrentops.Tensor;
import org.recurrentops.spi.BackendMath;
import org.recurrentops.spi.LossKind;

/** Faults of softmax and the losses. */
final class LossFaults {
  private static final float LARGEST_EXPONENT = 88;

  private LossFaults() {}

  /** Arguments of a loss, to be changed. */
  private static final class Draft {
    LossKind kind;
    Tensor target;
    Tensor rowWeights;
    boolean mean;
    float gradientScale;
  }

  /** Changes the arguments of a loss; what is lent is put back. */
  private interface Change {
    void apply(Draft draft, Edits edits);
  }

  private static Tampering loss(Change change) {
    return new Tampering() {
      @Override
      BackendMath math(BackendMath right, Edits edits) {
        return new RightMath(right) {
          @Override
          public void loss(
              LossKind kind,
              Tensor prediction,
              Tensor target,
              Tensor rowWeights,
              boolean mean,
              float gradientScale,
              Tensor loss,
              Tensor gradient) {
            Draft d = new Draft();
            d.kind = kind;
            d.target = target;
            d.rowWeights = rowWeights;
            d.mean = mean;
            d.gradientScale = gradientScale;
            change.apply(d, edits);
            super.loss(
                d.kind,
                prediction,
                d.target,
                d.rowWeights,
                d.mean,
                d.gradientScale,
                loss,
                gradient);
            edits.undo();
          }
        };
      }
    };
  }

  static Tampering meanForSum() {
    return loss((d, edits) -> d.mean = !d.mean);
  }

  static Tampering rowWeightsIgnored() {
    return loss((d, edits) -> d.rowWeights = null);
  }

  static Tampering gradientScaleIgnored() {
    return loss((d, edits) -> d.gradientScale = 1);
  }

  /** A negative class counts as class 0 instead of not at all. */
  static Tampering ignoredRowsCounted() {
    return loss(
        (d, edits) -> {
          if (d.target.dtype() == DType.I32) {
            edits.lendInts(
                d.target,
                classes -> {
                  for (int i = 0; i < classes.length; i++) {
                    classes[i] = Math.max(0, classes[i]);
                  }
                });
          }
        });
  }

  /** exp overflows, because the largest logit is not subtracted first. */
  static Tampering softmaxOverflows() {
    return new Tampering() {
      @Override
      BackendMath math(BackendMath right, Edits edits) {
        return new RightMath(right) {
          @Override
          public void softmax(Tensor logits, Tensor probabilities) {
            float[] before = edits.floats(logits);
            super.softmax(logits, probabilities);
            edits.change(probabilities, p -> overflow(before, p, (int) logits.dim(-1)));
          }

          @Override
          public void loss(
              LossKind kind,
              Tensor prediction,
              Tensor target,
              Tensor rowWeights,
              boolean mean,
              float gradientScale,
              Tensor loss,
              Tensor gradient) {
            float[] before = edits.floats(prediction);
            super.loss(kind, prediction, target, rowWeights, mean, gradientScale, loss, gradient);
            if (kind == LossKind.SOFTMAX_CROSS_ENTROPY) {
              edits.change(gradient, g -> overflow(before, g, (int) prediction.dim(-1)));
            }
          }
        };
      }
    };
  }

  /** Rows in which exp is infinite become NaN. */
  private static void overflow(float[] logits, float[] results, int width) {
    for (int row = 0; row * width < logits.length; row++) {
      float largest = Float.NEGATIVE_INFINITY;
      for (int i = 0; i < width; i++) {
        largest = Math.max(largest, logits[row * width + i]);
      }
      if (largest > LARGEST_EXPONENT) {
        java.util.Arrays.fill(results, row * width, (row + 1) * width, Float.NaN);
      }
    }
  }
}
