package org.recurrentops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ParameterLayoutTest {
  @Test
  void fourInputsAndThreeUnitsHave24ParametersWithOneBias() {
    RnnSpec spec = RnnSpec.vanilla(4, 3).bias(BiasMode.SINGLE).build();
    assertEquals(12 + 9 + 3, ParameterLayout.of(spec).elements());
  }

  @Test
  void slicesFollowPyTorchsNamesAndOrder() {
    RnnSpec spec = RnnSpec.lstm(5, 6).projection(2).layers(2).bidirectional().build();
    ParameterLayout layout = ParameterLayout.of(spec);
    List<String> names = layout.slices().stream().map(ParameterSlice::name).toList();
    assertEquals(
        List.of(
            "weight_ih_l0",
            "weight_hh_l0",
            "bias_ih_l0",
            "bias_hh_l0",
            "weight_hr_l0",
            "weight_ih_l0_reverse",
            "weight_hh_l0_reverse",
            "bias_ih_l0_reverse",
            "bias_hh_l0_reverse",
            "weight_hr_l0_reverse"),
        names.subList(0, 10));
    assertEquals(Shape.of(24, 5), layout.slice("weight_ih_l0").shape());
    assertEquals(Shape.of(24, 2), layout.slice("weight_hh_l0").shape());
    assertEquals(Shape.of(24, 4), layout.slice("weight_ih_l1").shape());
    assertEquals(Shape.of(2, 6), layout.slice("weight_hr_l1_reverse").shape());
    long end = 0;
    for (ParameterSlice s : layout.slices()) {
      assertEquals(end, s.offset(), s.name());
      end += s.elements();
    }
    assertEquals(layout.elements(), end);
  }

  @Test
  void anUnknownNameIsRefusedWithTheKnownOnes() {
    ParameterLayout layout = ParameterLayout.of(RnnSpec.gru(2, 2).bias(BiasMode.NONE).build());
    String message =
        assertThrows(IllegalArgumentException.class, () -> layout.slice("bias_ih_l0")).getMessage();
    assertTrue(message.contains("[weight_ih_l0, weight_hh_l0]"), message);
  }

  @Test
  void pytorchInitialiserFillsTheWholeRangeEvenlyAndRepeats() {
    RnnSpec spec = RnnSpec.lstm(31, 25).layers(2).build();
    ParameterLayout layout = ParameterLayout.of(spec);
    float[] a = layout.initialValues(Initializer.pytorch(7));
    assertArrayEquals(a, layout.initialValues(Initializer.pytorch(7)));
    double sum = 0;
    double squares = 0;
    for (float v : a) {
      assertTrue(Math.abs(v) <= 0.2f);
      sum += v;
      squares += v * v;
    }
    assertEquals(0, sum / a.length, 0.005);
    assertEquals(0.04 / 3, squares / a.length, 0.0005);
    long distinct =
        java.util.stream.IntStream.range(0, a.length).mapToObj(i -> a[i]).distinct().count();
    assertTrue(distinct > 0.99 * a.length, "streams of different slices repeat each other");
  }

  @Test
  void forgetBiasLandsInTheForgetGateOnly() {
    RnnSpec spec = RnnSpec.lstm(2, 3).build();
    ParameterLayout layout = ParameterLayout.of(spec);
    float[] v = layout.initialValues(Initializer.zero().withForgetBias(1));
    int ih = (int) layout.slice("bias_ih_l0").offset();
    for (int i = 0; i < v.length; i++) {
      assertEquals(i >= ih + 3 && i < ih + 6 ? 1f : 0f, v[i], "element " + i);
    }
  }
}
