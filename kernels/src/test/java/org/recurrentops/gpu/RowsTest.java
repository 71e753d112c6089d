package org.recurrentops.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.recurrentops.Backends;
import org.recurrentops.DType;
import org.recurrentops.RecurrentOps;
import org.recurrentops.Tensor;

/** Views taken apart into rows reach exactly the elements that core says they have. */
class RowsTest {
  private final RecurrentOps ops = Backends.open(new FakeDevice.Provider(1 << 15));

  private static List<Long> elements(Tensor t) {
    List<Long> list = new ArrayList<>();
    Views.each(
        t,
        rows -> {
          for (long r = 0; r < rows.count(); r++) {
            long at = r / rows.inner() * rows.outer() + r % rows.inner() * rows.row();
            for (int j = 0; j < rows.width(); j++) {
              list.add(rows.at().offset() + at + j);
            }
          }
        });
    return list;
  }

  private static List<Long> expected(Tensor t) {
    List<Long> list = new ArrayList<>();
    int last = t.rank() - 1;
    for (long r = 0; r < t.rows(); r++) {
      for (long j = 0; j < (t.rank() == 0 ? 1 : t.dim(last)); j++) {
        list.add(t.rowOffset(r) + (t.rank() == 0 ? 0 : j * t.stride(last)));
      }
    }
    return list;
  }

  @Test
  void viewsOfEveryRankReachTheirElements() {
    Tensor four = ops.allocate(2, 3, 4, 5);
    Tensor three = ops.allocate(4, 3, 5);
    Tensor index = ops.allocate(DType.I32, 4, 3);
    for (Tensor t :
        List.of(
            ops.allocate(7),
            ops.allocate(1),
            ops.allocate(3, 7).slice(1, 2, 5),
            three.transpose(0, 1),
            three.slice(1, 1, 3).slice(2, 1, 2),
            four,
            four.transpose(0, 2).slice(3, 1, 4),
            index.transpose(0, 1),
            ops.allocate(0, 3, 2))) {
      assertEquals(expected(t), elements(t), t.toString());
    }
  }

  @Test
  void leadingDimensionOnlyForEvenRows() {
    Tensor t = ops.allocate(4, 3, 5);
    assertEquals(5, Rows.of(t).leadingDimension());
    assertEquals(5, Rows.of(t.slice(2, 1, 3)).leadingDimension());
    assertEquals(-1, Rows.of(t.slice(1, 0, 2)).leadingDimension());
    assertEquals(5, Rows.of(t.slice(1, 0, 2)).innerLeadingDimension());
    assertEquals(-1, Rows.of(t.transpose(0, 1)).leadingDimension());
    assertEquals(15, Rows.of(t.slice(1, 0, 1)).leadingDimension());
  }
}
