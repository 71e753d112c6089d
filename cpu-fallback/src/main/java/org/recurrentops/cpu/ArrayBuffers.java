package org.recurrentops.cpu;

import java.lang.reflect.Array;
import org.recurrentops.DType;
import org.recurrentops.OutOfDeviceMemoryException;
import org.recurrentops.cpu.f64.DoubleMemory;
import org.recurrentops.spi.DeviceBuffer;

/** Memory in Java arrays, one kind of array per element type. */
final class ArrayBuffers {
  private ArrayBuffers() {}

  /** A new buffer; Java zeroes it, though nobody may count on that. */
  static DeviceBuffer allocate(DType dtype, long elements) {
    if (elements > Integer.MAX_VALUE) {
      throw new OutOfDeviceMemoryException(
          "cpu: a buffer holds at most 2^31-1 elements, got "
              + elements
              + " of "
              + dtype
              + "; split it: smaller maxSteps or maxBatch, fewer layers per plan, or several"
              + " tensors",
          null);
    }
    int count = (int) elements;
    try {
      return wrap(newArray(dtype, count), dtype);
    } catch (OutOfMemoryError e) {
      Runtime r = Runtime.getRuntime();
      throw new OutOfDeviceMemoryException(
          "cpu: no room for "
              + elements
              + " elements of "
              + dtype
              + " ("
              + elements * dtype.bytes()
              + " bytes) in a heap of at most "
              + r.maxMemory()
              + " bytes, "
              + (r.totalMemory() - r.freeMemory())
              + " in use; close tensors, or start java with a larger -Xmx",
          e);
    }
  }

  private static Object newArray(DType dtype, int count) {
    switch (dtype) {
      case F32:
        return new float[count];
      case F64:
        return new double[count];
      case I32:
        return new int[count];
      case U8:
        return new byte[count];
      default:
        return new short[count];
    }
  }

  /** A buffer over the caller's array of the element type's kind. */
  static DeviceBuffer wrap(Object array, DType dtype) {
    switch (dtype) {
      case F32:
        return new Floats((float[]) array);
      case I32:
        return new Ints((int[]) array);
      case U8:
        return new Bytes((byte[]) array);
      case F64:
        return new Doubles((double[]) array);
      default:
        return new Plain(array, dtype);
    }
  }

  /** What all kinds have in common. */
  private static class Plain implements HostBuffer {
    private final Object array;
    private final DType dtype;

    Plain(Object array, DType dtype) {
      this.array = array;
      this.dtype = dtype;
    }

    @Override
    public DType dtype() {
      return dtype;
    }

    @Override
    public long elements() {
      return Array.getLength(array);
    }

    @Override
    public Object memoryIdentity() {
      return array;
    }

    @Override
    public long baseAddress() {
      return 0;
    }

    @Override
    public void free() {
      // The garbage collector's.
    }

    @Override
    public void upload(long to, Object source, int sourceOffset, int count) {
      System.arraycopy(source, sourceOffset, array, (int) to, count);
    }

    @Override
    public void download(long from, Object target, int targetOffset, int count) {
      System.arraycopy(array, (int) from, target, targetOffset, count);
    }
  }

  private static final class Floats extends Plain implements FloatMemory {
    private final float[] values;

    Floats(float[] values) {
      super(values, DType.F32);
      this.values = values;
    }

    @Override
    public float[] array() {
      return values;
    }

    @Override
    public void read(long from, float[] target, int targetOffset, int count) {
      System.arraycopy(values, (int) from, target, targetOffset, count);
    }

    @Override
    public void write(long to, float[] source, int sourceOffset, int count) {
      System.arraycopy(source, sourceOffset, values, (int) to, count);
    }
  }

  private static final class Doubles extends Plain implements DoubleMemory {
    private final double[] values;

    Doubles(double[] values) {
      super(values, DType.F64);
      this.values = values;
    }

    @Override
    public double[] array() {
      return values;
    }

    @Override
    public void read(long from, double[] target, int targetOffset, int count) {
      System.arraycopy(values, (int) from, target, targetOffset, count);
    }

    @Override
    public void write(long to, double[] source, int sourceOffset, int count) {
      System.arraycopy(source, sourceOffset, values, (int) to, count);
    }
  }

  private static final class Bytes extends Plain implements ByteMemory {
    private final byte[] values;

    Bytes(byte[] values) {
      super(values, DType.U8);
      this.values = values;
    }

    @Override
    public byte get(long index) {
      return values[(int) index];
    }
  }

  private static final class Ints extends Plain implements IntMemory {
    private final int[] values;

    Ints(int[] values) {
      super(values, DType.I32);
      this.values = values;
    }

    @Override
    public int get(long index) {
      return values[(int) index];
    }

    @Override
    public void set(long index, int value) {
      values[(int) index] = value;
    }
  }
}
