package org.recurrentops.tck.backend;

import java.util.function.IntConsumer;
import org.recurrentops.DType;
import org.recurrentops.OutOfDeviceMemoryException;
import org.recurrentops.Tensor;
import org.recurrentops.spi.DeviceBuffer;

/** An array as device memory, and tensors of it as dense float64 arrays. */
final class HostMemory implements DeviceBuffer {
  final float[] floats;
  final int[] ints;
  final byte[] bytes;
  final double[] doubles;

  HostMemory(DType type, long elements) {
    if (elements > Integer.MAX_VALUE - 8) {
      throw new OutOfDeviceMemoryException(
          "allocate: expected an array's worth, got " + elements, null);
    }
    floats = type == DType.F32 ? new float[(int) elements] : null;
    ints = type == DType.I32 ? new int[(int) elements] : null;
    doubles = type == DType.F64 ? new double[(int) elements] : null;
    bytes = type == DType.U8 ? new byte[(int) elements] : null;
  }

  @Override
  public DType dtype() {
    return floats != null
        ? DType.F32
        : ints != null ? DType.I32 : doubles != null ? DType.F64 : DType.U8;
  }

  @Override
  public long elements() {
    return java.lang.reflect.Array.getLength(array());
  }

  @Override
  public Object memoryIdentity() {
    return floats != null ? floats : ints != null ? ints : doubles != null ? doubles : bytes;
  }

  @Override
  public long baseAddress() {
    return 0;
  }

  @Override
  public void free() {}

  private double value(int at) {
    return floats != null ? floats[at] : doubles[at];
  }

  private void value(int at, double value) {
    if (floats != null) {
      floats[at] = (float) value;
    } else {
      doubles[at] = value;
    }
  }

  Object array() {
    return memoryIdentity();
  }

  /** Calls with the position of every element in row-major order. */
  private static void each(Tensor t, IntConsumer position) {
    long width = t.rank() == 0 ? 1 : t.dim(-1);
    long step = t.rank() == 0 ? 1 : t.stride(t.rank() - 1);
    for (long row = 0; row < t.rows() && width > 0; row++) {
      long at = t.rowOffset(row);
      for (long j = 0; j < width; j++) {
        position.accept((int) (at + j * step));
      }
    }
  }

  static double[] read(Tensor t) {
    if (t == null) {
      return null;
    }
    double[] values = new double[(int) t.shape().elements()];
    HostMemory memory = (HostMemory) t.buffer();
    int[] next = {0};
    each(t, p -> values[next[0]++] = memory.value(p));
    return values;
  }

  static int[] readInts(Tensor t) {
    int[] values = new int[(int) t.shape().elements()];
    int[] memory = ((HostMemory) t.buffer()).ints;
    int[] next = {0};
    each(t, p -> values[next[0]++] = memory[p]);
    return values;
  }

  static byte[] readBytes(Tensor t) {
    byte[] values = new byte[(int) t.shape().elements()];
    byte[] memory = ((HostMemory) t.buffer()).bytes;
    int[] next = {0};
    each(t, p -> values[next[0]++] = memory[p]);
    return values;
  }

  static void write(Tensor t, double[] values) {
    if (t != null) {
      HostMemory memory = (HostMemory) t.buffer();
      int[] next = {0};
      each(t, p -> memory.value(p, values[next[0]++]));
    }
  }

  static void writeInts(Tensor t, int... values) {
    if (t != null) {
      int[] memory = ((HostMemory) t.buffer()).ints;
      int[] next = {0};
      each(t, p -> memory[p] = values[next[0]++]);
    }
  }

  static void add(Tensor t, double[] values, boolean accumulate) {
    if (t == null) {
      return;
    }
    double[] sum = values.clone();
    double[] old = read(t);
    for (int i = 0; accumulate && i < sum.length; i++) {
      sum[i] += old[i];
    }
    write(t, sum);
  }
}
