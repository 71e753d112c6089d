package org.recurrentops.cpu;

import java.nio.Buffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import org.recurrentops.DType;
import org.recurrentops.UnsupportedSpecException;

/** The caller's direct buffers, read and written in place; their position is element 0. */
final class DirectBuffers {
  private DirectBuffers() {}

  static HostBuffer wrap(FloatBuffer buffer) {
    requireUsable(buffer, buffer.order());
    return new Floats(buffer.slice());
  }

  static HostBuffer wrap(IntBuffer buffer) {
    requireUsable(buffer, buffer.order());
    return new Ints(buffer.slice());
  }

  private static void requireUsable(Buffer buffer, ByteOrder order) {
    if (order != ByteOrder.nativeOrder() || buffer.isReadOnly() || !buffer.isDirect()) {
      throw new UnsupportedSpecException(
          "cpu: wrap: expected a writable direct buffer in "
              + ByteOrder.nativeOrder()
              + " order, got "
              + buffer
              + " in "
              + order
              + " order; call order(ByteOrder.nativeOrder()) on the ByteBuffer it is a view of");
    }
  }

  private abstract static class Borrowed implements HostBuffer {
    private final Buffer buffer;
    private final DType dtype;
    private final DirectAddress address;

    Borrowed(Buffer buffer, DType dtype) {
      this.buffer = buffer;
      this.dtype = dtype;
      this.address = DirectAddress.of(buffer);
    }

    @Override
    public DType dtype() {
      return dtype;
    }

    @Override
    public long elements() {
      return buffer.remaining();
    }

    @Override
    public Object memoryIdentity() {
      return address.space();
    }

    @Override
    public long baseAddress() {
      return address.value();
    }

    @Override
    public void free() {
      // The caller's.
    }
  }

  private static final class Floats extends Borrowed implements FloatMemory {
    private final FloatBuffer values;

    Floats(FloatBuffer values) {
      super(values, DType.F32);
      this.values = values;
    }

    @Override
    public float[] array() {
      return null;
    }

    @Override
    public void read(long from, float[] target, int targetOffset, int count) {
      values.get((int) from, target, targetOffset, count);
    }

    @Override
    public void write(long to, float[] source, int sourceOffset, int count) {
      values.put((int) to, source, sourceOffset, count);
    }

    @Override
    public void upload(long to, Object source, int sourceOffset, int count) {
      write(to, (float[]) source, sourceOffset, count);
    }

    @Override
    public void download(long from, Object target, int targetOffset, int count) {
      read(from, (float[]) target, targetOffset, count);
    }
  }

  private static final class Ints extends Borrowed implements IntMemory {
    private final IntBuffer values;

    Ints(IntBuffer values) {
      super(values, DType.I32);
      this.values = values;
    }

    @Override
    public int get(long index) {
      return values.get((int) index);
    }

    @Override
    public void set(long index, int value) {
      values.put((int) index, value);
    }

    @Override
    public void upload(long to, Object source, int sourceOffset, int count) {
      values.put((int) to, (int[]) source, sourceOffset, count);
    }

    @Override
    public void download(long from, Object target, int targetOffset, int count) {
      values.get((int) from, (int[]) target, targetOffset, count);
    }
  }
}
