package org.recurrentops;

import java.util.ArrayList;
import java.util.List;

/** Validates the arguments of one {@link DeviceMath} call. */
final class MathChecks {
  private final RecurrentOps ops;
  private final String call;
  private final List<Tensor> used = new ArrayList<>();

  MathChecks(RecurrentOps ops, String call) {
    this.ops = ops;
    this.call = call;
  }

  Tensor needed(String name, Tensor t) {
    if (t == null) {
      throw wrong(name, "a tensor", "null");
    }
    return t;
  }

  void any(String name, Tensor t, DType type) {
    needed(name, t);
    if (t.ops() != ops) {
      throw wrong(
          name,
          "a tensor of this " + ops.device().id() + " ops",
          "one of another " + t.ops().device().id() + " ops");
    }
    t.requireOpen(call + ": " + name);
    if (t.dtype() != type) {
      throw wrong(name, type.toString(), t.toString());
    }
    used.add(t);
  }

  void rows(String name, Tensor t) {
    any(name, t, DType.F32);
    if (t.rank() < 2 || t.rank() > 3) {
      throw wrong(name, "rank 2 or 3, rows of features", t.toString());
    }
    if (t.dim(-1) > 1 && t.stride(t.rank() - 1) != 1) {
      throw wrong(name, "stride 1 on the last axis", t.toString());
    }
  }

  /** Both are rows, as many of each. */
  void rowsAlike(String a, Tensor ta, String b, Tensor tb) {
    rows(a, ta);
    rows(b, tb);
    boolean alike = ta.rank() == tb.rank();
    for (int i = 0; alike && i < ta.rank() - 1; i++) {
      alike = ta.dim(i) == tb.dim(i);
    }
    if (!alike) {
      throw wrong(b, "the leading axes of " + a + " " + ta.shape(), tb.shape().toString());
    }
  }

  void sameShape(String a, Tensor ta, String b, Tensor tb) {
    rows(a, ta);
    rows(b, tb);
    if (!ta.shape().equals(tb.shape())) {
      throw wrong(b, "the shape of " + a + " " + ta.shape(), tb.shape().toString());
    }
  }

  /** Any rank, F32 or I32, same shape and type. */
  void pair(String a, Tensor ta, String b, Tensor tb) {
    any(a, ta, needed(a, ta).dtype());
    any(b, tb, ta.dtype());
    if (ta.dtype() != DType.F32 && ta.dtype() != DType.I32) {
      throw wrong(a, "F32 or I32", ta.toString());
    }
    if (!ta.shape().equals(tb.shape())) {
      throw wrong(b, "the shape of " + a + " " + ta.shape(), tb.shape().toString());
    }
  }

  /** One value per row of {@code rows}: its leading axes. */
  void perRow(String name, Tensor t, DType type, Tensor rows) {
    any(name, t, type);
    boolean alike = t.rank() == rows.rank() - 1;
    for (int i = 0; alike && i < t.rank(); i++) {
      alike = t.dim(i) == rows.dim(i);
    }
    if (!alike) {
      throw wrong(name, "one value per row of " + rows.shape(), t.toString());
    }
  }

  void matrix(String name, Tensor t, long rows, long cols) {
    any(name, t, DType.F32);
    if (t.rank() != 2 || t.dim(0) != rows || t.dim(1) != cols) {
      throw wrong(name, "[" + rows + ", " + cols + "]", t.toString());
    }
    if (cols > 1 && t.stride(1) != 1) {
      throw wrong(name, "stride 1 on the last axis", t.toString());
    }
  }

  /** Dense, rank 1; null is fine. */
  void vector(String name, Tensor t, long elements) {
    if (t == null) {
      return;
    }
    any(name, t, DType.F32);
    if (t.rank() != 1 || t.dim(0) != elements || !t.isContiguous()) {
      throw wrong(name, "[" + elements + "]", t.toString());
    }
  }

  void scalar(String name, Tensor t, DType type) {
    if (t == null) {
      return;
    }
    any(name, t, type);
    if (t.shape().elements() != 1) {
      throw wrong(name, type + "[1]", t.toString());
    }
  }

  void output(String name, Tensor out, Tensor... others) {
    for (Tensor other : others) {
      if (out != null && other != null && Overlap.overlaps(out, other)) {
        throw wrong(name, "memory of its own", "some that overlaps another argument " + other);
      }
    }
  }

  /** May be the very same elements as the input, but not overlap it otherwise. */
  void inPlaceOutput(String name, Tensor out, Tensor in) {
    if (!Overlap.same(out, in)) {
      output(name, out, in);
    }
  }

  /** Runs the call while none of the tensors that were checked can be freed. */
  void run(Runnable body) {
    ops.call(body, used.toArray(new Tensor[0]));
  }

  private IllegalArgumentException wrong(String name, String expected, String got) {
    return new IllegalArgumentException(
        call + ": " + name + ": expected " + expected + ", got " + got);
  }
}
