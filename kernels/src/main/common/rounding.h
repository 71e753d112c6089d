// rounding.h: float32 to the formats of products with reduced precision, to nearest, ties to even, in integer
// arithmetic: the same bits on every device. NaN stays NaN; what is too large becomes infinite.
#define OPERAND_TF32 1
#define OPERAND_BF16 2
#define OPERAND_FP16 3
#define OPERAND_IN_16_BITS 4  // added to BF16 and FP16: stored as such, not as the float32 of the same value

#define ABSOLUTE_BITS 0x7fffffffu
#define INFINITY_BITS 0x7f800000u
#define QUIET_BIT 0x00400000u

// The bits of x without its `drop` lowest ones.
CELL_FUNCTION unsigned int nearest_bits(unsigned int x, unsigned int drop) {
  if ((x & ABSOLUTE_BITS) > INFINITY_BITS) {
    return (x | QUIET_BIT) & ~((1u << drop) - 1u);
  }
  return (x + (1u << (drop - 1u)) - 1u + ((x >> drop) & 1u)) & ~((1u << drop) - 1u);
}

// The float32 bits of the binary16 nearest to x.
CELL_FUNCTION unsigned int nearest_half(unsigned int x) {
  const unsigned int sign = x & ~ABSOLUTE_BITS;
  const unsigned int size = x & ABSOLUTE_BITS;
  if (size > INFINITY_BITS) {
    return sign | ((size | QUIET_BIT) & 0xffffe000u);
  }
  if (size >= 0x477ff000u) {  // 65520: half-way to the first number that is too large
    return sign | INFINITY_BITS;
  }
  if (size < 0x38800000u) {  // below 2^-14 binary16 has steps of 2^-24, which are those of float32 at 1/2
    return sign | __float_as_uint((__uint_as_float(size) + 0.5f) - 0.5f);
  }
  return sign | nearest_bits(size, 13u);
}

// The 16 bits of a binary16, given as float32 bits that nearest_half has made.
CELL_FUNCTION unsigned int half_of(unsigned int x) {
  const unsigned int sign = (x >> 16) & 0x8000u;
  const unsigned int size = x & ABSOLUTE_BITS;
  if (size >= INFINITY_BITS) {
    return sign | 0x7c00u | ((size >> 13) & 0x3ffu);
  }
  if (size < 0x38800000u) {
    return sign | (__float_as_uint(__uint_as_float(size) + 0.5f) - 0x3f000000u);
  }
  return sign | ((size - 0x38000000u) >> 13);
}
