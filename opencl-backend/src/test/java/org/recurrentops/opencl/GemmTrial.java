package org.recurrentops.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.recurrentops.DType;
import org.recurrentops.MathMode;
import org.recurrentops.gpu.Device;
import org.recurrentops.gpu.Gemm;
import org.recurrentops.gpu.GemmShape;
import org.recurrentops.spi.DeviceBuffer;

/**
 * One product on a device against a double-precision one. Memory outside the matrices holds NaN, C
 * holds NaN unless it is added to, and everything around C must keep its bits.
 */
final class GemmTrial {
  private static final float GUARD = Float.intBitsToFloat(0x7fc0beef);

  private final Device device;
  private final GemmShape shape;
  private final int offset;
  private final long seed;

  GemmTrial(Device device, GemmShape shape, int offset, long seed) {
    this.device = device;
    this.shape = shape;
    this.offset = offset;
    this.seed = seed;
  }

  /** A shape whose rows are {@code gap} elements longer than they need to be. */
  static GemmShape shape(boolean ta, boolean tb, int m, int n, int k, int gap, boolean add) {
    return new GemmShape(ta, tb, m, n, k, (ta ? m : k) + gap, (tb ? k : n) + gap, n + gap, add);
  }

  void check(String form) {
    Random random = new Random(seed);
    float[] a =
        matrix(shape.transposeA() ? shape.k() : shape.m(), cols(true), shape.lda(), 0, random);
    float[] b =
        matrix(shape.transposeB() ? shape.n() : shape.k(), cols(false), shape.ldb(), 0, random);
    float[] c = matrix(shape.m(), shape.n(), shape.ldc(), 3, random);
    float[] before = c.clone();
    if (!shape.accumulate()) {
      forEachElement((i, j) -> before[at(i, j)] = Float.NaN);
    }
    float[] got = run(form, a, b, before);
    compare(form, a, b, c, got);
  }

  private int cols(boolean left) {
    if (left) {
      return shape.transposeA() ? shape.m() : shape.k();
    }
    return shape.transposeB() ? shape.k() : shape.n();
  }

  private float[] matrix(int rows, int cols, int ld, int tail, Random random) {
    // The operands end with their last element, so that reading on leaves the buffer.
    float[] all = new float[offset + (rows - 1) * ld + cols + tail];
    Arrays.fill(all, GUARD);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < cols; j++) {
        all[offset + i * ld + j] = random.nextFloat() * 2 - 1;
      }
    }
    return all;
  }

  private float[] run(String form, float[] a, float[] b, float[] c) {
    DeviceBuffer da = device.allocate(DType.F32, a.length);
    DeviceBuffer db = device.allocate(DType.F32, b.length);
    DeviceBuffer dc = device.allocate(DType.F32, c.length);
    Gemm gemm = device.products(form, MathMode.FP32).prepare(shape);
    try {
      device.upload(device.defaultQueue(), da, 0, a, 0, a.length);
      device.upload(device.defaultQueue(), db, 0, b, 0, b.length);
      device.upload(device.defaultQueue(), dc, 0, c, 0, c.length);
      gemm.a(da, offset);
      gemm.b(db, offset);
      gemm.c(dc, offset);
      gemm.run(device.defaultQueue());
      float[] got = new float[c.length];
      device.download(device.defaultQueue(), dc, 0, got, 0, got.length);
      return got;
    } finally {
      gemm.close();
      da.free();
      db.free();
      dc.free();
    }
  }

  private interface Element {
    void at(int i, int j);
  }

  private void forEachElement(Element e) {
    for (int i = 0; i < shape.m(); i++) {
      for (int j = 0; j < shape.n(); j++) {
        e.at(i, j);
      }
    }
  }

  private int at(int i, int j) {
    return offset + i * shape.ldc() + j;
  }

  private void compare(String form, float[] a, float[] b, float[] c, float[] got) {
    boolean[] inside = new boolean[got.length];
    double unit = Math.ulp(1.0f) / 2;
    double tolerance = 8 * Math.ceil(Math.log(shape.k() + 1) / Math.log(2)) * unit;
    forEachElement(
        (i, j) -> {
          double sum = shape.accumulate() ? c[at(i, j)] : 0;
          double scale = Math.abs(sum);
          for (int d = 0; d < shape.k(); d++) {
            double product = (double) left(a, i, d) * right(b, d, j);
            sum += product;
            scale += Math.abs(product);
          }
          float result = got[at(i, j)];
          inside[at(i, j)] = true;
          assertTrue(
              Math.abs(result - sum) <= tolerance * scale,
              () -> message(form) + ": C[" + i + "," + j + "] = " + result);
        });
    for (int i = 0; i < got.length; i++) {
      if (!inside[i]) {
        int index = i;
        assertEquals(
            Float.floatToRawIntBits(GUARD),
            Float.floatToRawIntBits(got[i]),
            () -> message(form) + ": wrote outside C at " + index);
      }
    }
  }

  private float left(float[] a, int i, int d) {
    return a[offset + (shape.transposeA() ? d * shape.lda() + i : i * shape.lda() + d)];
  }

  private float right(float[] b, int d, int j) {
    return b[offset + (shape.transposeB() ? j * shape.ldb() + d : d * shape.ldb() + j)];
  }

  private String message(String form) {
    return form + " " + shape + " offset " + offset + " seed " + seed;
  }
}
