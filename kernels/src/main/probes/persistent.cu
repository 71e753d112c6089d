// needs: sm_75
// A recurrent layer whose weights never leave the chip: the forward loop of an LSTM in float32, as
// simple as it can be, to see on a card what exchanging h costs. Every block owns `share` units
// with all their gates; c stays in its shared memory; h of each step is written once, read by all.
#include "cell_math.h"
#include "exchange_pieces.h"

#define GATES 4

struct layer {
  const float *gates;
  quad *mail;
  unsigned *counter, *abort;
  unsigned long long limit;
  int share, steps, rows, hidden;
};

// Shared memory: R of the own units [H, 4 share], h of a step [N,H], partial sums [threads, 4],
// c [N, share].
PIECE float *weights_of(float *shared) { return shared; }
PIECE float *state_of(float *shared, const layer &l) { return shared + GATES * l.share * l.hidden; }
PIECE float *sums_of(float *shared, const layer &l) {
  return state_of(shared, l) + l.rows * l.hidden;
}
PIECE float *cells_of(float *shared, const layer &l) {
  return sums_of(shared, l) + GATES * (int)blockDim.x;
}

PIECE void load_weights(float *shared, const float *weight, const layer &l) {
  const int columns = GATES * l.share;
  for (int i = (int)threadIdx.x; i < columns * l.hidden; i += (int)blockDim.x) {
    const int k = i / columns;
    const int unit = (int)blockIdx.x * l.share + i % l.share;
    const int gate = i % columns / l.share;
    weights_of(shared)[i] =
        unit < l.hidden ? weight[((long long)gate * l.hidden + unit) * l.hidden + k] : 0.0f;
  }
  for (int i = (int)threadIdx.x; i < l.share * l.rows; i += (int)blockDim.x) {
    cells_of(shared, l)[i] = 0.0f;
  }
}

// Copies h before step t into shared memory; with a mailbox it waits for every word of it.
PIECE bool load_state(float *shared, const int t, const bool mailbox, const layer &l) {
  const int quads = l.rows * l.hidden / 4;
  const quad *from = l.mail + (long long)t * quads;
  quad *to = (quad *)state_of(shared, l);
#pragma unroll 4
  for (int i = (int)threadIdx.x; i < quads; i += (int)blockDim.x) {
    to[i] = load_relaxed4(from + i);
  }
  bool alive = true;
  patience p = {0u, 0u};
  for (int i = (int)threadIdx.x; mailbox && i < quads; i += (int)blockDim.x) {
    while (alive && !has_arrived(to[i])) {
      alive = may_wait(&p, l.abort, l.limit);
      to[i] = load_relaxed4(from + i);
    }
  }
  return __syncthreads_or(!alive) == 0;
}

// Partial sums of R h: the threads share the items (unit, row) and, where there are more threads,
// the k of each.
PIECE void multiply(float *shared, const int items, const int parts, const layer &l) {
  const int part = (int)threadIdx.x / items;
  const int item = (int)threadIdx.x % items;
  if (part >= parts) {
    return;
  }
  const int columns = GATES * l.share;
  const float *w = weights_of(shared) + item % l.share;
  const float *h = state_of(shared, l) + item / l.share * l.hidden;
  float sum[GATES] = {0.0f, 0.0f, 0.0f, 0.0f};
  for (int k = part * l.hidden / parts; k < (part + 1) * l.hidden / parts; k++) {
    for (int g = 0; g < GATES; g++) {
      sum[g] += h[k] * w[k * columns + g * l.share];
    }
  }
  for (int g = 0; g < GATES; g++) {
    sums_of(shared, l)[GATES * threadIdx.x + g] = sum[g];
  }
}

// Activates the gates of the own items and publishes h after step t.
PIECE void finish_step(
    float *shared, const int t, const int items, const int parts, const layer &l) {
  const int item = (int)threadIdx.x;
  const int unit = (int)blockIdx.x * l.share + item % l.share;
  const int row = item / l.share;
  if (item >= items || unit >= l.hidden) {
    return;
  }
  float a[GATES];
  for (int g = 0; g < GATES; g++) {
    a[g] = l.gates[((long long)t * l.rows + row) * GATES * l.hidden + g * l.hidden + unit];
    for (int part = 0; part < parts; part++) {
      a[g] += sums_of(shared, l)[GATES * (part * items + item) + g];
    }
  }
  float *c = cells_of(shared, l) + item;
  *c = lstm_cell(sigmoid(a[0]), sigmoid(a[1]), CELL_TANH(a[2]), *c);
  unsigned *after = (unsigned *)(l.mail + (long long)(t + 1) * l.rows * l.hidden / 4);
  store_relaxed(
      after + row * l.hidden + unit, published(sigmoid(a[3]) * CELL_TANH(*c)));
}

// persistent_lstm: all steps. share * rows <= threads; 4 divides rows * hidden; the grid is
// resident as a whole and has at least hidden / share blocks. Block `silent` leaves before the
// first step, to see the others give up by `limit` instead of hanging; -1 for none.
// in : gates [T,N,4H] = W x + b in order i,f,g,o; weight [4H,H] = R; mail [T+1,N,H], slot 0 the
//      initial h, with a mailbox all others NOT_YET; counter 0; c begins as 0
// out: mail slots 1 ... T
extern "C" __global__ void persistent_lstm(
    const float *gates, const float *weight, quad *mail, unsigned *counter, unsigned *abort,
    const int mailbox, const int silent, const int share, const int steps, const int rows,
    const int hidden, const unsigned long long limit) {
  extern __shared__ float scratch[];
  const layer l = {gates, mail, counter, abort, limit, share, steps, rows, hidden};
  const int items = share * rows;
  const int parts = (int)blockDim.x / items;
  load_weights(scratch, weight, l);
  // nobody writes before all have come
  if (!grid_barrier(counter, gridDim.x, abort, limit) || (int)blockIdx.x == silent) {
    return;
  }
  for (int t = 0; t < steps; t++) {
    if (!load_state(scratch, t, mailbox != 0, l)) {
      return;
    }
    multiply(scratch, items, parts, l);
    __syncthreads();
    finish_step(scratch, t, items, parts, l);
    if (!mailbox && !grid_barrier(counter, (unsigned)(t + 2) * gridDim.x, abort, limit)) {
      return;
    }
  }
}
