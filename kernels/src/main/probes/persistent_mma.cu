// needs: sm_80
// The forward loop of an LSTM in bfloat16 with float32 sums, R in registers as fragments of tensor
// cores, h by mailbox: the strategy `persistent flat`. 16 rows. A block owns 2 TILES units: 8 TILES
// gate rows, row 4 unit + gate; its warps split K = H, each 32 CHUNKS of it.
#include "cell_math.h"
#include "exchange_pieces.h"
#include "mma_pieces.h"

#define ROWS 16
#define GATES 4

// float to bfloat16, to nearest even; no NaN arrives here.
PIECE unsigned bf16_bits(const float x) {
  const unsigned bits = __float_as_uint(x);
  return (bits + 0x7FFFu + (bits >> 16 & 1u)) >> 16;
}

struct loop {
  const float *gates;
  quad *mail;
  unsigned *abort;
  unsigned long long limit;
  int steps;
};

// W x + b of a thread's two units of one row, asked for before anybody waits.
template <int TILES, int H>
PIECE void load_gates(float *a, const int t, const loop &l) {
  const int row = (int)threadIdx.x / TILES;  // beyond the last one in threads that finish nothing
  const int column = 2 * ((int)blockIdx.x * TILES + (int)threadIdx.x % TILES);
  const float *from = l.gates + ((long long)t * ROWS + row) * GATES * H + column;
#pragma unroll
  for (int g = 0; g < GATES; g++) {
    a[g] = row < ROWS ? from[g * H] : 0.0f;
    a[GATES + g] = row < ROWS ? from[g * H + 1] : 0.0f;
  }
}

// Loads this lane's part of h before step t, all of it at once, again until every word is there.
template <int WARPS, int CHUNKS, int H>
PIECE bool load_state(quad *low, quad *high, const int t, const loop &l) {
  const int lane = (int)threadIdx.x % 32;
  const quad *from = l.mail + ((long long)t * ROWS + lane / 4) * (H / 8) +
                     4 * ((int)threadIdx.x / 32) * CHUNKS + lane % 4;
  patience p = {0u, 0u};
  for (;;) {
    bool arrived = true;
#pragma unroll
    for (int k = 0; k < CHUNKS; k++) {
      low[k] = load_relaxed4(from + 4 * k);
      high[k] = load_relaxed4(from + 8 * (H / 8) + 4 * k);
    }
#pragma unroll
    for (int k = 0; k < CHUNKS; k++) {
      arrived = arrived && has_arrived(low[k]) && has_arrived(high[k]);
    }
    if (arrived) {
      return true;
    }
    if (!may_wait(&p, l.abort, l.limit)) {
      return false;
    }
  }
}

// Two units of one row: sums over the warps, activation, and one word published.
template <int WARPS, int TILES, int H>
PIECE void finish_pair(float *gates, const float *part, float *c, const int t, const loop &l) {
  constexpr int UNITS = 2 * TILES, WIDTH = GATES * UNITS;
  const int row = (int)threadIdx.x / TILES;
  const int pair = (int)threadIdx.x % TILES;
  unsigned word = 0;
#pragma unroll
  for (int i = 0; i < 2; i++) {
    const int unit = 2 * pair + i;
    float *a = gates + GATES * i;
#pragma unroll
    for (int g = 0; g < GATES; g++) {
#pragma unroll
      for (int w = 0; w < WARPS; w++) {
        a[g] += part[(w * ROWS + row) * WIDTH + GATES * unit + g];
      }
    }
    c[i] = lstm_cell(sigmoid(a[0]), sigmoid(a[1]), CELL_TANH(a[2]), c[i]);
    word |= bf16_bits(sigmoid(a[3]) * CELL_TANH(c[i])) << (16 * i);
  }
  unsigned *after = (unsigned *)(l.mail + (long long)(t + 1) * ROWS * H / 8);
  store_relaxed(after + (row * H + (int)blockIdx.x * UNITS) / 2 + pair, word);
}

// in : gates [T,16,4H] = W x + b in order i,f,g,o; weight [4H,H] = R in bfloat16; mail [T+1,16,H]
//      bfloat16, slot 0 the initial h, all others NOT_YET; c begins as 0
// out: mail slots 1 ... T. No h is a NaN, so no word is NOT_YET.
template <int WARPS, int CHUNKS, int TILES>
PIECE void lstm_loop(const quad *weight, float *part, unsigned *scratch, const loop &l) {
  constexpr int H = 32 * WARPS * CHUNKS, UNITS = 2 * TILES, WIDTH = GATES * UNITS;
  const int warp = (int)threadIdx.x / 32, lane = (int)threadIdx.x % 32;
  const int group = lane / 4, quarter = lane % 4;
  // k is permuted alike in R and h: a lane's 16 bytes are 8 neighbours, and feed two products
  quad r[CHUNKS][TILES];
#pragma unroll
  for (int n = 0; n < TILES; n++) {
    const int row = 8 * n + group;
    const int unit = (int)blockIdx.x * UNITS + row / GATES;
#pragma unroll
    for (int k = 0; k < CHUNKS; k++) {
      r[k][n] = weight[((row % GATES) * H + unit) * (H / 8) + 4 * (warp * CHUNKS + k) + quarter];
    }
  }
  float c[2] = {0.0f, 0.0f};
  for (int t = 0; t < l.steps; t++) {
    float a[2 * GATES];
    load_gates<TILES, H>(a, t, l);
    quad low[CHUNKS], high[CHUNKS];
    const bool arrived = load_state<WARPS, CHUNKS, H>(low, high, t, l);
    if (__syncthreads_or(!arrived)) {
      return;
    }
#pragma unroll
    for (int n = 0; n < TILES; n++) {
      float d[4] = {0.0f, 0.0f, 0.0f, 0.0f};
#pragma unroll
      for (int k = 0; k < CHUNKS; k++) {
        const unsigned a0[4] = {low[k].x, high[k].x, low[k].y, high[k].y};
        const unsigned b0[2] = {r[k][n].x, r[k][n].y};
        mma_bf16(d, a0, b0, scratch);
        const unsigned a1[4] = {low[k].z, high[k].z, low[k].w, high[k].w};
        const unsigned b1[2] = {r[k][n].z, r[k][n].w};
        mma_bf16(d, a1, b1, scratch);
      }
      float *to = part + (warp * ROWS + group) * WIDTH + 8 * n + 2 * quarter;
      to[0] = d[0];
      to[1] = d[1];
      to[8 * WIDTH] = d[2];
      to[8 * WIDTH + 1] = d[3];
    }
    __syncthreads();
    if ((int)threadIdx.x < ROWS * TILES) {
      finish_pair<WARPS, TILES, H>(a, part, c, t, l);
    }
  }
}

// persistent_mma_H: H / (2 TILES) blocks of 32 WARPS threads that all live at once.
#define PERSISTENT(WARPS, CHUNKS, TILES)                                               \
  __shared__ float part[WARPS * ROWS * 8 * TILES];                                     \
  __shared__ unsigned scratch[MMA_SCRATCH * WARPS];                                    \
  const loop l = {gates, mail, abort, limit, steps};                                   \
  lstm_loop<WARPS, CHUNKS, TILES>(weight, part, scratch, l)

extern "C" __global__ void __launch_bounds__(64) persistent_mma_64(
    const float *gates, const quad *weight, quad *mail, unsigned *abort, const int steps,
    const unsigned long long limit) {
  PERSISTENT(2, 1, 2);
}
extern "C" __global__ void __launch_bounds__(256, 1) persistent_mma_512(
    const float *gates, const quad *weight, quad *mail, unsigned *abort, const int steps,
    const unsigned long long limit) {
  PERSISTENT(8, 2, 2);
}
extern "C" __global__ void __launch_bounds__(256, 1) persistent_mma_768(
    const float *gates, const quad *weight, quad *mail, unsigned *abort, const int steps,
    const unsigned long long limit) {
  PERSISTENT(8, 3, 3);
}
extern "C" __global__ void __launch_bounds__(256, 1) persistent_mma_1024(
    const float *gates, const quad *weight, quad *mail, unsigned *abort, const int steps,
    const unsigned long long limit) {
  PERSISTENT(8, 4, 4);
}
