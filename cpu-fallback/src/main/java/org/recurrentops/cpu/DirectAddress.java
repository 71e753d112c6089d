package org.recurrentops.cpu;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.Buffer;

/**
 * Where a direct buffer lies, so that two views of one memory are known to overlap. Java 17 has no
 * public way to ask; newer ones have {@code MemorySegment.address()}.
 *
 * @param space address space: one for all buffers whose address is known, else the buffer itself
 * @param value first byte, 0 if unknown
 */
record DirectAddress(Object space, long value) {
  private static final Object NATIVE = new Object();

  static DirectAddress of(Buffer buffer) {
    try {
      return new DirectAddress(NATIVE, fromSegment(buffer));
    } catch (ReflectiveOperationException | RuntimeException noSegments) {
      try {
        return new DirectAddress(NATIVE, fromField(buffer));
      } catch (ReflectiveOperationException | RuntimeException unknown) {
        return new DirectAddress(buffer, 0);
      }
    }
  }

  /** Java 22 and later. The segment starts at the buffer's position. */
  private static long fromSegment(Buffer buffer) throws ReflectiveOperationException {
    if (Runtime.version().feature() < 22) {
      throw new NoSuchMethodException("MemorySegment is not final yet");
    }
    Class<?> type = Class.forName("java.lang.foreign.MemorySegment");
    Object segment = type.getMethod("ofBuffer", Buffer.class).invoke(null, buffer);
    return (long) type.getMethod("address").invoke(segment);
  }

  /** Java 17 to 21, where reading a field this way is neither refused nor warned about. */
  private static long fromField(Buffer buffer) throws ReflectiveOperationException {
    Class<?> type = Class.forName("sun.misc.Unsafe");
    Field instance = type.getDeclaredField("theUnsafe");
    instance.setAccessible(true);
    Object unsafe = instance.get(null);
    Method offset = type.getMethod("objectFieldOffset", Field.class);
    Method read = type.getMethod("getLong", Object.class, long.class);
    long field = (long) offset.invoke(unsafe, Buffer.class.getDeclaredField("address"));
    return (long) read.invoke(unsafe, buffer, field);
  }
}
