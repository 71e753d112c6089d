// needs: sm_80
// Unit tests of mma_pieces.h, one warp each, and the rate of tensor cores.
#include "exchange_pieces.h"
#include "mma_pieces.h"

#define WARPS 8
#define CHAINS 4

// piece_mma_...: one tile. in: a [32,4], b [32,2], d [32,4], each lane's words   out: d
extern "C" __global__ void piece_mma_bf16(const unsigned *a, const unsigned *b, float *d) {
  __shared__ unsigned scratch[MMA_SCRATCH];
  mma_bf16(d + 4 * threadIdx.x, a + 4 * threadIdx.x, b + 2 * threadIdx.x, scratch);
}
extern "C" __global__ void piece_mma_fp16(const unsigned *a, const unsigned *b, float *d) {
  __shared__ unsigned scratch[MMA_SCRATCH];
  mma_fp16(d + 4 * threadIdx.x, a + 4 * threadIdx.x, b + 2 * threadIdx.x, scratch);
}
extern "C" __global__ void piece_mma_tf32(const unsigned *a, const unsigned *b, float *d) {
  __shared__ unsigned scratch[MMA_SCRATCH];
  mma_tf32(d + 4 * threadIdx.x, a + 4 * threadIdx.x, b + 2 * threadIdx.x, scratch);
}

#ifndef PLAIN_TWINS  // of the rest there is nothing to compare
// mma_rate_...: four independent chains of products of ones per warp. `one` is that operand's word.
// out: d [threads of the grid] = K rounds, or -1 where a chain differs
#define MMA_RATE(name, product)                                                            \
  PIECE void name##_chains(float *d, const unsigned one, const int rounds) {               \
    __shared__ unsigned scratch[MMA_SCRATCH * WARPS];                                      \
    const unsigned a[4] = {one, one, one, one};                                            \
    const unsigned b[2] = {one, one};                                                      \
    float sums[CHAINS][4] = {};                                                            \
    for (int r = 0; r < rounds; r++) {                                                     \
      for (int c = 0; c < CHAINS; c++) {                                                   \
        product(sums[c], a, b, scratch);                                                   \
      }                                                                                    \
    }                                                                                      \
    bool same = true;                                                                      \
    for (int c = 0; c < CHAINS; c++) {                                                     \
      for (int i = 0; i < 4; i++) {                                                        \
        same = same && sums[c][i] == sums[0][0];                                           \
      }                                                                                    \
    }                                                                                      \
    d[blockIdx.x * blockDim.x + threadIdx.x] = same ? sums[0][0] : -1.0f;                  \
  }
MMA_RATE(mma_bf16, mma_bf16)
MMA_RATE(mma_fp16, mma_fp16)
MMA_RATE(mma_tf32, mma_tf32)

extern "C" __global__ void __launch_bounds__(256) mma_rate_bf16(
    float *d, const unsigned one, const int rounds) {
  mma_bf16_chains(d, one, rounds);
}
extern "C" __global__ void __launch_bounds__(256) mma_rate_fp16(
    float *d, const unsigned one, const int rounds) {
  mma_fp16_chains(d, one, rounds);
}
extern "C" __global__ void __launch_bounds__(256) mma_rate_tf32(
    float *d, const unsigned one, const int rounds) {
  mma_tf32_chains(d, one, rounds);
}
#endif
