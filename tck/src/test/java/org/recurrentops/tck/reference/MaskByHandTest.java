package org.recurrentops.tck.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.recurrentops.BiasMode;
import org.recurrentops.CellType;
import org.recurrentops.Direction;
import org.recurrentops.MaskingContract;
import org.recurrentops.ParameterLayout;
import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;

/** Masks in numbers that one can add up in one's head. */
class MaskByHandTest {
  private static final byte[] MASK = {0, 1, 0, 1, 0};

  /** h = x + h₋ with x = 1, 2, 3, 4, 5 and h0 = 10, steps 1 and 3 valid. */
  private static ReferenceRun run(MaskingContract masking, Direction direction) {
    RnnSpec spec =
        RnnSpec.of(CellType.VANILLA_RELU, 1, 1)
            .masking(masking)
            .direction(direction)
            .bias(BiasMode.NONE)
            .build();
    ReferenceCall call = ReferenceCall.dense(5, 1, new double[] {1, 2, 3, 4, 5});
    return new ReferenceRnn(spec, new double[] {1, 1})
        .forward(call.initialStates(new double[] {10}, null).mask(MASK));
  }

  @ParameterizedTest
  @CsvSource({
    "FREEZE_FILL, FORWARD, 0 12 0 16 0, 16",
    "CARRY,       FORWARD, 0 12 12 16 16, 16",
    "ZERO_STATE,  FORWARD, 0 2 0 4 0, 0",
    "FREEZE_FILL, REVERSE, 0 16 0 14 0, 16",
    "CARRY,       REVERSE, 16 16 14 14 0, 16",
    "ZERO_STATE,  REVERSE, 0 2 0 4 0, 0"
  })
  void outputs(MaskingContract masking, Direction direction, String y, double hN) {
    ReferenceRun run = run(masking, direction);
    double[] expected =
        java.util.Arrays.stream(y.split(" ")).mapToDouble(Double::parseDouble).toArray();
    assertArrayEquals(expected, run.y());
    assertEquals(hN, run.hN()[0]);
  }

  @ParameterizedTest
  @CsvSource({
    // dy = 1, 10, 100, 1000, 10000 and dhN = 0.5; dh is that of h at the valid steps
    "FREEZE_FILL, FORWARD, 0 1010.5 0 1000.5 0, 1010.5",
    "CARRY,       FORWARD, 0 11110.5 0 11000.5 0, 11110.5",
    "ZERO_STATE,  FORWARD, 0 10 0 1000 0, 0",
    "FREEZE_FILL, REVERSE, 0 10.5 0 1010.5 0, 1010.5",
    "CARRY,       REVERSE, 0 11.5 0 1111.5 0, 1111.5",
    "ZERO_STATE,  REVERSE, 0 10 0 1000 0, 0"
  })
  void gradients(MaskingContract masking, Direction direction, String dh, double dh0) {
    ReferenceGradients g =
        run(masking, direction)
            .backward(new double[] {1, 10, 100, 1000, 10000}, new double[] {0.5}, null);
    double[] expected =
        java.util.Arrays.stream(dh.split(" ")).mapToDouble(Double::parseDouble).toArray();
    assertArrayEquals(expected, g.dhSequence(), 1e-9);
    assertArrayEquals(expected, g.dx(), 1e-9, "dx = dh, because W = 1 and relu is open");
    assertEquals(dh0, g.dh0()[0], 1e-9);
  }

  /**
   * Σ dh∘(1 − h²) is the gradient of a tanh layer's bias, which finite differences have checked.
   */
  @ParameterizedTest
  @EnumSource(MaskingContract.class)
  void hiddenGradientsAddUpToTheBiasGradient(MaskingContract masking) {
    RnnSpec spec = RnnSpec.vanilla(2, 3).masking(masking).build();
    Random random = new Random(5);
    double[] params = random.doubles(ParameterLayout.of(spec).elements(), -1, 1).toArray();
    double[] x = random.doubles(5 * 2, -1, 1).toArray();
    double[] dy = random.doubles(5 * 3, -1, 1).toArray();
    ReferenceRun run =
        new ReferenceRnn(spec, params).forward(ReferenceCall.dense(5, 1, x).mask(MASK));
    ReferenceGradients g = run.backward(dy, null, null);
    int bias = (int) ParameterLayout.of(spec).find(Kind.BIAS_IH, 0, 0).offset();
    for (int j = 0; j < 3; j++) {
      double sum = 0;
      for (int t = 0; t < 5; t++) {
        double h = run.y()[t * 3 + j];
        sum += g.dhSequence()[t * 3 + j] * (1 - h * h);
      }
      assertEquals(g.dParams()[bias + j], sum, 1e-12);
    }
  }

  /** With f = i = o = ½ and g = 0 an LSTM's c halves in every valid step. */
  @Test
  void cellsHalveInValidSteps() {
    RnnSpec spec = RnnSpec.lstm(1, 1).masking(MaskingContract.CARRY).build();
    double[] zero = new double[(int) ParameterLayout.of(spec).elements()];
    ReferenceCall call = ReferenceCall.dense(5, 1, new double[5]);
    ReferenceRun run =
        new ReferenceRnn(spec, zero)
            .forward(call.initialStates(new double[1], new double[] {8}).mask(MASK));
    assertArrayEquals(new double[] {0, 4, 0, 2, 0}, run.cSequence());
    assertArrayEquals(new double[] {2}, run.cN());
  }
}
