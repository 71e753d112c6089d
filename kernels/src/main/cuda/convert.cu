// Operands of matrix products into their format. No twin in OpenCL, which multiplies in float32 only.
#include "cell_math.h"
#include "rounding.h"

// dst[rows, width], densely, = src[i * src_row + j] rounded to `format`: one thread per element. With
// OPERAND_IN_16_BITS dst holds 16-bit numbers from its first byte on, else the float32 of the same values.
extern "C" __global__ void convert_rows(const float *__restrict__ src, const long long src_offset,
                                        float *__restrict__ dst, const long long dst_offset,
                                        const long long src_row, const long long rows, const int width,
                                        const int format) {
  const long long at = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (at >= rows * width) {
    return;
  }
  const unsigned int x = __float_as_uint(src[src_offset + at / width * src_row + at % width]);
  const int kind = format % OPERAND_IN_16_BITS;
  unsigned int nearest = nearest_bits(x, kind == OPERAND_TF32 ? 13u : 16u);
  if (kind == OPERAND_FP16) {
    nearest = nearest_half(x);
  }
  if (format < OPERAND_IN_16_BITS) {
    dst[dst_offset + at] = __uint_as_float(nearest);
    return;
  }
  const unsigned int half = kind == OPERAND_FP16 ? half_of(nearest) : nearest >> 16;
  ((unsigned short *)(dst + dst_offset))[at] = (unsigned short)half;
}
