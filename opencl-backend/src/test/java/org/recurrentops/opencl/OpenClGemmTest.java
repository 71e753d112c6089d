package org.recurrentops.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recurrentops.BackendUnavailableException;
import org.recurrentops.gpu.DeviceLimits;
import org.recurrentops.gpu.GemmShape;

class OpenClGemmTest {
  private static final int[][] SIZES = {
    {1, 1, 1},
    {1, 7, 33},
    {7, 1, 8},
    {6, 16, 64},
    {4, 3, 8},
    {5, 15, 9},
    {33, 17, 65},
    {64, 64, 16},
    {65, 63, 31},
    {2, 257, 66},
    {67, 130, 77},
    {130, 129, 1},
    {3, 128, 129},
    {257, 5, 64},
  };

  private static OpenClDevice device;

  @BeforeAll
  static void open() {
    device = TestDevice.open();
  }

  @AfterAll
  static void close() {
    if (device != null) {
      device.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"vector", "tiled"})
  void agreesWithADoubleProductForAllTransposes(String form) {
    assertTrue(device.gemmForms().contains(form), form + " not in " + device.gemmForms());
    long seed = 1;
    for (int[] s : SIZES) {
      for (int flags = 0; flags < 8; flags++) {
        boolean ta = (flags & 1) != 0;
        boolean tb = (flags & 2) != 0;
        boolean add = (flags & 4) != 0;
        GemmShape tight = GemmTrial.shape(ta, tb, s[0], s[1], s[2], 0, add);
        new GemmTrial(device, tight, 0, seed++).check(form);
        GemmShape gaps = GemmTrial.shape(ta, tb, s[0], s[1], s[2], 5, add);
        new GemmTrial(device, gaps, 1, seed++).check(form);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"vector", "tiled"})
  void agreesForRandomShapes(String form) {
    Random random = new Random(20_24);
    for (int i = 0; i < 60; i++) {
      GemmShape shape =
          GemmTrial.shape(
              random.nextBoolean(),
              random.nextBoolean(),
              1 + random.nextInt(90),
              1 + random.nextInt(90),
              1 + random.nextInt(150),
              random.nextInt(4),
              random.nextBoolean());
      new GemmTrial(device, shape, random.nextInt(4), 1000 + i).check(form);
    }
  }

  @Test
  void refusesEmptyMatrices() {
    assertThrows(
        IllegalArgumentException.class, () -> GemmTrial.shape(false, false, 0, 4, 4, 0, false));
    assertThrows(
        IllegalArgumentException.class, () -> GemmTrial.shape(false, false, 4, 4, 0, 0, true));
  }

  @Test
  void aFormIsChosenByDeviceAndForcedByProperty() {
    DeviceLimits cpu = new DeviceLimits(2, 4096, 1 << 20, true, 0, 64);
    DeviceLimits gpu = new DeviceLimits(80, 1024, 48 << 10, false, 0, 256);
    DeviceLimits small = new DeviceLimits(4, 128, 16 << 10, false, 0, 64);
    assertEquals(List.of("vector", "tiled"), GemmForms.of(cpu, null));
    assertEquals(List.of("tiled", "vector"), GemmForms.of(gpu, ""));
    assertEquals(List.of("vector"), GemmForms.of(small, null));
    assertEquals(List.of("tiled"), GemmForms.of(cpu, "tiled"));
    assertEquals(List.of("vector"), GemmForms.of(gpu, "vector"));
    BackendUnavailableException e =
        assertThrows(BackendUnavailableException.class, () -> GemmForms.of(small, "tiled"));
    assertTrue(e.getMessage().contains("expected one of [vector]"), e.getMessage());
  }
}
