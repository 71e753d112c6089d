package org.recurrentops.tck.cases;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.recurrentops.Backends;
import org.recurrentops.RecurrentOps;
import org.recurrentops.Tensor;
import org.recurrentops.tck.ConformanceFailure;
import org.recurrentops.tck.backend.ReferenceBackend;

/** The guard sees what it is there to see. */
class GuardedTensorTest {
  private final RecurrentOps ops = Backends.open(new ReferenceBackend());

  private static float[] counting(int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = i;
    }
    return values;
  }

  @ParameterizedTest
  @EnumSource(Placement.class)
  void viewHoldsTheValues(Placement placement) {
    try (GuardedTensor t = GuardedTensor.floats("t", ops, placement, 3, 4, 5)) {
      t.set(counting(60));
      assertArrayEquals(counting(60), t.view().toFloats());
      assertArrayEquals(counting(60), t.get());
      assertEquals(placement.guard, t.view().offset());
      assertEquals(placement == Placement.STRIDED, !t.view().isContiguous());
      t.checkUnchanged();
    }
  }

  @ParameterizedTest
  @EnumSource(Placement.class)
  void writeInsideIsSeenAsChange(Placement placement) {
    try (GuardedTensor t = GuardedTensor.floats("t", ops, placement, 3, 4)) {
      t.set(counting(12));
      t.view().slice(0, 1, 2).slice(1, 2, 3).upload(new float[] {7});
      assertEquals(7, t.get()[6]);
      assertThrows(ConformanceFailure.class, t::checkUnchanged);
    }
  }

  @Test
  void writeIntoAGapIsSeen() {
    try (GuardedTensor t = GuardedTensor.floats("t", ops, Placement.STRIDED, 3, 4)) {
      t.set(counting(12));
      Tensor first = t.view().slice(0, 0, 1);
      long gap = t.view().stride(0) - 4;
      assertTrue(gap > 0);
      ReferenceBackend.poke(first, 4, 1.5f);
      ConformanceFailure f = assertThrows(ConformanceFailure.class, t::get);
      assertTrue(f.getMessage().contains("outside"), f.getMessage());
    }
  }

  @Test
  void writeBeforeAndAfterIsSeen() {
    for (int at : new int[] {-1, 12}) {
      try (GuardedTensor t = GuardedTensor.floats("t", ops, Placement.OFFSET, 3, 4)) {
        t.set(counting(12));
        ReferenceBackend.poke(t.view(), at, 1.5f);
        assertThrows(ConformanceFailure.class, t::get);
      }
    }
  }

  @Test
  void nanInputsAreUnchangedInputs() {
    try (GuardedTensor t = GuardedTensor.floats("t", ops, Placement.DENSE, 2)) {
      t.set(new float[] {Float.NaN, Float.POSITIVE_INFINITY});
      t.checkUnchanged();
      assertFalse(t.view().isClosed());
    }
  }

  @Test
  void intsKeepTheirBits() {
    try (GuardedTensor t = GuardedTensor.ints("t", ops, Placement.STRIDED, 2, 3)) {
      t.set(new int[] {1, -2, 3, 4, 5, Integer.MIN_VALUE});
      assertArrayEquals(new int[] {1, -2, 3, 4, 5, Integer.MIN_VALUE}, t.view().toInts());
      t.checkUnchanged();
    }
  }
}
