package org.recurrentops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class InitializerTest {
  private static float[] slice(RnnSpec spec, Initializer initializer, String name) {
    ParameterSlice s = ParameterLayout.of(spec).slice(name);
    float[] all = ParameterLayout.of(spec).initialValues(initializer);
    return Arrays.copyOfRange(all, (int) s.offset(), (int) (s.offset() + s.elements()));
  }

  /** Even over ±bound: the extremes come near, mean and variance are those of the distribution. */
  private static void assertUniform(double bound, float[] values) {
    double largest = 0;
    double sum = 0;
    double squares = 0;
    for (float v : values) {
      largest = Math.max(largest, Math.abs(v));
      sum += v;
      squares += (double) v * v;
    }
    assertTrue(largest <= bound * (1 + 1e-6) && largest > 0.99 * bound, bound + " " + largest);
    assertEquals(0, sum / values.length, 0.1 * bound);
    assertEquals(bound * bound / 3, squares / values.length, 0.05 * bound * bound);
  }

  private static void assertZero(float[] values) {
    assertArrayEquals(new float[values.length], values);
  }

  @Test
  void xavierBoundsEachGateByItsOwnFans() {
    RnnSpec spec = RnnSpec.lstm(31, 25).projection(19).layers(2).build();
    Initializer xavier = Initializer.xavier(7);
    assertUniform(Math.sqrt(6.0 / (31 + 25)), slice(spec, xavier, "weight_ih_l0"));
    assertUniform(Math.sqrt(6.0 / (19 + 25)), slice(spec, xavier, "weight_hh_l0"));
    assertUniform(Math.sqrt(6.0 / (25 + 19)), slice(spec, xavier, "weight_hr_l1"));
    assertZero(slice(spec, xavier, "bias_ih_l1"));
    assertZero(slice(spec, xavier, "bias_hh_l0"));
  }

  @Test
  void uniformIsBoundedAsAsked() {
    RnnSpec spec = RnnSpec.gru(31, 25).build();
    assertUniform(0.3, slice(spec, Initializer.uniform(7, 0.3), "weight_hh_l0"));
    assertThrows(IllegalArgumentException.class, () -> Initializer.uniform(7, -1));
  }

  /** Rows [from, from + count) of a [·, columns] matrix, or its columns, against each other. */
  private static void assertOrthonormal(float[] m, int from, int count, int columns, boolean tall) {
    int vectors = tall ? columns : count;
    for (int a = 0; a < vectors; a++) {
      for (int b = 0; b <= a; b++) {
        double dot = 0;
        for (int k = 0; k < (tall ? count : columns); k++) {
          int i = tall ? (from + k) * columns + a : (from + a) * columns + k;
          int j = tall ? (from + k) * columns + b : (from + b) * columns + k;
          dot += (double) m[i] * m[j];
        }
        assertEquals(a == b ? 1 : 0, dot, 1e-6, a + " " + b);
      }
    }
  }

  @Test
  void orthogonalGatesAreOrthonormalAndDifferent() {
    RnnSpec spec = RnnSpec.gru(5, 17).build();
    float[] r = slice(spec, Initializer.orthogonal(3), "weight_hh_l0");
    for (int gate = 0; gate < 3; gate++) {
      assertOrthonormal(r, gate * 17, 17, 17, false);
    }
    assertTrue(Math.abs(r[0] - r[17 * 17]) > 1e-3, "gates repeat each other");
    RnnSpec projected = RnnSpec.lstm(5, 17).projection(6).build();
    float[] tall = slice(projected, Initializer.orthogonal(3), "weight_hh_l0");
    assertOrthonormal(tall, 3 * 17, 17, 6, true);
  }

  @Test
  void kerasTakesTheGatesTogether() {
    RnnSpec spec = RnnSpec.lstm(31, 25).build();
    Initializer keras = Initializer.keras(7);
    assertUniform(Math.sqrt(6.0 / (31 + 100)), slice(spec, keras, "weight_ih_l0"));
    assertOrthonormal(slice(spec, keras, "weight_hh_l0"), 0, 100, 25, true);
    float[] bias = slice(spec, keras, "bias_ih_l0");
    for (int i = 0; i < bias.length; i++) {
      assertEquals(i / 25 == 1 ? 1 : 0, bias[i]);
    }
    assertZero(slice(spec, keras, "bias_hh_l0"));
    assertZero(slice(RnnSpec.gru(3, 4).build(), keras, "bias_ih_l0"));
  }

  @Test
  void layerNormalisationBeginsWithGainOneAndNothingAdded() {
    RnnSpec spec = RnnSpec.lstm(3, 5).layerNorm().build();
    for (Initializer initializer :
        List.of(
            Initializer.pytorch(3),
            Initializer.uniform(3, 0.5),
            Initializer.xavier(3),
            Initializer.orthogonal(3),
            Initializer.keras(3))) {
      for (String gain : List.of("ln_gamma_ih_l0", "ln_gamma_hh_l0", "ln_gamma_c_l0")) {
        for (float v : slice(spec, initializer, gain)) {
          assertEquals(1f, v, gain);
        }
      }
      assertZero(slice(spec, initializer, "ln_beta_c_l0"));
    }
    assertZero(slice(spec, Initializer.zero(), "ln_gamma_ih_l0"));
  }

  @Test
  void updateBiasLandsInZOfGrusOnly() {
    Initializer biased = Initializer.pytorch(1).withUpdateBias(2);
    RnnSpec gru = RnnSpec.gru(3, 4).resetBefore().build();
    float[] input = slice(gru, biased, "bias_ih_l0");
    float[] recurrent = slice(gru, biased, "bias_hh_l0");
    for (int i = 0; i < 12; i++) {
      assertEquals(i / 4 == 1, input[i] == 2);
      assertEquals(i / 4 == 1, recurrent[i] == 0);
    }
    RnnSpec lstm = RnnSpec.lstm(3, 4).build();
    assertArrayEquals(
        slice(lstm, Initializer.pytorch(1), "bias_ih_l0"), slice(lstm, biased, "bias_ih_l0"));
  }

  @Test
  void everythingRepeatsAndDependsOnTheSeed() {
    RnnSpec spec = RnnSpec.lstm(3, 4).bidirectional().peepholes().build();
    ParameterLayout layout = ParameterLayout.of(spec);
    for (boolean keras : new boolean[] {false, true}) {
      float[] a = layout.initialValues(keras ? Initializer.keras(5) : Initializer.orthogonal(5));
      float[] b = layout.initialValues(keras ? Initializer.keras(5) : Initializer.orthogonal(5));
      float[] c = layout.initialValues(keras ? Initializer.keras(6) : Initializer.orthogonal(6));
      assertArrayEquals(a, b);
      assertTrue(!Arrays.equals(a, c));
    }
  }

  @Test
  void aReusedArrayIsOverwritten() {
    RnnSpec spec = RnnSpec.gru(3, 4).build();
    ParameterSlice bias = ParameterLayout.of(spec).slice("bias_hh_l0");
    float[] used = new float[12];
    Arrays.fill(used, 9);
    Initializer.xavier(1).fill(spec, bias, used, 0);
    assertZero(used);
  }
}
