package org.recurrentops.formats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.recurrentops.Activation;
import org.recurrentops.BiasMode;
import org.recurrentops.CellType;
import org.recurrentops.Direction;
import org.recurrentops.MergeMode;
import org.recurrentops.ParameterLayout;
import org.recurrentops.RnnSpec;
import org.recurrentops.RnnSpecBuilder;
import org.recurrentops.Shape;

class WeightConverterTest {
  private static final int[] SIZES = {1, 2, 3, 7, 33};

  private static <T> T any(Random random, T[] values) {
    return values[random.nextInt(values.length)];
  }

  /** A random spec with options that do not contradict each other. */
  private static RnnSpec spec(Random random) {
    CellType cell = any(random, CellType.values());
    int hidden = SIZES[random.nextInt(SIZES.length)];
    int inputs = random.nextInt(4) == 0 ? hidden : SIZES[random.nextInt(SIZES.length)];
    Direction direction = any(random, Direction.values());
    RnnSpecBuilder b =
        RnnSpec.of(cell, inputs, hidden)
            .layers(1 + random.nextInt(3))
            .direction(direction)
            .bias(any(random, BiasMode.values()));
    if (cell == CellType.LSTM && random.nextInt(3) == 0) {
      b.projection(1 + random.nextInt(hidden));
    } else if (cell == CellType.LSTM && random.nextInt(3) == 0) {
      b.peepholes();
    }
    if (inputs == hidden && random.nextInt(3) == 0) {
      b.skipInput();
    } else if ((cell == CellType.LSTM || cell == CellType.GRU) && random.nextInt(4) == 0) {
      b.layerNorm();
    }
    if (direction == Direction.BIDIRECTIONAL && random.nextInt(3) == 0) {
      b.merge(any(random, MergeMode.values()));
    }
    return b.build();
  }

  private static Map<String, float[]> distinct(Map<String, Shape> tensors, Random random) {
    Map<String, float[]> weights = new LinkedHashMap<>();
    tensors.forEach((name, shape) -> weights.put(name, values((int) shape.elements(), random)));
    return weights;
  }

  private static float[] values(int count, Random random) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat() + 0.5f;
    }
    return values;
  }

  /** What the other system holds survives import and export, and the other way round. */
  @ParameterizedTest
  @EnumSource(WeightFormat.class)
  void roundTripsLoseNothing(WeightFormat format) {
    int imported = 0;
    int exported = 0;
    for (long seed = 0; seed < 1200; seed++) {
      Random random = new Random(seed);
      RnnSpec spec = spec(random);
      String where = format + " seed " + seed + " " + spec;
      if (format.refusal(spec).isPresent()) {
        assertThrows(IllegalArgumentException.class, () -> WeightConverter.of(format, spec), where);
        continue;
      }
      WeightConverter converter = WeightConverter.of(format, spec);
      if (spec.bias() == BiasMode.DOUBLE) { // holds whatever the other system has
        Map<String, float[]> weights = distinct(converter.tensors(), random);
        Map<String, float[]> back = converter.fromParameters(converter.toParameters(weights));
        assertEquals(weights.keySet(), back.keySet(), where);
        weights.forEach((name, w) -> assertArrayEquals(w, back.get(name), where + " " + name));
        imported++;
      }
      float[] flat = values((int) ParameterLayout.of(spec).elements(), random);
      Map<String, float[]> weights;
      try {
        weights = converter.fromParameters(flat);
      } catch (IllegalArgumentException e) {
        assertTrue(spec.bias() != BiasMode.NONE && e.getMessage().contains("bias"), where);
        continue;
      }
      assertArrayEquals(flat, converter.toParameters(weights), where);
      exported++;
    }
    String counts = format + ": " + imported + " imported, " + exported + " exported";
    assertTrue(imported >= 15 && exported >= 30, counts);
  }

  /** Each option alone, and the systems that have it. */
  @Test
  void optionsThatASystemLacksAreRefused() {
    Set<WeightFormat> cudnn =
        EnumSet.of(WeightFormat.CUDNN, WeightFormat.CUDNN_FLAT, WeightFormat.CUDNN_RECURRENT_BIAS);
    Set<WeightFormat> oneDnn = EnumSet.of(WeightFormat.ONEDNN_LDIGO, WeightFormat.ONEDNN_LDGOI);
    Set<WeightFormat> keras = EnumSet.of(WeightFormat.KERAS, WeightFormat.DL4J);
    Set<WeightFormat> onnx = EnumSet.of(WeightFormat.ONNX);
    RnnSpecBuilder both = RnnSpec.lstm(3, 3).bidirectional();
    supported(RnnSpec.lstm(3, 3), EnumSet.allOf(WeightFormat.class));
    supported(both.merge(MergeMode.MULTIPLY), keras);
    supported(both.merge(MergeMode.AVERAGE), keras);
    supported(both.merge(MergeMode.SUM), with(keras, oneDnn));
    supported(RnnSpec.lstm(3, 3).skipInput(), cudnn);
    supported(RnnSpec.lstm(3, 3).cellClip(2), cudnn);
    supported(
        RnnSpec.lstm(3, 3).projection(2), with(with(cudnn, oneDnn), Set.of(WeightFormat.PYTORCH)));
    supported(RnnSpec.lstm(3, 3).peepholes(), with(with(onnx, oneDnn), Set.of(WeightFormat.DL4J)));
    supported(RnnSpec.lstm(3, 3).coupledInputForget(), onnx);
    supported(RnnSpec.lstm(3, 3).preActivationClip(2), onnx);
    supported(
        RnnSpec.lstm(3, 3).activations(Activation.SIGMOID, Activation.RELU, Activation.TANH),
        with(onnx, Set.of(WeightFormat.KERAS)));
    supported(RnnSpec.vanilla(3, 3).independent(), EnumSet.noneOf(WeightFormat.class));
    supported(RnnSpec.gru(3, 3).layerNorm(), EnumSet.of(WeightFormat.HASTE));
    supported(RnnSpec.gru(3, 3).layerNorm(0.5), EnumSet.noneOf(WeightFormat.class));
    supported(RnnSpec.gru(3, 3), EnumSet.complementOf(EnumSet.of(WeightFormat.DL4J)));
    supported(
        RnnSpec.gru(3, 3).resetBefore(), with(with(onnx, oneDnn), Set.of(WeightFormat.KERAS)));
    supported(RnnSpec.vanilla(3, 3), EnumSet.complementOf(EnumSet.of(WeightFormat.HASTE)));
    supported(RnnSpec.lstm(3, 3).direction(Direction.REVERSE), with(with(onnx, oneDnn), keras));
  }

  private static Set<WeightFormat> with(Set<WeightFormat> a, Set<WeightFormat> b) {
    Set<WeightFormat> all = EnumSet.copyOf(a);
    all.addAll(b);
    return all;
  }

  private static void supported(RnnSpecBuilder builder, Set<WeightFormat> expected) {
    RnnSpec spec = builder.build();
    for (WeightFormat format : WeightFormat.values()) {
      String reason = format.refusal(spec).orElse("");
      assertEquals(expected.contains(format), reason.isEmpty(), format + " " + spec + reason);
      assertTrue(reason.isEmpty() || reason.startsWith(format + " has no "), reason);
    }
  }

  @Test
  void cudnnKeepsNoMatrixForAnInputThatIsAdded() {
    RnnSpec spec = RnnSpec.vanilla(1, 1).skipInput().layers(2).bias(BiasMode.NONE).build();
    Map<String, float[]> named =
        WeightConverter.of(WeightFormat.CUDNN, spec).fromParameters(new float[] {1, 2, 3});
    assertEquals(Set.of("matrix_0_1", "matrix_1_0", "matrix_1_1"), named.keySet());
    assertArrayEquals(new float[] {2}, named.get("matrix_1_0"));
  }

  /** Written down by hand: every matrix by pseudo layer l·D + d, then every bias. */
  @Test
  void cudnnsFlatBufferHoldsMatricesThenBiases() {
    RnnSpec spec = RnnSpec.vanilla(1, 1).layers(2).bidirectional().build();
    float[] flat = new float[18];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = i + 1;
    }
    assertArrayEquals(
        new float[] {1, 2, 5, 6, 9, 10, 11, 14, 15, 16, 3, 4, 7, 8, 12, 13, 17, 18},
        WeightConverter.of(WeightFormat.CUDNN_FLAT, spec).fromParameters(flat).get("weights"));
    Map<String, float[]> named = WeightConverter.of(WeightFormat.CUDNN, spec).fromParameters(flat);
    assertArrayEquals(new float[] {9, 10}, named.get("matrix_2_0"));
    assertArrayEquals(new float[] {8}, named.get("bias_1_1"));
  }

  @Test
  void cudnnsRecurrentBiasIsOnTheRecurrentSide() {
    RnnSpec spec = RnnSpec.vanilla(1, 1).bias(BiasMode.SINGLE).build();
    WeightConverter cudnn = WeightConverter.of(WeightFormat.CUDNN_RECURRENT_BIAS, spec);
    assertArrayEquals(new float[] {3}, cudnn.fromParameters(new float[] {1, 2, 3}).get("bias_0_1"));
    WeightConverter both =
        WeightConverter.of(WeightFormat.CUDNN_RECURRENT_BIAS, RnnSpec.vanilla(1, 1).build());
    float[] imported =
        both.toParameters(
            Map.of(
                "matrix_0_0", new float[] {1},
                "matrix_0_1", new float[] {2},
                "bias_0_1", new float[] {3}));
    assertArrayEquals(new float[] {1, 2, 0, 3}, imported);
  }

  @Test
  void twoBiasesBecomeOneOnlyWhenAsked() {
    RnnSpec spec = RnnSpec.vanilla(1, 2).build();
    float[] flat = {1, 2, 3, 4, 5, 6, 0.25f, 0.5f, 10, 20};
    WeightConverter keras = WeightConverter.of(WeightFormat.KERAS, spec);
    String message =
        assertThrows(IllegalArgumentException.class, () -> keras.fromParameters(flat)).getMessage();
    assertTrue(message.contains("mergeBiases()"), message);
    assertArrayEquals(
        new float[] {10.25f, 20.5f}, keras.mergeBiases().fromParameters(flat).get("bias_l0"));
  }

  @Test
  void biasesOfTheResetAfterCandidateAreNeverSummed() {
    RnnSpec spec = RnnSpec.gru(2, 3).bias(BiasMode.SINGLE).build();
    WeightConverter torch = WeightConverter.of(WeightFormat.PYTORCH, spec).mergeBiases();
    Map<String, float[]> weights = distinct(torch.tensors(), new Random(1));
    String message =
        assertThrows(IllegalArgumentException.class, () -> torch.toParameters(weights))
            .getMessage();
    assertTrue(message.contains("reset-after") && message.contains("gate 2"), message);
    java.util.Arrays.fill(weights.get("bias_hh_l0"), 6, 9, 0);
    float[] flat = torch.toParameters(weights);
    int at = (int) ParameterLayout.of(spec).slice("bias_ih_l0").offset();
    assertEquals(weights.get("bias_ih_l0")[0] + weights.get("bias_hh_l0")[0], flat[at]);
    assertEquals(weights.get("bias_ih_l0")[8], flat[at + 8]);
  }

  @Test
  void aBiasIsNotDropped() {
    RnnSpec spec = RnnSpec.lstm(2, 3).bias(BiasMode.NONE).build();
    WeightConverter dl4j = WeightConverter.of(WeightFormat.DL4J, spec);
    Map<String, float[]> weights = distinct(dl4j.tensors(), new Random(2));
    String message =
        assertThrows(IllegalArgumentException.class, () -> dl4j.toParameters(weights)).getMessage();
    assertTrue(message.contains("expected no bias"), message);
  }

  /** Each side alone, and below zero. */
  @Test
  void aBiasOfEitherSideIsNotDropped() {
    WeightConverter haste =
        WeightConverter.of(WeightFormat.HASTE, RnnSpec.gru(1, 1).bias(BiasMode.NONE).build());
    Map<String, float[]> weights = new LinkedHashMap<>();
    haste.tensors().forEach((name, shape) -> weights.put(name, new float[3]));
    haste.toParameters(weights);
    for (String side : new String[] {"bias_l0", "recurrent_bias_l0"}) {
      weights.get(side)[1] = -1;
      String message =
          assertThrows(IllegalArgumentException.class, () -> haste.toParameters(weights))
              .getMessage();
      assertTrue(message.contains("expected no bias"), message);
      weights.get(side)[1] = 0;
    }
  }

  @Test
  void theListOfTensorsIsACopyAndEveryParameterIsCounted() {
    RnnSpec spec = RnnSpec.gru(2, 3).build();
    WeightConverter onnx = WeightConverter.of(WeightFormat.ONNX, spec);
    onnx.tensors().clear();
    assertEquals(3, onnx.tensors().size());
    int elements = (int) ParameterLayout.of(spec).elements();
    onnx.fromParameters(new float[elements]);
    for (int wrong : new int[] {elements - 1, elements + 1}) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> onnx.fromParameters(new float[wrong]))
              .getMessage();
      assertTrue(message.contains("expected " + elements) && message.contains("" + wrong), message);
    }
  }

  @Test
  void wrongTensorsAreNamed() {
    WeightConverter onnx = WeightConverter.of(WeightFormat.ONNX, RnnSpec.gru(2, 3).build());
    Map<String, float[]> weights = distinct(onnx.tensors(), new Random(3));
    weights.put("W_l0", new float[17]);
    assertNames("W_l0", onnx, weights);
    weights.put("W_l0", new float[18]);
    weights.put("P_l0", new float[9]);
    assertNames("P_l0", onnx, weights);
    weights.remove("P_l0");
    weights.remove("B_l0");
    assertNames("B_l0", onnx, weights);
    assertThrows(IllegalArgumentException.class, () -> onnx.fromParameters(new float[3]));
  }

  private static void assertNames(String tensor, WeightConverter c, Map<String, float[]> weights) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> c.toParameters(weights)).getMessage();
    assertTrue(message.contains("'" + tensor + "'"), message);
  }
}
