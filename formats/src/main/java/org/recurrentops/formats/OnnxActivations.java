package org.recurrentops.formats;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.recurrentops.Activation;
import org.recurrentops.Activation.Function;

/**
 * ONNX's activations by name, with the coefficients that the node's lists hold for them. Each list
 * is consumed in the order of the activations that have the coefficient; where it ends the defaults
 * of ONNX Runtime hold.
 */
final class OnnxActivations {
  private OnnxActivations() {}

  /**
   * Reads all.
   *
   * @throws IllegalArgumentException naming an unknown function, or a list that is too long
   */
  static List<Activation> of(OnnxAttributes a) {
    List<Activation> all = new ArrayList<>();
    int alphas = 0;
    int betas = 0;
    for (String name : a.activations()) {
      Function f = function(name);
      double alpha = defaultAlpha(f);
      double beta = defaultBeta(f);
      if (f.coefficients() > 0 && alphas < a.activationAlpha().size()) {
        alpha = a.activationAlpha().get(alphas++);
      }
      if (f.coefficients() > 1 && betas < a.activationBeta().size()) {
        beta = a.activationBeta().get(betas++);
      }
      all.add(Activation.of(f, alpha, beta));
    }
    used("activation_alpha", alphas, a.activationAlpha(), a.activations());
    used("activation_beta", betas, a.activationBeta(), a.activations());
    return all;
  }

  private static void used(String list, int used, List<Double> given, List<String> activations) {
    if (used < given.size()) {
      throw new IllegalArgumentException(
          list
              + ": expected at most "
              + used
              + " values for activations "
              + activations
              + ", got "
              + given);
    }
  }

  /** Names are matched without case, as ONNX Runtime does. */
  private static Function function(String name) {
    String plain = name.toLowerCase(Locale.ROOT);
    for (Function f : Function.values()) {
      if (f.label().replace("-", "").equals(plain)) {
        return f;
      }
    }
    List<String> known = new ArrayList<>();
    for (Function f : Function.values()) {
      known.add(f.label().replace("-", ""));
    }
    throw new IllegalArgumentException(
        "activations: expected some of " + known + ", got '" + name + "'");
  }

  private static double defaultAlpha(Function f) {
    switch (f) {
      case LEAKY_RELU:
        return 0.01;
      case HARD_SIGMOID:
        return 0.2;
      default:
        return f.coefficients() > 0 ? 1 : 0;
    }
  }

  private static double defaultBeta(Function f) {
    switch (f) {
      case SCALED_TANH:
        return 1;
      case HARD_SIGMOID:
        return 0.5;
      default:
        return 0;
    }
  }
}
