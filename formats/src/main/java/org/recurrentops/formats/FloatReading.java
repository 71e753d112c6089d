package org.recurrentops.formats;

import java.nio.ByteBuffer;

/** Floating-point types of files as float32. */
final class FloatReading {
  private FloatReading() {}

  static float[] read(String where, SafetensorsEntry e, ByteBuffer bytes, boolean round) {
    float[] values = new float[Math.toIntExact(e.shape().elements())];
    switch (e.dtype()) {
      case "F32":
        bytes.asFloatBuffer().get(values);
        return values;
      case "BF16":
        for (int i = 0; i < values.length; i++) {
          values[i] = Float.intBitsToFloat(bytes.getShort() << 16);
        }
        return values;
      case "F16":
        for (int i = 0; i < values.length; i++) {
          values[i] = half(bytes.getShort());
        }
        return values;
      case "F64":
        for (int i = 0; i < values.length; i++) {
          values[i] = single(where, i, bytes.getDouble(), round);
        }
        return values;
      default:
        throw new SafetensorsException(
            where + ": dtype: expected F32, F64, F16 or BF16, got " + e.dtype());
    }
  }

  private static float single(String where, int index, double wide, boolean round) {
    float value = (float) wide;
    if (!round && value != wide && !Double.isNaN(wide)) {
      throw new SafetensorsException(
          where
              + ": expected F64 values that float32 holds exactly, got "
              + wide
              + " at index "
              + index
              + "; ask for rounding");
    }
    return value;
  }

  /** IEEE binary16: 1 sign, 5 exponent, 10 fraction bits. Java 20 has it, 17 does not. */
  static float half(short bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = bits >> 10 & 0x1f;
    int fraction = bits & 0x3ff;
    if (exponent == 0x1f) {
      return Float.intBitsToFloat(sign | 0x7f800000 | fraction << 13);
    }
    if (exponent == 0) {
      float tiny = fraction * 0x1p-24f;
      return sign == 0 ? tiny : -tiny;
    }
    return Float.intBitsToFloat(sign | exponent + 112 << 23 | fraction << 13);
  }
}
