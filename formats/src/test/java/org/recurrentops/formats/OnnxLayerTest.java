package org.recurrentops.formats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.recurrentops.Activation;
import org.recurrentops.Activation.Function;
import org.recurrentops.BiasMode;
import org.recurrentops.CellType;
import org.recurrentops.Direction;
import org.recurrentops.ParameterLayout;
import org.recurrentops.RnnSpec;
import org.recurrentops.formats.OnnxLayer.Weights;

class OnnxLayerTest {
  private static OnnxAttributes attributes(OnnxOp op, Direction d, int h) {
    List<String> names =
        Collections.nCopies(d.count(), op.defaultActivations()).stream()
            .flatMap(List::stream)
            .toList();
    return new OnnxAttributes(d, h, names, null, 0, true, false, List.of());
  }

  private static OnnxAttributes with(
      OnnxAttributes a, List<String> names, Double clip, boolean inputForget, List<String> others) {
    return new OnnxAttributes(
        a.direction(), a.hiddenSize(), names, clip, 0, false, inputForget, others);
  }

  /** H = 1, I = 1: each gate is one number, so the order can be written down. */
  @Test
  void lstmGatesGoFromIofcToIfgo() {
    OnnxLayer layer =
        new OnnxLayer(OnnxOp.LSTM, attributes(OnnxOp.LSTM, Direction.FORWARD, 1), 1, true, true);
    double[] flat =
        layer.toParameters(
            new Weights(
                new double[] {10, 20, 30, 40}, // i o f c
                new double[] {11, 21, 31, 41},
                new double[] {12, 22, 32, 42, 13, 23, 33, 43},
                new double[] {14, 24, 34})); // i o f
    double[] ifgo = {10, 30, 40, 20, 11, 31, 41, 21, 12, 32, 42, 22, 13, 33, 43, 23, 14, 34, 24};
    assertArrayEquals(ifgo, flat);
  }

  @Test
  void gruGatesGoFromZrhToRznInBothDirections() {
    OnnxLayer layer =
        new OnnxLayer(
            OnnxOp.GRU, attributes(OnnxOp.GRU, Direction.BIDIRECTIONAL, 1), 1, true, false);
    double[] flat =
        layer.toParameters(
            new Weights(
                new double[] {1, 2, 3, -1, -2, -3}, // z r h
                new double[] {4, 5, 6, -4, -5, -6},
                new double[] {7, 8, 9, 10, 11, 12, -7, -8, -9, -10, -11, -12},
                null));
    double[] rzn = {
      2, 1, 3, 5, 4, 6, 8, 7, 9, 11, 10, 12, -2, -1, -3, -5, -4, -6, -8, -7, -9, -11, -10, -12
    };
    assertArrayEquals(rzn, flat);
  }

  @ParameterizedTest
  @EnumSource(OnnxOp.class)
  void importIsInvertedByExportAndLosesNothing(OnnxOp op) {
    Random random = new Random(7);
    for (Direction d : Direction.values()) {
      for (int h : new int[] {1, 3, 7}) {
        for (boolean bias : new boolean[] {true, false}) {
          OnnxLayer layer =
              new OnnxLayer(op, attributes(op, d, h), 5, bias, bias && op == OnnxOp.LSTM);
          double[] flat = random.doubles(ParameterLayout.of(layer.spec()).elements()).toArray();
          Weights weights = layer.fromParameters(flat);
          String where = op + " " + d + " H=" + h + " bias=" + bias;
          assertArrayEquals(flat, layer.toParameters(weights), where);
          assertEquals(d.count() * op.gates() * h * 5, weights.w().length, where);
          if (!bias) {
            assertNull(weights.b(), where);
          }
        }
      }
    }
  }

  @Test
  void attributesChooseTheCell() {
    OnnxAttributes gru = attributes(OnnxOp.GRU, Direction.REVERSE, 4);
    RnnSpec after = new OnnxLayer(OnnxOp.GRU, gru, 2, false, false).spec();
    assertEquals(CellType.GRU, after.cell());
    assertEquals(BiasMode.NONE, after.bias());
    assertEquals(Direction.REVERSE, after.direction());
    OnnxAttributes before = with(gru, gru.activations(), null, false, List.of());
    assertEquals(
        CellType.GRU_RESET_BEFORE, new OnnxLayer(OnnxOp.GRU, before, 2, true, false).spec().cell());
    OnnxAttributes relu =
        with(attributes(OnnxOp.RNN, Direction.FORWARD, 4), List.of("relu"), null, false, List.of());
    assertEquals(
        CellType.VANILLA_RELU, new OnnxLayer(OnnxOp.RNN, relu, 2, true, false).spec().cell());
  }

  @Test
  void whatRnnSpecLacksIsRefusedWithItsReason() {
    OnnxAttributes lstm = attributes(OnnxOp.LSTM, Direction.FORWARD, 4);
    List<String> names = lstm.activations();
    refused("clip=-1.5", OnnxOp.LSTM, with(lstm, names, -1.5, false, List.of()), false);
    OnnxAttributes gru = attributes(OnnxOp.GRU, Direction.FORWARD, 4);
    refused("input_forget", OnnxOp.GRU, with(gru, gru.activations(), null, true, List.of()), false);
    refused("peepholes", OnnxOp.GRU, gru, true);
    refused("alpha", OnnxOp.LSTM, with(lstm, names, null, false, List.of("alpha=1")), false);
    List<String> gelu = List.of("Gelu", "Tanh", "Tanh");
    refused("got 'Gelu'", OnnxOp.LSTM, with(lstm, gelu, null, false, List.of()), false);
    List<String> two = List.of("Sigmoid", "Tanh");
    refused("expected 3 names", OnnxOp.LSTM, with(lstm, two, null, false, List.of()), false);
    refused(
        "activation_beta: expected at most 0 values",
        OnnxOp.LSTM,
        new OnnxAttributes(
            Direction.FORWARD,
            4,
            List.of("LeakyRelu", "Tanh", "Elu"),
            List.of(),
            List.of(1.0),
            null,
            0,
            false,
            false,
            List.of()),
        false);
  }

  /** The lists are consumed by those that have the coefficient; the rest have ONNX's defaults. */
  @Test
  void coefficientsGoToTheActivationsThatHaveThem() {
    OnnxAttributes a =
        new OnnxAttributes(
            Direction.BIDIRECTIONAL,
            4,
            List.of("HARDSIGMOID", "Softsign", "LeakyRelu", "HardSigmoid", "Affine", "Elu"),
            List.of(0.3, 0.02),
            List.of(0.4),
            null,
            0,
            false,
            false,
            List.of());
    RnnSpec spec = new OnnxLayer(OnnxOp.LSTM, a, 2, true, false).spec();
    assertEquals(Activation.of(Function.HARD_SIGMOID, 0.3, 0.4), spec.activation(0, 0));
    assertEquals(Activation.of(Function.SOFTSIGN), spec.activation(1, 0));
    assertEquals(Activation.of(Function.LEAKY_RELU, 0.02, 0), spec.activation(2, 0));
    assertEquals(Activation.of(Function.HARD_SIGMOID, 0.2, 0.5), spec.activation(0, 1));
    assertEquals(Activation.of(Function.AFFINE, 1, 0), spec.activation(1, 1));
    assertEquals(Activation.of(Function.ELU, 1, 0), spec.activation(2, 1));
  }

  @Test
  void directionsMayHaveOtherActivations() {
    OnnxAttributes rnn = attributes(OnnxOp.RNN, Direction.BIDIRECTIONAL, 4);
    OnnxAttributes mixed = with(rnn, List.of("Tanh", "Relu"), null, false, List.of());
    RnnSpec spec = new OnnxLayer(OnnxOp.RNN, mixed, 2, true, false).spec();
    assertEquals(Activation.TANH, spec.activation(0, 0));
    assertEquals(Activation.RELU, spec.activation(0, 1));
  }

  private static void refused(String word, OnnxOp op, OnnxAttributes a, boolean peepholes) {
    String reason = OnnxLayer.refusal(op, a, peepholes).orElse("(accepted)");
    assertTrue(reason.contains(word), reason);
    assertThrows(IllegalArgumentException.class, () -> new OnnxLayer(op, a, 2, true, peepholes));
  }

  @Test
  void optionsGoIntoTheSpec() {
    OnnxAttributes lstm = attributes(OnnxOp.LSTM, Direction.FORWARD, 4);
    OnnxAttributes a = with(lstm, lstm.activations(), 1.5, true, List.of());
    RnnSpec spec = new OnnxLayer(OnnxOp.LSTM, a, 2, true, true).spec();
    assertEquals(1.5f, spec.preActivationClip());
    assertTrue(spec.isInputForgetCoupled() && spec.hasPeepholes());
    assertTrue(new OnnxLayer(OnnxOp.LSTM, lstm, 2, true, false).spec().isPlainCell());
  }
}
