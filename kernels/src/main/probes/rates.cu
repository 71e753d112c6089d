// needs: sm_75
// How fast memories and float32 units are, and what a launch costs. Sums are modulo 2^32.
#include "exchange_pieces.h"

#define SHARED_QUADS 2048
#define CHAINS 8

// fill_words: at [count] = value, by one-dimensional blocks.
extern "C" __global__ void fill_words(unsigned *at, const unsigned value, const long long count) {
  const long long size = (long long)gridDim.x * blockDim.x;
  for (long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x; i < count; i += size) {
    at[i] = value;
  }
}

// rate_nothing: the cost of a launch.
extern "C" __global__ void rate_nothing(unsigned *unused) {
  if (unused != nullptr && threadIdx.x == 1024) {
    *unused = 0;
  }
}

PIECE unsigned quad_sum(const quad v) { return v.x + v.y + v.z + v.w; }

// rate_global: the grid together reads `count` quads `rounds` times, past the first-level cache.
// out: sums [threads of the grid]
extern "C" __global__ void __launch_bounds__(256) rate_global(
    const quad *in, unsigned *sums, const long long count, const int rounds) {
  const long long size = (long long)gridDim.x * blockDim.x;
  const long long id = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  unsigned sum = 0;
  for (int r = 0; r < rounds; r++) {
#pragma unroll 8
    for (long long i = id; i < count; i += size) {
      sum += quad_sum(load_relaxed4(in + i));
    }
  }
  sums[id] = sum;
}

// rate_broadcast: every block reads all `count` quads `rounds` times, past the first-level cache.
// out: sums [threads of the grid]
extern "C" __global__ void __launch_bounds__(256) rate_broadcast(
    const quad *in, unsigned *sums, const int count, const int rounds) {
  unsigned sum = 0;
  for (int r = 0; r < rounds; r++) {
#pragma unroll 8
    for (int i = (int)threadIdx.x; i < count; i += (int)blockDim.x) {
      sum += quad_sum(load_relaxed4(in + i));
    }
  }
  sums[blockIdx.x * blockDim.x + threadIdx.x] = sum;
}

// rate_shared: every block fills 32 KiB with the numbers of the quads and reads it `rounds` times.
// out: sums [threads of the grid]
extern "C" __global__ void __launch_bounds__(256) rate_shared(unsigned *sums, const int rounds) {
  __shared__ quad tile[SHARED_QUADS];
  for (int i = (int)threadIdx.x; i < SHARED_QUADS; i += (int)blockDim.x) {
    const quad v = {(unsigned)i, 0u, 1u, 0u};
    tile[i] = v;
  }
  __syncthreads();
  unsigned sum = 0;
  for (int r = 0; r < rounds; r++) {
#pragma unroll
    for (int i = 0; i < SHARED_QUADS; i += 256) {
      // other places in each round, so that no round's loads can stand for another's
      sum += quad_sum(tile[((int)threadIdx.x + i + r) % SHARED_QUADS]);
    }
  }
  sums[blockIdx.x * blockDim.x + threadIdx.x] = sum;
}

// rate_float: chains of multiply-adds x = x a + b. With a = b = 1: out [threads] = rounds
extern "C" __global__ void __launch_bounds__(256) rate_float(
    float *out, const float a, const float b, const int rounds) {
  float x[CHAINS];
#pragma unroll
  for (int c = 0; c < CHAINS; c++) {
    x[c] = 0.0f;
  }
  for (int r = 0; r < rounds; r++) {
#pragma unroll
    for (int c = 0; c < CHAINS; c++) {
      x[c] = fmaf(x[c], a, b);
    }
  }
  bool same = true;
#pragma unroll
  for (int c = 1; c < CHAINS; c++) {
    same = same && x[c] == x[0];
  }
  out[blockIdx.x * blockDim.x + threadIdx.x] = same ? x[0] : -1.0f;
}
