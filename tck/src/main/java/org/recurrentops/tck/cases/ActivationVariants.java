package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.recurrentops.Activation;
import org.recurrentops.Activation.Function;
import org.recurrentops.CellType;
import org.recurrentops.RnnSpecBuilder;

/** Every activation, alone in a vanilla cell and among others in the gates of the other cells. */
final class ActivationVariants {
  private static final Activation HARD_SIGMOID = Activation.of(Function.HARD_SIGMOID, 0.25, 0.4);
  private static final Activation SCALED_TANH = Activation.of(Function.SCALED_TANH, 1.25, 0.75);
  private static final Activation LEAKY_RELU = Activation.of(Function.LEAKY_RELU, 0.125, 0);
  private static final Activation ELU = Activation.of(Function.ELU, 0.75, 0);
  private static final Activation SOFTSIGN = Activation.of(Function.SOFTSIGN);
  private static final Activation SOFTPLUS = Activation.of(Function.SOFTPLUS);

  /** Two per function that has coefficients would only repeat the arithmetic. */
  private static final List<Activation> EVERY =
      List.of(
          Activation.SIGMOID,
          Activation.of(Function.AFFINE, 0.5, 0.125),
          LEAKY_RELU,
          Activation.of(Function.THRESHOLDED_RELU, 0.25, 0),
          SCALED_TANH,
          HARD_SIGMOID,
          ELU,
          SOFTSIGN,
          SOFTPLUS);

  private ActivationVariants() {}

  static List<CellVariants> all() {
    List<CellVariants> all = new ArrayList<>();
    for (Activation a : EVERY) {
      all.add(of(CellType.VANILLA_TANH, a.label(), b -> b.activations(a)));
    }
    all.add(
        of(
            CellType.LSTM,
            "hard sigmoid, softsign, elu",
            b -> b.activations(HARD_SIGMOID, SOFTSIGN, ELU)));
    all.add(
        of(
            CellType.LSTM,
            "relu output, clips, peepholes",
            b ->
                b.activations(Activation.SIGMOID, SCALED_TANH, Activation.RELU)
                    .peepholes()
                    .preActivationClip(0.4)
                    .cellClip(0.3)));
    all.add(
        of(
            CellType.LSTM,
            "softplus, coupled, projected",
            b ->
                b.activations(HARD_SIGMOID, SOFTPLUS, Activation.TANH)
                    .coupledInputForget()
                    .projection(2)));
    for (CellType gru : List.of(CellType.GRU, CellType.GRU_RESET_BEFORE)) {
      all.add(of(gru, "hard sigmoid, leaky relu", b -> b.activations(HARD_SIGMOID, LEAKY_RELU)));
      all.add(
          of(gru, "elu, clip", b -> b.activations(Activation.SIGMOID, ELU).preActivationClip(0.4)));
    }
    return all;
  }

  private static CellVariants of(
      CellType type, String label, UnaryOperator<RnnSpecBuilder> options) {
    return new CellVariants(type.label() + " " + label, type, false, options);
  }
}
