package org.recurrentops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RnnSpecTest {
  /** Choices that contradict each other, and the whole of what is said about them. */
  record Contradiction(RnnSpecBuilder builder, String message) {}

  static List<Contradiction> contradictions() {
    return List.of(
        new Contradiction(
            RnnSpec.gru(3, 4).projection(2),
            "projection: expected an lstm, got gru; remove projection()"),
        new Contradiction(
            RnnSpec.vanilla(3, 4).peepholes(),
            "peepholes(): expected an lstm, got vanilla-tanh; remove it"),
        new Contradiction(
            RnnSpec.gru(3, 4).coupledInputForget(),
            "coupledInputForget(): expected an lstm, got gru; remove it"),
        new Contradiction(
            RnnSpec.gru(3, 4).cellClip(1), "cellClip(): expected an lstm, got gru; remove it"),
        new Contradiction(
            RnnSpec.gru(3, 4).independent(),
            "independent(): expected a vanilla cell, got gru; remove it"),
        new Contradiction(
            RnnSpec.gru(3, 4).zoneout(0.1, 0.1),
            "zoneout of c: expected an lstm, got gru; remove it"),
        new Contradiction(
            RnnSpec.gru(3, 4).zoneout(1, 0), "zoneout of h: expected 0 ≤ p < 1, got 1.0"),
        new Contradiction(
            RnnSpec.vanilla(3, 4).independent().dropConnect(0.1),
            "dropConnect(): expected a matrix weight_hh, got independent() units; remove one of"
                + " them"),
        new Contradiction(
            RnnSpec.lstm(3, 4).cellClip(0), "cellClip: expected a bound > 0, got 0.0"),
        new Contradiction(
            RnnSpec.lstm(3, 4).preActivationClip(Double.NaN),
            "preActivationClip: expected a bound > 0, got NaN"),
        new Contradiction(
            RnnSpec.lstm(3, 4).merge(MergeMode.SUM),
            "merge(SUM): expected a bidirectional spec, got direction FORWARD; remove merge()"),
        new Contradiction(RnnSpec.lstm(3, 4).skipInput(), "skipInput(): expected C = H=4, got C=3"),
        new Contradiction(
            RnnSpec.lstm(3, 4).activations(Activation.SIGMOID, Activation.TANH),
            "activations(): expected 3 for a lstm, got 2"),
        new Contradiction(
            RnnSpec.gru(3, 4).bidirectional().activations(Activation.TANH),
            "activations(): expected 2 or 4 for a bidirectional gru, got 1"));
  }

  @ParameterizedTest
  @MethodSource("contradictions")
  void contradictionsAreRefusedByName(Contradiction c) {
    assertEquals(
        c.message(), assertThrows(IllegalArgumentException.class, c.builder()::build).getMessage());
  }

  /** One spec per option, equal to nothing but itself. */
  static List<RnnSpec> oneOptionEach() {
    return List.of(
        RnnSpec.lstm(3, 4).build(),
        RnnSpec.lstm(3, 4).bidirectional().build(),
        RnnSpec.vanilla(3, 4).independent().build(),
        RnnSpec.lstm(3, 4).layerNorm().build(),
        RnnSpec.lstm(3, 4).zoneout(0.1, 0).build(),
        RnnSpec.lstm(3, 4).dropConnect(0.1).build(),
        RnnSpec.lstm(3, 4).projection(2).build(),
        RnnSpec.lstm(3, 4).bidirectional().merge(MergeMode.SUM).build(),
        RnnSpec.lstm(4, 4).skipInput().build(),
        RnnSpec.lstm(3, 4).peepholes().build(),
        RnnSpec.lstm(3, 4).coupledInputForget().build(),
        RnnSpec.lstm(3, 4).cellClip(2).build(),
        RnnSpec.lstm(3, 4).preActivationClip(2).build(),
        RnnSpec.lstm(3, 4).activations(Activation.RELU, Activation.TANH, Activation.TANH).build());
  }

  @ParameterizedTest
  @MethodSource("oneOptionEach")
  void everyChoiceCountsInEqualityAndSurvivesTheBuilder(RnnSpec spec) {
    assertEquals(spec, spec.toBuilder().build());
    assertEquals(spec.hashCode(), spec.toBuilder().build().hashCode());
    assertEquals(spec.toString(), spec.toBuilder().build().toString());
    long equal = oneOptionEach().stream().filter(spec::equals).count();
    assertEquals(1, equal, spec.toString());
    assertNotEquals(spec, spec.toBuilder().layers(2).build());
  }

  @Test
  void everyOptionIsNamedExactlyWhereItIsUsed() {
    for (SpecOption option : SpecOption.values()) {
      long uses = oneOptionEach().stream().filter(s -> s.options().equals(Set.of(option))).count();
      assertEquals(1, uses, option.label());
    }
  }

  @Test
  void activationsThatTheCellHasAnywayChangeNothing() {
    RnnSpec plain = RnnSpec.gru(3, 4).bidirectional().build();
    Activation[] own = {Activation.SIGMOID, Activation.TANH, Activation.SIGMOID, Activation.TANH};
    assertEquals(plain, plain.toBuilder().activations(own).build());
    Activation elu = Activation.of(Activation.Function.ELU, 0.5, 0);
    RnnSpec mixed = plain.toBuilder().activations(own[0], elu, own[0], Activation.RELU).build();
    assertEquals(elu, mixed.activation(1, 0));
    assertEquals(Activation.RELU, mixed.activation(1, 1));
    assertEquals(Activation.SIGMOID, mixed.activation(0, 1));
  }

  @Test
  void coefficientsAreFiniteAndNotGivenToFunctionsWithoutThem() {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> Activation.of(Activation.Function.ELU, 1, 0.5))
            .getMessage();
    assertEquals("elu: expected 1 coefficients, got alpha=1.0, beta=0.5", message);
    assertThrows(
        IllegalArgumentException.class,
        () -> Activation.of(Activation.Function.AFFINE, Double.NaN, 0));
  }

  @Test
  void independentUnitsHaveAVectorOfRecurrentWeights() {
    ParameterLayout layout = ParameterLayout.of(RnnSpec.vanilla(3, 4).independent().build());
    assertEquals(Shape.of(4), layout.slice("weight_hh_l0").shape());
    assertEquals(12 + 4 + 4 + 4, layout.elements());
  }

  @Test
  void layerNormalisationAddsGainsAndCarriesItsEpsilon() {
    RnnSpec lstm = RnnSpec.lstm(3, 4).layerNorm(0.25).projection(2).build();
    ParameterLayout layout = ParameterLayout.of(lstm);
    assertEquals(Shape.of(16), layout.slice("ln_gamma_ih_l0").shape());
    assertEquals(Shape.of(16), layout.slice("ln_gamma_hh_l0").shape());
    assertEquals(Shape.of(4), layout.slice("ln_gamma_c_l0").shape());
    assertEquals(Shape.of(4), layout.slice("ln_beta_c_l0").shape());
    assertEquals(16 * 3 + 16 * 2 + 2 * 16 + 2 * 4 + 2 * 16 + 2 * 4, layout.elements());
    assertEquals(0.25f, lstm.cellOptions().layerNormEpsilon());
    assertNotEquals(lstm, lstm.toBuilder().layerNorm().build());
    assertEquals("lstm c3h4p2 layer-norm 0.25", lstm.label());
    ParameterLayout gru = ParameterLayout.of(RnnSpec.gru(3, 4).layerNorm().bidirectional().build());
    assertEquals(Shape.of(12), gru.slice("ln_gamma_hh_l0_reverse").shape());
    assertEquals(null, gru.find(ParameterSlice.Kind.LN_BETA_C, 0, 0));
  }

  @Test
  void layerNormalisationIsRefusedWhereThePaperHasNoEquations() {
    for (RnnSpecBuilder b :
        List.of(
            RnnSpec.vanilla(4, 4).layerNorm(),
            RnnSpec.gru(4, 4).resetBefore().layerNorm(),
            RnnSpec.lstm(4, 4).skipInput().layerNorm())) {
      String message = assertThrows(IllegalArgumentException.class, b::build).getMessage();
      assertTrue(message.startsWith("layerNorm(): expected"), message);
    }
    for (double epsilon : new double[] {0, -1, 1e-60, Double.NaN, Double.POSITIVE_INFINITY}) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> RnnSpec.lstm(4, 4).layerNorm(epsilon))
              .getMessage();
      assertEquals("layerNorm: expected a finite ε > 0, got " + epsilon, message);
    }
  }

  @Test
  void bothRatesOfZoneoutCount() {
    RnnSpec spec = RnnSpec.lstm(3, 4).zoneout(0.25, 0.5).build();
    assertEquals("lstm c3h4 zoneout 0.25,0.5", spec.label());
    assertNotEquals(spec, RnnSpec.lstm(3, 4).zoneout(0.5, 0.25).build());
  }

  @Test
  void onlyTheFirstLayerLacksWeightsForItsInput() {
    ParameterLayout layout = ParameterLayout.of(RnnSpec.gru(7, 7).layers(2).skipInput().build());
    assertEquals(null, layout.find(ParameterSlice.Kind.WEIGHT_IH, 0, 0));
    assertEquals(Shape.of(21, 7), layout.slice("weight_ih_l1").shape());
    assertEquals(3 * (21 * 7) + 4 * 21, layout.elements());
  }

  @Test
  void mergedDirectionsHandOnOneStatesWidth() {
    RnnSpec spec = RnnSpec.gru(5, 7).layers(2).bidirectional().merge(MergeMode.MULTIPLY).build();
    assertEquals(7, spec.outputSize());
    assertEquals(Shape.of(21, 7), ParameterLayout.of(spec).slice("weight_ih_l1_reverse").shape());
    assertEquals(4, spec.stateCount());
    assertEquals("gru c5h7l2 bidirectional multiply", spec.label());
  }
}
