package org.recurrentops.gpu;

import org.recurrentops.Tensor;

/** The Euclidean norm of several vectors together, and scaling them down to a largest one. */
final class NormWork {
  private static final int CHUNKS = 256;
  private static final int RESULT_SLOT = 64;

  private NormWork() {}

  /** Elements of scratch that a call needs. */
  static long scratch(int vectors) {
    return RESULT_SLOT + 2L * CHUNKS * Math.max(1, vectors);
  }

  static void add(
      WorkList list,
      Tensor[] vectors,
      float maxNorm,
      Address normOut,
      Address nonFiniteOut,
      Address scratch) {
    Address partial = scratch.plus(RESULT_SLOT);
    Address nonFinite = scratch.plus(1);
    int chunks = 0;
    for (Tensor v : vectors) {
      int own = (int) Math.min(CHUNKS, v.shape().elements());
      list.elementwise(
          Kernels.NORM_PARTIAL,
          vector(v).put("chunks", own).put("partial", partial.plus(2L * chunks)),
          own);
      chunks += own;
    }
    Bindings b =
        new Bindings()
            .put("partial", partial)
            .put("chunks", chunks)
            .put("norm", scratch)
            .put("nonfinite", nonFinite)
            .put("max_norm", maxNorm);
    list.elementwise(Kernels.NORM_FINAL, b, 1);
    copyWord(list, scratch, normOut);
    copyWord(list, nonFinite, nonFiniteOut);
    for (Tensor v : vectors) {
      Bindings own = vector(v).put("norm", scratch).put("nonfinite", nonFinite);
      list.elementwise(Kernels.CLIP_TO_NORM, own.put("max_norm", maxNorm), v.shape().elements());
    }
  }

  private static Bindings vector(Tensor v) {
    return new Bindings().put("x", Address.of(v)).put("count", v.shape().elements());
  }

  private static void copyWord(WorkList list, Address src, Address dst) {
    if (dst != null) {
      list.elementwise(Kernels.COPY_WORD, new Bindings().put("src", src).put("dst", dst), 1);
    }
  }
}
