package org.recurrentops.cuda;

import java.util.Random;
import org.recurrentops.Counters;
import org.recurrentops.DType;
import org.recurrentops.MathMode;
import org.recurrentops.gpu.DeviceQueue;
import org.recurrentops.gpu.GemmKernels;
import org.recurrentops.gpu.KernelId;
import org.recurrentops.gpu.LaunchArguments;
import org.recurrentops.gpu.OperandFormat;
import org.recurrentops.spi.DeviceBuffer;
import org.recurrentops.tck.reference.OperandRounding;

/** Converts numbers of every kind on the device and compares them with the reference's rounding. */
final class ConversionMain {
  private static final float[] SPECIAL = {
    0,
    -0f,
    1,
    -1,
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.MIN_VALUE,
    65504,
    65519.996f,
    65520,
    65536,
    -65520,
    1e9f,
    0x1p-14f,
    0x1p-15f,
    0x1p-24f,
    0x1p-25f,
    0x1.8p-25f,
    0x1.8p-24f,
    -0x1.8p-24f,
    0x1.004p0f,
    0x1.00cp0f,
    0x1.002p0f,
    0x1.006p0f,
    0x1.01p0f,
    0x1.03p0f,
    0x1.ffcp-15f,
    0x1.fffp-15f,
    Float.MAX_VALUE
  };

  private static final int ROWS = 33;
  private static final int WIDTH = 57;
  private static final int STRIDE = 61;
  private static final int GUARD = 4;

  private ConversionMain() {}

  public static void main(String[] args) {
    CudaDevice device = new CudaBackend().openDevice("cuda:0", new Counters());
    Random random = new Random(5);
    float[] source = new float[ROWS * STRIDE];
    for (int i = 0; i < source.length; i++) {
      float wide = (float) (random.nextGaussian() * Math.pow(2, random.nextInt(60) - 40));
      source[i] = i < SPECIAL.length ? SPECIAL[i] : wide;
    }
    int compared = 0;
    for (MathMode mode : new MathMode[] {MathMode.TF32, MathMode.BF16, MathMode.FP16}) {
      compared += check(device, source, mode, OperandFormat.roundedTo(mode), mode.ordinal());
      if (mode != MathMode.TF32) {
        compared +=
            check(device, source, mode, OperandFormat.valueOf(mode.name()), 4 + mode.ordinal());
      }
    }
    device.close();
    System.out.println("ok " + compared);
  }

  private static int check(
      CudaDevice device, float[] source, MathMode mode, OperandFormat format, int code) {
    float[] raw = convert(device, source, code);
    int count = ROWS * WIDTH;
    int used = (count + format.perFloat() - 1) / format.perFloat();
    for (int i = 0; i < count; i++) {
      float x = source[i / WIDTH * STRIDE + i % WIDTH];
      double expected = OperandRounding.of(mode).applyAsDouble(x);
      float got = format.perFloat() == 1 ? raw[GUARD + i] : half(raw, i, mode);
      if (Double.compare(got, (float) expected) != 0) {
        throw new AssertionError(
            format + " of " + Float.toHexString(x) + ": expected " + expected + ", got " + got);
      }
    }
    for (int i = GUARD + used; i < raw.length; i++) {
      if (raw[i] != 77) {
        throw new AssertionError(format + ": wrote past the end at " + i);
      }
    }
    return count;
  }

  private static float[] convert(CudaDevice device, float[] source, int code) {
    DeviceQueue queue = device.defaultQueue();
    DeviceBuffer src = device.allocate(DType.F32, source.length);
    DeviceBuffer dst = device.allocate(DType.F32, ROWS * WIDTH + 2 * GUARD);
    float[] raw = new float[ROWS * WIDTH + 2 * GUARD];
    java.util.Arrays.fill(raw, 77);
    device.upload(queue, src, 0, source, 0, source.length);
    device.upload(queue, dst, 0, raw, 0, raw.length);
    KernelId kernel = GemmKernels.cudaOnly().get(0);
    LaunchArguments block = device.prepare(kernel);
    block.set("src", src, 0).set("dst", dst, GUARD).set("src_row", (long) STRIDE);
    block.set("rows", (long) ROWS).set("width", WIDTH).set("format", code);
    block.launch(queue, (ROWS * WIDTH + 127) / 128, 1, 128);
    device.download(queue, dst, 0, raw, 0, raw.length);
    block.close();
    src.free();
    dst.free();
    return raw;
  }

  /** The i-th 16-bit number behind the guard. */
  private static float half(float[] raw, int i, MathMode mode) {
    int pair = Float.floatToRawIntBits(raw[GUARD + i / 2]);
    int bits = i % 2 == 0 ? pair & 0xFFFF : pair >>> 16;
    if (mode == MathMode.BF16) {
      return Float.intBitsToFloat(bits << 16);
    }
    int exponent = bits >> 10 & 31;
    int mantissa = bits & 1023;
    double size =
        exponent == 31
            ? (mantissa == 0 ? Double.POSITIVE_INFINITY : Double.NaN)
            : exponent == 0
                ? mantissa * 0x1p-24
                : Math.scalb(1 + mantissa * 0x1p-10, exponent - 15);
    return (float) (bits < 0x8000 ? size : -size);
  }
}
