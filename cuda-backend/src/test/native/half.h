// The formats of products with reduced precision. Rounding is to nearest, ties to even, but for TF32: what cuBLAS does there
// is not documented, and the hardware cuts the low bits off, so the software device does that, too.
#pragma once
#include <cstdint>
#include <cstring>

inline uint32_t bits_of(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

inline float float_of_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

// 10 explicit mantissa bits of a float.
inline float tf32_of(float value) { return value != value ? value : float_of_bits(bits_of(value) & 0xFFFFE000u); }

inline float float_of_bfloat(uint16_t bits) { return float_of_bits((uint32_t)bits << 16); }

// The bfloat16 nearest to a finite float, as a float.
inline float bfloat_of(float value) {
  const uint32_t bits = bits_of(value);
  return float_of_bits((bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000u);
}

inline float float_of_half(uint16_t bits) {
  _Float16 value;
  memcpy(&value, &bits, sizeof value);
  return (float)value;
}
