// mma_pieces.h: products of small tiles by a warp on tensor cores, and their plain C++ twins, which
// pass the operands through `scratch` (192 words of shared memory per warp, unused in PTX). All
// threads of the block call them together. From compute capability 8.0 on.
//
// D [16,8] += A [16,K] B [K,8] with K = 16 (16-bit operands) or 8 (TF32). Lane 4 g + q holds
//   d[0], d[1]  row g, columns 2q and 2q + 1;  d[2], d[3]  row g + 8
// 16 bit, two values per word, the lower k in the lower half:
//   a[0] row g, k = 2q, 2q + 1;  a[1] row g + 8;  a[2], a[3] the same rows, k + 8
//   b[0] column g, k = 2q, 2q + 1;  b[1] k + 8
// TF32, one value per word, of whose bits the lowest 13 do not count:
//   a[0] row g, k = q;  a[1] row g + 8;  a[2], a[3] the same rows, k + 4
//   b[0] column g, k = q;  b[1] k + 4
#define MMA_SCRATCH 192

#if PLAIN_PIECES
PIECE float bf16_value(const unsigned bits) { return __uint_as_float(bits << 16); }

// Subnormal halves included.
PIECE float fp16_value(const unsigned bits) {
  const unsigned sign = (bits & 0x8000u) << 16;
  const unsigned rest = (bits & 0x7FFFu) << 13;
  if (rest >= (0x7C00u << 13)) {
    return __uint_as_float(sign | 0x7F800000u | rest);
  }
  const float scaled = __uint_as_float(rest) * 0x1p112f;
  return __uint_as_float(sign | __float_as_uint(scaled));
}

PIECE float tf32_value(const unsigned bits) { return __uint_as_float(bits & 0xFFFFE000u); }

enum mma_kind { MMA_BF16, MMA_FP16, MMA_TF32 };

// Element k of a row of A, or of a column of B, from the words that the lanes have shared.
PIECE float mma_operand(
    const mma_kind kind, const unsigned *words, const int line, const int k, const bool is_a) {
  const int half = kind == MMA_TF32 ? k / 4 : k / 8;
  const int lane = 4 * (line % 8) + (kind == MMA_TF32 ? k % 4 : k % 8 / 2);
  const int word = is_a ? 2 * half + line / 8 : 4 + half;
  const unsigned bits = words[6 * lane + word];
  if (kind == MMA_TF32) {
    return tf32_value(bits);
  }
  const unsigned one = k % 2 == 0 ? bits & 0xFFFFu : bits >> 16;
  return kind == MMA_BF16 ? bf16_value(one) : fp16_value(one);
}

PIECE void mma_plain(
    const mma_kind kind, float *d, const unsigned *a, const unsigned *b, unsigned *scratch) {
  const int lane = (int)threadIdx.x % 32;
  unsigned *words = scratch + MMA_SCRATCH * ((int)threadIdx.x / 32);
  for (int i = 0; i < 4; i++) {
    words[6 * lane + i] = a[i];
  }
  words[6 * lane + 4] = b[0];
  words[6 * lane + 5] = b[1];
  __syncthreads();
  for (int i = 0; i < 4; i++) {
    const int row = lane / 4 + 8 * (i / 2);
    const int column = 2 * (lane % 4) + i % 2;
    for (int k = 0; k < (kind == MMA_TF32 ? 8 : 16); k++) {
      d[i] += mma_operand(kind, words, row, k, true) * mma_operand(kind, words, column, k, false);
    }
  }
  __syncthreads();
}

PIECE void mma_bf16(float *d, const unsigned *a, const unsigned *b, unsigned *scratch) {
  mma_plain(MMA_BF16, d, a, b, scratch);
}
PIECE void mma_fp16(float *d, const unsigned *a, const unsigned *b, unsigned *scratch) {
  mma_plain(MMA_FP16, d, a, b, scratch);
}
PIECE void mma_tf32(float *d, const unsigned *a, const unsigned *b, unsigned *scratch) {
  mma_plain(MMA_TF32, d, a, b, scratch);
}
#else
#define MMA_PTX(name, form)                                                                   \
  PIECE void name(float *d, const unsigned *a, const unsigned *b, unsigned *) {               \
    asm volatile("mma.sync.aligned." form                                                     \
                 " {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"           \
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])                             \
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));         \
  }
MMA_PTX(mma_bf16, "m16n8k16.row.col.f32.bf16.bf16.f32")
MMA_PTX(mma_fp16, "m16n8k16.row.col.f32.f16.f16.f32")
MMA_PTX(mma_tf32, "m16n8k8.row.col.f32.tf32.tf32.f32")
#endif
