package org.recurrentops.gpu;

import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.recurrentops.Tensor;

/** Takes tensors of any rank and strides apart into {@link Rows}. */
final class Views {
  private Views() {}

  static void each(Tensor t, Consumer<Rows> action) {
    pair(t, t, (a, b) -> action.accept(a));
  }

  /** Corresponding rows of two tensors of one shape. */
  static void pair(Tensor a, Tensor b, BiConsumer<Rows, Rows> action) {
    if (a.shape().elements() > 0) {
      descend(a, b, 0, a.offset(), b.offset(), action);
    }
  }

  private static void descend(
      Tensor a, Tensor b, int axis, long atA, long atB, BiConsumer<Rows, Rows> action) {
    int left = a.rank() - axis;
    boolean dense = left == 0 || unit(a) && unit(b);
    if (left <= (dense ? 3 : 2)) {
      action.accept(rows(a, axis, atA, dense), rows(b, axis, atB, dense));
      return;
    }
    for (long i = 0; i < a.dim(axis); i++) {
      descend(a, b, axis + 1, atA + i * a.stride(axis), atB + i * b.stride(axis), action);
    }
  }

  private static boolean unit(Tensor t) {
    int last = t.rank() - 1;
    return t.dim(last) == 1 || t.stride(last) == 1;
  }

  /** The axes from one on as rows; with a strided last axis every element is a row. */
  private static Rows rows(Tensor t, int axis, long at, boolean dense) {
    int end = dense ? t.rank() - 1 : t.rank();
    int width = dense && t.rank() > axis ? Math.toIntExact(t.dim(t.rank() - 1)) : 1;
    long inner = end > axis ? t.dim(end - 1) : 1;
    long row = end > axis ? t.stride(end - 1) : 0;
    long outerCount = end > axis + 1 ? t.dim(end - 2) : 1;
    long outer = end > axis + 1 ? t.stride(end - 2) : 0;
    return new Rows(
        new Address(t.buffer(), at), outer, row, Math.toIntExact(inner), outerCount * inner, width);
  }

  /** One value per row: strides of a tensor of rank 1 or 2. */
  static Rows perRow(Tensor t) {
    return rows(t, 0, t.offset(), false);
  }
}
