// needs: sm_75
// Unit tests of exchange_pieces.h, and how long blocks wait for each other. Every wait is bounded
// by `limit` nanoseconds and ends all others through *abort.
#include "exchange_pieces.h"

// Loads that a thread has under way before it looks at the first.
#define AT_ONCE 8

// piece_copy: quads and single words through relaxed loads and stores; one thread per quad.
// in : in [count]   out: copies [count]; seconds [count], the second word of each
extern "C" __global__ void piece_copy(
    const quad *in, quad *copies, unsigned *seconds, const int count) {
  const int i = (int)(blockIdx.x * blockDim.x + threadIdx.x);
  if (i < count) {
    store_relaxed4(copies + i, load_relaxed4(in + i));
    store_relaxed(seconds + i, load_relaxed(&in[i].y));
  }
}

// piece_published: what published() makes of bits, and whether has_arrived() sees a hole.
// in : bits [4 count]   out: words [4 count]; arrived [count] before, full [count] after
extern "C" __global__ void piece_published(
    const quad *bits, quad *words, unsigned *arrived, unsigned *full, const int count) {
  const int i = (int)(blockIdx.x * blockDim.x + threadIdx.x);
  if (i < count) {
    const quad v = bits[i];
    quad w;
    w.x = published(__uint_as_float(v.x));
    w.y = published(__uint_as_float(v.y));
    w.z = published(__uint_as_float(v.z));
    w.w = published(__uint_as_float(v.w));
    words[i] = w;
    arrived[i] = has_arrived(v) ? 1u : 0u;
    full[i] = has_arrived(w) ? 1u : 0u;
  }
}

// piece_give_up: waits for a counter that nobody raises, twice: the first wait sets *abort after
// `limit`, the second sees it. out: answers [4] = result and abort word after each
extern "C" __global__ void piece_give_up(
    const unsigned *counter, unsigned *abort, unsigned *answers, const unsigned long long limit) {
  if (threadIdx.x == 0) {
    for (int i = 0; i < 2; i++) {
      answers[2 * i] = wait_for(counter, 1u, abort, i == 0 ? limit : ~0ull) ? 1u : 0u;
      answers[2 * i + 1] = load_relaxed(abort);
    }
  }
}

#ifndef PLAIN_TWINS  // of the rest there is nothing to compare
// exchange_flag: the first and the last block in turns write a word, raise their flag and wait for
// the other's: data travels under release and acquire. Two hops a round.
// in : flags [64], of which 0 and 32 are used, and data [64] all 0
// out: sums [2], each rounds (rounds + 1) / 2
extern "C" __global__ void exchange_flag(
    unsigned *flags, unsigned *data, unsigned *sums, unsigned *abort, const int rounds,
    const unsigned long long limit) {
  const bool first = blockIdx.x == 0;
  if (threadIdx.x != 0 || !(first || blockIdx.x == gridDim.x - 1)) {
    return;
  }
  const int own = first ? 0 : 32;
  const int other = 32 - own;
  unsigned sum = 0;
  for (unsigned r = 1; r <= (unsigned)rounds; r++) {
    if (first) {
      data[own] = r;
      store_release(flags + own, r);
    }
    if (!wait_for(flags + other, r, abort, limit)) {
      break;
    }
    sum += data[other];
    if (!first) {
      data[own] = r;
      store_release(flags + own, r);
    }
  }
  sums[first ? 0 : 1] = sum;
}

// Waits until all four words of a quad are there, of which `v` are the latest known.
PIECE quad await_quad(
    quad v, const quad *at, unsigned *abort, const unsigned long long limit, bool *alive) {
  patience p = {0u, 0u};
  while (*alive && !has_arrived(v)) {
    *alive = may_wait(&p, abort, limit);
    v = load_relaxed4(at);
  }
  return v;
}

// exchange_mailbox: as exchange_flag, but the data are their own flags: each thread sends quads
// that must not be NOT_YET and are written once. Two hops a round.
// in : mail [2, rounds, threads] all NOT_YET   out: sums [2, threads], each rounds (rounds - 1) / 2
extern "C" __global__ void exchange_mailbox(
    quad *mail, unsigned *sums, unsigned *abort, const int rounds,
    const unsigned long long limit) {
  const bool first = blockIdx.x == 0;
  if (!(first || blockIdx.x == gridDim.x - 1)) {
    return;
  }
  const long long threads = blockDim.x;
  quad *own = mail + (first ? 0 : threads * rounds) + threadIdx.x;
  const quad *other = mail + (first ? threads * rounds : 0) + threadIdx.x;
  bool alive = true;
  unsigned sum = 0;
  for (int r = 0; r < rounds && alive; r++) {
    const quad v = {(unsigned)r, threadIdx.x, 0u, 1u};
    if (first) {
      store_relaxed4(own + r * threads, v);
    }
    const quad *at = other + r * threads;
    sum += await_quad(load_relaxed4(at), at, abort, limit, &alive).x;
    if (!first) {
      store_relaxed4(own + r * threads, v);
    }
  }
  sums[(first ? 0 : threads) + threadIdx.x] = sum;
}

// exchange_all: the step of a persistent layer without its arithmetic. In each step every block
// publishes `share` quads and reads those of all blocks; the value of a step is made of what was
// read in the one before.
// in : mail [steps, blocks, share] all NOT_YET, share <= threads
// out: values [blocks], each `steps`
extern "C" __global__ void exchange_all(
    quad *mail, unsigned *values, unsigned *abort, const int share, const int steps,
    const unsigned long long limit) {
  const int all = (int)gridDim.x * share;
  unsigned value = 1;
  for (int t = 0; t < steps; t++) {
    quad *step = mail + (long long)t * all;
    if ((int)threadIdx.x < share) {
      const quad v = {value, value, value, value};
      store_relaxed4(step + (int)blockIdx.x * share + (int)threadIdx.x, v);
    }
    bool alive = true;
    unsigned wrong = 0;
    for (int i = (int)threadIdx.x; i < all; i += AT_ONCE * (int)blockDim.x) {
      quad got[AT_ONCE];
#pragma unroll
      for (int k = 0; k < AT_ONCE; k++) {
        got[k] = load_relaxed4(step + min(i + k * (int)blockDim.x, all - 1));
      }
#pragma unroll
      for (int k = 0; k < AT_ONCE; k++) {
        const quad *at = step + min(i + k * (int)blockDim.x, all - 1);
        wrong |= await_quad(got[k], at, abort, limit, &alive).w ^ value;
      }
    }
    if (__syncthreads_or(!alive || wrong != 0u)) {
      break;
    }
    value++;
  }
  if (threadIdx.x == 0) {
    values[blockIdx.x] = value - 1u;
  }
}

// exchange_barrier: `rounds` barriers of the whole grid. After each every block reads what its
// neighbour wrote before it. in: counter, marks [2, blocks] 0   out: values [blocks] = rounds
extern "C" __global__ void exchange_barrier(
    unsigned *counter, unsigned *marks, unsigned *values, unsigned *abort, const int rounds,
    const unsigned long long limit) {
  unsigned right = 0;
  for (int r = 1; r <= rounds; r++) {
    unsigned *now = marks + (r & 1) * (int)gridDim.x;
    if (threadIdx.x == 0) {
      now[blockIdx.x] = (unsigned)r;
    }
    if (!grid_barrier(counter, (unsigned)r * gridDim.x, abort, limit)) {
      break;
    }
    right += now[(blockIdx.x + 1) % gridDim.x] == (unsigned)r ? 1u : 0u;
  }
  if (threadIdx.x == 0) {
    values[blockIdx.x] = right;
  }
}

// exchange_handshake: what every block learns of whether the grid is complete, and who ended it.
// Block `silent` does not come, -1 for none. in: counter and verdict 0
// out: complete [blocks], ended [blocks], but those of `silent`
extern "C" __global__ void exchange_handshake(
    unsigned *counter, unsigned *verdict, unsigned *complete, unsigned *ended, const int silent,
    const unsigned long long limit) {
  if (threadIdx.x == 0 && (int)blockIdx.x != silent) {
    bool gave_up = false;
    complete[blockIdx.x] = grid_completes(counter, verdict, limit, &gave_up) ? 1u : 0u;
    ended[blockIdx.x] = gave_up ? 1u : 0u;
  }
}

// residency: see count_residents()
extern "C" __global__ void residency(
    unsigned *arrived, unsigned *least, const unsigned long long stay) {
  count_residents(arrived, least, stay);
}
#endif
