package org.recurrentops.formats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.recurrentops.BiasMode;
import org.recurrentops.CellType;
import org.recurrentops.Direction;
import org.recurrentops.ParameterLayout;
import org.recurrentops.RnnSpec;
import org.recurrentops.RnnSpecBuilder;
import org.recurrentops.Shape;

class WeightConverterTest {
  private static final int[] SIZES = {1, 2, 3, 7, 33};

  private static <T> T any(Random random, T[] values) {
    return values[random.nextInt(values.length)];
  }

  /** A random spec; null if its options contradict each other. */
  private static RnnSpec spec(Random random) {
    CellType cell = any(random, CellType.values());
    int hidden = SIZES[random.nextInt(SIZES.length)];
    RnnSpecBuilder b =
        RnnSpec.of(cell, SIZES[random.nextInt(SIZES.length)], hidden)
            .layers(1 + random.nextInt(3))
            .direction(any(random, Direction.values()))
            .bias(any(random, BiasMode.values()));
    if (cell == CellType.LSTM && random.nextBoolean()) {
      b.projection(1 + random.nextInt(hidden));
    } else if (cell == CellType.LSTM && random.nextBoolean()) {
      b.peepholes();
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
    for (long seed = 0; seed < 300; seed++) {
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
