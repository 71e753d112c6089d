// needs: sm_80
// Unit tests of mma_pieces.h, one warp each, and of copy_pieces.h, and the rate of tensor cores.
#include "exchange_pieces.h"
#include "mma_pieces.h"
#include "copy_pieces.h"

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

// piece_copy_ahead: a ring of two slots per thread, through which go `count` quads of each thread, and a
// group of two in the end, read by a neighbour behind a barrier. At most 64 threads.
// in : from [count, threads], last [2, threads]   out: sums [threads]
extern "C" __global__ void piece_copy_ahead(
    const quad *from, const quad *last, unsigned *sums, const int count) {
  __shared__ quad ring[2][64];
  const int i = (int)threadIdx.x, threads = (int)blockDim.x;
  for (int k = 0; k < 2; k++) {
    copy_ahead(&ring[k][i], from + k * threads + i);
    end_copies();
  }
  unsigned sum = 0;
  for (int k = 0; k < count; k++) {
    await_copies<1>();
    const quad v = ring[k % 2][i];
    sum = 31u * sum + v.x + 3u * v.y + 5u * v.z + 7u * v.w;
    if (k + 2 < count) {
      copy_ahead(&ring[k % 2][i], from + (k + 2) * threads + i);
    }
    end_copies();
  }
  for (int k = 0; k < 2; k++) {
    copy_ahead(&ring[k][i], last + k * threads + i);
  }
  end_copies();
  await_copies<0>();
  __syncthreads();
  const quad one = ring[0][(i + 1) % threads], other = ring[1][(i + 2) % threads];
  sums[i] = 31u * sum + (one.x ^ other.w);
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
