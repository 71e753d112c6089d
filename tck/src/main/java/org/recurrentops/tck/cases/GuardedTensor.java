package org.recurrentops.tck.cases;

import java.util.Arrays;
import org.recurrentops.DType;
import org.recurrentops.RecurrentOps;
import org.recurrentops.Tensor;
import org.recurrentops.tck.ConformanceFailure;

/**
 * A tensor inside a larger allocation whose other elements hold a sentinel, so that a write outside
 * is seen, and a read outside spoils the result. Holds float32, or int32 or bytes seen through the
 * same interface bit by bit.
 */
final class GuardedTensor implements AutoCloseable {
  /** As a float −6.26e18: large enough to spoil whatever reads it. */
  private static final int SENTINEL = 0xDEADBEEF;

  private final String name;
  private final Tensor root;
  private final Tensor view;
  private final int[] positions;
  private final int[] image;
  private final DType type;
  private final boolean ints;

  private GuardedTensor(
      String name, RecurrentOps ops, DType type, Placement placement, int... dims) {
    this.name = name;
    this.type = type;
    ints = type != DType.F32;
    int rank = dims.length;
    long[] outer = new long[rank];
    for (int i = 0; i < rank; i++) {
      outer[i] = dims[i] + (placement.gaps && i > 0 ? (i == rank - 1 ? 3 : 1) : 0);
    }
    long body = product(outer);
    root = ops.allocate(type, placement.guard + body + placement.guard);
    Tensor window = root.slice(0, placement.guard, placement.guard + body).reshape(outer);
    for (int i = 0; i < rank; i++) {
      window = window.slice(i, 0, dims[i]);
    }
    view = window;
    positions = positions(placement.guard, outer, dims);
    image = new int[(int) root.shape().elements()];
    Arrays.fill(image, type == DType.U8 ? (byte) SENTINEL : SENTINEL);
  }

  static GuardedTensor floats(String name, RecurrentOps ops, Placement p, int... dims) {
    return new GuardedTensor(name, ops, DType.F32, p, dims);
  }

  static GuardedTensor bytes(String name, RecurrentOps ops, Placement p, int... dims) {
    return new GuardedTensor(name, ops, DType.U8, p, dims);
  }

  static GuardedTensor ints(String name, RecurrentOps ops, Placement p, int... dims) {
    return new GuardedTensor(name, ops, DType.I32, p, dims);
  }

  private static long product(long[] dims) {
    long n = 1;
    for (long d : dims) {
      n *= d;
    }
    return n;
  }

  /** Position of every logical element in the allocation, in row-major order. */
  private static int[] positions(int guard, long[] outer, int[] dims) {
    int count = 1;
    for (int d : dims) {
      count *= d;
    }
    int[] at = new int[count];
    for (int e = 0; e < count; e++) {
      int rest = e;
      int stride = 1;
      int position = guard;
      for (int i = dims.length - 1; i >= 0; i--) {
        position += rest % dims[i] * stride;
        rest /= dims[i];
        stride *= (int) outer[i];
      }
      at[e] = position;
    }
    return at;
  }

  /** What is handed to the library. */
  Tensor view() {
    return view;
  }

  /** Uploads values, and the sentinel around them. */
  GuardedTensor set(float[] values) {
    for (int i = 0; i < positions.length; i++) {
      image[positions[i]] = Float.floatToRawIntBits(values[i]);
    }
    return uploadImage();
  }

  /** Uploads values, and the sentinel around them. */
  GuardedTensor set(int[] values) {
    for (int i = 0; i < positions.length; i++) {
      image[positions[i]] = values[i];
    }
    return uploadImage();
  }

  /** Uploads values, and the sentinel around them. */
  GuardedTensor set(byte[] values) {
    for (int i = 0; i < positions.length; i++) {
      image[positions[i]] = values[i];
    }
    return uploadImage();
  }

  /** Fills an output with NaN, so that an element that nobody writes is seen. */
  GuardedTensor setNaN() {
    for (int p : positions) {
      image[p] = Float.floatToRawIntBits(Float.NaN);
    }
    return uploadImage();
  }

  private GuardedTensor uploadImage() {
    if (type == DType.U8) {
      byte[] bytes = new byte[image.length];
      for (int i = 0; i < image.length; i++) {
        bytes[i] = (byte) image[i];
      }
      root.upload(bytes);
      return this;
    }
    if (ints) {
      root.upload(image);
      return this;
    }
    float[] values = new float[image.length];
    for (int i = 0; i < image.length; i++) {
      values[i] = Float.intBitsToFloat(image[i]);
    }
    root.upload(values);
    return this;
  }

  private int[] downloadBits() {
    if (type == DType.U8) {
      byte[] bytes = root.toBytes();
      int[] bits = new int[bytes.length];
      for (int i = 0; i < bits.length; i++) {
        bits[i] = bytes[i];
      }
      return bits;
    }
    if (ints) {
      return root.toInts();
    }
    float[] values = root.toFloats();
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }

  /** Downloads the values, after checking that nothing outside was written. */
  float[] get() {
    int[] bits = downloadBits();
    float[] values = new float[positions.length];
    for (int i = 0; i < positions.length; i++) {
      values[i] = Float.intBitsToFloat(bits[positions[i]]);
      bits[positions[i]] = SENTINEL;
    }
    for (int i = 0; i < bits.length; i++) {
      if (bits[i] != SENTINEL) {
        throw new ConformanceFailure(
            name
                + ": expected no write outside of "
                + view
                + ", got "
                + Float.intBitsToFloat(bits[i])
                + " at element "
                + i
                + " of the allocation, which starts "
                + view.offset()
                + " elements before it");
      }
    }
    return values;
  }

  /** Checks that an input, and all around it, is as it was uploaded. */
  void checkUnchanged() {
    int[] bits = downloadBits();
    for (int i = 0; i < bits.length; i++) {
      boolean bothNaN =
          Float.isNaN(Float.intBitsToFloat(bits[i])) && Float.isNaN(Float.intBitsToFloat(image[i]));
      if (bits[i] != image[i] && (ints || !bothNaN)) {
        throw new ConformanceFailure(
            name
                + ": expected an input to stay as it was, element "
                + i
                + " of its allocation changed from "
                + Float.intBitsToFloat(image[i])
                + " to "
                + Float.intBitsToFloat(bits[i]));
      }
    }
  }

  @Override
  public void close() {
    root.close();
  }
}
