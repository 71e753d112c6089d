package org.recurrentops.gpu;

import java.nio.ByteBuffer;
import org.recurrentops.DType;

/** Copies between Java arrays and direct buffers in native byte order. */
public final class HostArrays {
  private HostArrays() {}

  /**
   * Copies elements of an array to the start of a buffer.
   *
   * @param to direct buffer in native byte order, at least count elements
   * @param type element type of the array
   * @param array float[], double[], int[], short[] or byte[], as the type says
   * @param first first element of the array
   * @param count elements
   */
  public static void put(ByteBuffer to, DType type, Object array, int first, int count) {
    to.clear();
    switch (type) {
      case F32:
        to.asFloatBuffer().put((float[]) array, first, count);
        break;
      case F64:
        to.asDoubleBuffer().put((double[]) array, first, count);
        break;
      case I32:
        to.asIntBuffer().put((int[]) array, first, count);
        break;
      case F16:
      case BF16:
        to.asShortBuffer().put((short[]) array, first, count);
        break;
      default:
        to.put((byte[]) array, first, count);
        break;
    }
  }

  /**
   * Copies from the start of a buffer to elements of an array.
   *
   * @param from direct buffer in native byte order, at least count elements
   * @param type element type of the array
   * @param array float[], double[], int[], short[] or byte[], as the type says
   * @param first first element of the array
   * @param count elements
   */
  public static void get(ByteBuffer from, DType type, Object array, int first, int count) {
    from.clear();
    switch (type) {
      case F32:
        from.asFloatBuffer().get((float[]) array, first, count);
        break;
      case F64:
        from.asDoubleBuffer().get((double[]) array, first, count);
        break;
      case I32:
        from.asIntBuffer().get((int[]) array, first, count);
        break;
      case F16:
      case BF16:
        from.asShortBuffer().get((short[]) array, first, count);
        break;
      default:
        from.get((byte[]) array, first, count);
        break;
    }
  }
}
