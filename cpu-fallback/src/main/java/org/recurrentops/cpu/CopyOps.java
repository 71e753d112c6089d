package org.recurrentops.cpu;

import org.recurrentops.DType;
import org.recurrentops.Tensor;

/** Filling, copying and adding tensors of any rank and strides, run by run of dense elements. */
final class CopyOps {
  private static final int ROOM = 4096;

  private CopyOps() {}

  /** One dense run of elements: where it starts in each of two tensors. */
  @FunctionalInterface
  private interface Run {
    void at(long first, long second, int count);
  }

  /** Walks two tensors of one shape; the second may be the first. */
  private static void runs(Tensor a, Tensor b, Run run) {
    long elements = a.shape().elements();
    if (elements == 0) {
      return;
    }
    if (a.rank() == 0) {
      run.at(a.offset(), b.offset(), 1);
      return;
    }
    int last = a.rank() - 1;
    int width = (int) a.dim(-1);
    long sa = a.stride(last);
    long sb = b.stride(last);
    boolean dense = width <= 1 || sa == 1 && sb == 1;
    int count = dense ? width : 1;
    for (long r = 0; r < a.rows(); r++) {
      long fa = a.rowOffset(r);
      long fb = b.rowOffset(r);
      for (int i = 0; i < width; i += count) {
        for (int j = 0; j < count; j += ROOM) {
          run.at(fa + i * sa + j, fb + i * sb + j, Math.min(ROOM, count - j));
        }
      }
    }
  }

  static void fill(Tensor t, float value) {
    FloatMemory memory = FloatMemory.of(t);
    float[] values = new float[ROOM];
    java.util.Arrays.fill(values, value);
    runs(t, t, (at, same, count) -> memory.write(at, values, 0, count));
  }

  static void copy(Tensor source, Tensor target) {
    HostBuffer from = (HostBuffer) source.buffer();
    HostBuffer to = (HostBuffer) target.buffer();
    Object room = source.dtype() == DType.I32 ? new int[ROOM] : new float[ROOM];
    runs(
        source,
        target,
        (a, b, count) -> {
          from.download(a, room, 0, count);
          to.upload(b, room, 0, count);
        });
  }

  static void addScaled(Tensor source, float scale, Tensor target) {
    FloatMemory from = FloatMemory.of(source);
    FloatMemory to = FloatMemory.of(target);
    float[] s = new float[ROOM];
    float[] d = new float[ROOM];
    runs(
        source,
        target,
        (a, b, count) -> {
          from.read(a, s, 0, count);
          to.read(b, d, 0, count);
          for (int i = 0; i < count; i++) {
            d[i] = d[i] + scale * s[i];
          }
          to.write(b, d, 0, count);
        });
  }
}
