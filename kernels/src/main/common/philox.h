// philox.h: Philox4x32-10 (Salmon, Moraes, Dror and Shaw, SC 2011), one word of four. Bit-identical
// to org.recurrentops.Philox.
#ifdef __OPENCL_C_VERSION__
#define PHILOX_HIGH(a, b) mul_hi(a, b)
#else
#define PHILOX_HIGH(a, b) ((unsigned int)(((unsigned long long)(a) * (b)) >> 32))
#endif

CELL_FUNCTION unsigned int philox_word(
    unsigned int k0, unsigned int k1, unsigned int x0, unsigned int x1, unsigned int x2,
    unsigned int x3, int word) {
  for (int round = 0; round < 10; round++) {
    const unsigned int high0 = PHILOX_HIGH(0xD2511F53u, x0);
    const unsigned int low0 = 0xD2511F53u * x0;
    const unsigned int high1 = PHILOX_HIGH(0xCD9E8D57u, x2);
    const unsigned int low1 = 0xCD9E8D57u * x2;
    x0 = high1 ^ x1 ^ k0;
    x1 = low1;
    x2 = high0 ^ x3 ^ k1;
    x3 = low0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return word == 0 ? x0 : word == 1 ? x1 : word == 2 ? x2 : x3;
}
