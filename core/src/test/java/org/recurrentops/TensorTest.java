package org.recurrentops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TensorTest {
  private final RecurrentOps ops = FakeBackend.of("cpu", DeviceKind.CPU).open();

  @AfterEach
  void close() {
    ops.close();
  }

  private Tensor counting(long... dims) {
    Tensor t = ops.allocate(dims);
    float[] v = new float[(int) t.shape().elements()];
    for (int i = 0; i < v.length; i++) {
      v[i] = i;
    }
    t.upload(v);
    return t;
  }

  @Test
  void viewsReadTheElementsTheyName() {
    Tensor t = counting(3, 4, 5);
    assertArrayEquals(
        new float[] {26, 27, 31, 32}, t.slice(0, 1, 2).slice(1, 1, 3).slice(2, 1, 3).toFloats());
    assertArrayEquals(new float[] {40, 41, 42, 43, 44}, t.select(2).select(0).toFloats());
    Tensor swapped = t.transpose(0, 1);
    assertEquals(Shape.of(4, 3, 5), swapped.shape());
    assertArrayEquals(new float[] {5, 6, 7, 8, 9}, swapped.select(1).select(0).toFloats());
    assertEquals(-1, swapped.uniformRowStride());
    assertEquals(5, t.uniformRowStride());
    assertEquals(20, t.slice(1, 2, 3).uniformRowStride());
    assertEquals(5, t.slice(2, 0, 2).uniformRowStride());
  }

  @Test
  void stridedUploadTouchesOnlyTheView() {
    Tensor t = counting(2, 3, 2);
    t.transpose(0, 1).slice(2, 1, 2).upload(new float[] {-1, -2, -3, -4, -5, -6});
    assertArrayEquals(new float[] {0, -1, 2, -3, 4, -5, 6, -2, 8, -4, 10, -6}, t.toFloats());
  }

  @Test
  void integerIndicesMayBeTransposed() {
    Tensor t = ops.allocate(DType.I32, 2, 3);
    t.upload(new int[] {0, 1, 2, 3, 4, 5});
    assertArrayEquals(new int[] {0, 3, 1, 4, 2, 5}, t.transpose(0, 1).toInts());
  }

  @Test
  void wrongHostArraysAreRefused() {
    Tensor t = ops.allocate(2, 3);
    String count =
        assertThrows(IllegalArgumentException.class, () -> t.upload(new float[5])).getMessage();
    assertEquals("upload: expected 6 values for F32[2, 3], got 5", count);
    assertThrows(IllegalArgumentException.class, () -> t.upload(new int[6]));
    assertThrows(IllegalArgumentException.class, () -> t.slice(0, 1, 3));
    assertThrows(IllegalArgumentException.class, () -> t.transpose(0, 1));
    assertThrows(IllegalArgumentException.class, () -> t.slice(1, 0, 2).reshape(4));
    assertThrows(IllegalArgumentException.class, () -> Shape.of(1L << 40, 1L << 40));
  }

  @Test
  void closingTheRootClosesEveryViewAndCountsOnce() {
    Tensor t = ops.allocate(4, 2);
    Tensor view = t.slice(0, 1, 2);
    view.close();
    assertFalse(t.isClosed());
    assertEquals(1, ops.counters().snapshot().liveAllocations());
    assertEquals(32, ops.counters().snapshot().liveBytes());
    t.close();
    t.close();
    assertTrue(view.isClosed());
    assertThrows(IllegalStateException.class, view::toFloats);
    assertEquals(0, ops.counters().snapshot().liveAllocations());
    assertEquals(0, ops.counters().snapshot().liveBytes());
  }

  @Test
  void wrappedMemoryIsTheCallersOwn() {
    float[] mine = {1, 2, 3, 4};
    Tensor t = ops.wrap(mine, 2, 2);
    mine[3] = 9;
    assertEquals(9, t.toFloats()[3]);
    assertEquals(0, ops.counters().snapshot().allocations());
    assertThrows(IllegalArgumentException.class, () -> ops.wrap(mine, 3, 2));
  }

  @Test
  void overlapAgreesWithCountingElements() {
    Tensor base = ops.allocate(6, 5, 7);
    int overlapping = 0;
    for (int seed = 0; seed < 2000; seed++) {
      Random random = new Random(seed);
      Tensor a = randomView(base, random);
      Tensor b = randomView(base, random);
      Set<Long> shared = elements(a);
      shared.retainAll(elements(b));
      assertEquals(
          !shared.isEmpty(), Overlap.overlaps(a, b), "seed " + seed + ": " + a + " and " + b);
      overlapping += shared.isEmpty() ? 0 : 1;
    }
    assertTrue(overlapping > 200 && overlapping < 1800, "one-sided sample: " + overlapping);
  }

  private static Tensor randomView(Tensor base, Random random) {
    Tensor t = random.nextBoolean() ? base : base.transpose(0, 1);
    for (int axis = 0; axis < 3; axis++) {
      if (random.nextBoolean()) {
        continue;
      }
      int extent = (int) t.dim(axis);
      int from = random.nextInt(extent);
      t = t.slice(axis, from, from + random.nextInt(extent - from + 1));
    }
    return t;
  }

  private static Set<Long> elements(Tensor t) {
    Set<Long> all = new HashSet<>();
    if (t.shape().elements() > 0) {
      for (long row = 0; row < t.rows(); row++) {
        for (long i = 0; i < t.dim(-1); i++) {
          all.add(t.rowOffset(row) + i);
        }
      }
    }
    return all;
  }
}
