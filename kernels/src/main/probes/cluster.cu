// needs: sm_90
// Unit tests of cluster_pieces.h, and how fast the blocks of a cluster exchange.
#include "exchange_pieces.h"
#include "persistent_meeting.h"
#include "cluster_pieces.h"
#include "cluster_meeting.h"

#define THREADS 256
#define LOOKS 4096

// piece_arrival: a cluster of one block sends itself a quad per thread in each round, to two slots
// in turns. out: sums [256] of round + neighbour's number over the rounds; 0 after a wait that was
// given up
extern "C" __global__ void __launch_bounds__(THREADS) piece_arrival(
    unsigned *sums, const int rounds) {
  __shared__ quad slots[2][THREADS];
  __shared__ arrival words[2];
  const int id = (int)threadIdx.x;
  if (id == 0) {
    arrival_begin(&words[0], 1);
    arrival_begin(&words[1], 1);
    arrival_fence();
  }
  __syncthreads();
  unsigned sum = 0;
  for (int r = 0; r < rounds; r++) {
    const int b = r & 1;
    if (id == 0) {
      arrive_expecting(&words[b], THREADS * 16);
    }
    const quad v = {(unsigned)(r + id), 0u, 0u, 0u};
    push4(v, &slots[b][id], &words[b], 0);
    __syncthreads();  // a block that runs thread by thread sends everything before it waits
    if (!wait_for_end(&words[b], (unsigned)(r >> 1) & 1u, LOOKS)) {
      sum = 0;
      break;
    }
    sum += slots[b][(id + 1) % THREADS].x;
    __syncthreads();
  }
  sums[id] = sum;
}

#ifndef PLAIN_TWINS  // of the rest there is nothing to compare
// cluster_scatter: warp w of each block sends its peer w a quad per lane; everybody adds up what
// its eight peers sent and sends the sum on. out: values [blocks, 256] = 8^rounds, 0 after a wait
// that was given up. Cards only.
extern "C" __cluster_dims__(8, 1, 1) __global__ void __launch_bounds__(THREADS) cluster_scatter(
    unsigned *values, const int rounds) {
  __shared__ quad slots[2][8][32];
  __shared__ arrival words[2];
  const unsigned rank = cluster_rank();
  const int warp = (int)threadIdx.x / 32;
  const int lane = (int)threadIdx.x % 32;
  if (threadIdx.x == 0) {
    arrival_begin(&words[0], 1);
    arrival_begin(&words[1], 1);
    arrival_fence();
  }
  __syncthreads();
  cluster_barrier();
  unsigned value = 1;
  for (int r = 0; r < rounds; r++) {
    const int b = r & 1;
    if (threadIdx.x == 0) {
      arrive_expecting(&words[b], 8 * 32 * 16);
    }
    const quad v = {value, rank, (unsigned)lane, 0u};
    push4(v, &slots[b][rank][lane], &words[b], (unsigned)warp);
    if (__syncthreads_or(!wait_for_end(&words[b], (unsigned)(r >> 1) & 1u, LOOKS))) {
      value = 0;
      break;
    }
    value = 0;
    for (int peer = 0; peer < 8; peer++) {
      const quad got = slots[b][peer][lane];
      value += got.y == (unsigned)peer && got.z == (unsigned)lane ? got.x : 0x80000000u;
    }
    __syncthreads();  // a peer that has what this round's sums make may write to these slots again
  }
  values[blockIdx.x * THREADS + threadIdx.x] = value;
  cluster_barrier();  // nobody leaves while a peer may write to it
}

// cluster_pass: in each round every thread gives what it has, plus 1, to the next block of its
// cluster, by put_at_peer and a barrier in even rounds, by push1 in odd ones. out: values
// [blocks, 256] = number of the block where it began + rounds; -1 after a wait that was given up.
extern "C" __cluster_dims__(8, 1, 1) __global__ void __launch_bounds__(THREADS) cluster_pass(
    float *values, const int rounds, const unsigned long long limit) {
  __shared__ float slots[4][THREADS];  // used again after a barrier that came after it was read
  __shared__ arrival word;
  const int id = (int)threadIdx.x;
  const unsigned next = (cluster_rank() + 1u) % 8u;
  if (id == 0) {
    arrival_begin(&word, 1);
    arrival_fence();
  }
  __syncthreads();
  cluster_barrier();
  float value = (float)blockIdx.x;
  for (int r = 0; r < rounds; r++) {
    float *slot = &slots[r & 3][id];
    if ((r & 1) == 0) {
      put_at_peer(value + 1.0f, slot, next);
      cluster_barrier();
    } else {
      if (id == 0) {
        arrive_expecting(&word, THREADS * 4);
      }
      push1(value + 1.0f, slot, &word, next);
      if (__syncthreads_or(!wait_within(&word, (unsigned)(r >> 1) & 1u, limit))) {
        value = -1.0f;
        break;
      }
    }
    value = *slot;
  }
  values[blockIdx.x * THREADS + threadIdx.x] = value;
  cluster_barrier();  // nobody leaves while a peer may write to it
}

// cluster_leave: four steps in which all blocks give numbers to all. The second one of a cluster leaves in
// the third step, before it gives or, with `gives`, after that, so that the others wait in vain in that
// step or in the next one. out: values [blocks] = steps that a block began; errors [1] = REPORT_GAVE_UP
extern "C" __cluster_dims__(8, 1, 1) __global__ void __launch_bounds__(THREADS) cluster_leave(
    unsigned *values, int *errors, const int gives, const unsigned long long limit) {
  __shared__ float slots[2][8][THREADS];
  __shared__ arrival words[CLUSTER_WORDS];
  const int id = (int)threadIdx.x;
  const cluster_meeting m = {words, errors, limit};
  begin_words(m);
  __syncthreads();
  cluster_barrier();
  int steps = 0;
  for (bool come = true; come && steps < 4; steps++) {
    const bool leaves = cluster_rank() == 1 && steps == 2;
    if (leaves && !gives) {
      break;
    }
    expect_step(m, steps, 8 * THREADS * 4);
    give_peers(m, steps, &slots[steps & 1][cluster_rank()][id], (float)id, 8);
    come = !leaves && step_has_come(m, steps);
  }
  if (id == 0) {
    values[blockIdx.x] = (unsigned)steps;
  }
  leave_cluster(m, 8, steps, 8 * THREADS * 4, THREADS * 4);
}

// cluster_sizes: clusters of a size that the launch asks for. out: values [blocks] = 100 times the
// size, and the block's rank, as another block of its cluster has written it there. Cards only.
extern "C" __global__ void cluster_sizes(unsigned *values) {
  __shared__ float slot;
  const unsigned rank = cluster_rank(), size = cluster_blocks();
  cluster_barrier();
  if (threadIdx.x == 0) {
    const unsigned next = (rank + 1u) % size;
    put_at_peer(__uint_as_float(100u * size + next), &slot, next);
  }
  cluster_barrier();
  if (threadIdx.x == 0) {
    values[blockIdx.x] = __float_as_uint(slot);
  }
}

// cluster_ping_pong: two blocks send each other a quad in turns. Two hops a round.
// out: values [2] = rounds, less if a wait was given up. Cards only.
extern "C" __cluster_dims__(2, 1, 1) __global__ void cluster_ping_pong(
    unsigned *values, const int rounds) {
  __shared__ quad slot;
  __shared__ arrival word;
  const unsigned rank = cluster_rank();
  if (threadIdx.x == 0) {
    arrival_begin(&word, 1);
    arrival_fence();
  }
  __syncthreads();
  cluster_barrier();
  unsigned done = 0;
  for (int r = 0; r < rounds && threadIdx.x == 0; r++) {
    const quad v = {(unsigned)r + 1u, 0u, 0u, 0u};
    arrive_expecting(&word, 16);
    if (rank == 0) {
      push4(v, &slot, &word, 1);
    }
    if (!wait_for_end(&word, (unsigned)r & 1u, LOOKS) || slot.x != v.x) {
      break;
    }
    if (rank == 1) {
      push4(v, &slot, &word, 0);
    }
    done++;
  }
  if (threadIdx.x == 0) {
    values[rank] = done;
  }
  __syncthreads();
  cluster_barrier();
}

// cluster_barriers: `rounds` barriers of a cluster of eight. out: values [blocks] = rounds
extern "C" __cluster_dims__(8, 1, 1) __global__ void __launch_bounds__(THREADS) cluster_barriers(
    unsigned *values, const int rounds) {
  unsigned done = 0;
  for (int r = 0; r < rounds; r++) {
    cluster_barrier();
    done++;
  }
  if (threadIdx.x == 0) {
    values[blockIdx.x] = done;
  }
}

// How many blocks live at once, see count_residents().
extern "C" __cluster_dims__(2, 1, 1) __global__ void residency_2(
    unsigned *arrived, unsigned *least, const unsigned long long stay) {
  count_residents(arrived, least, stay);
}
extern "C" __cluster_dims__(4, 1, 1) __global__ void residency_4(
    unsigned *arrived, unsigned *least, const unsigned long long stay) {
  count_residents(arrived, least, stay);
}
extern "C" __cluster_dims__(8, 1, 1) __global__ void residency_8(
    unsigned *arrived, unsigned *least, const unsigned long long stay) {
  count_residents(arrived, least, stay);
}
extern "C" __cluster_dims__(16, 1, 1) __global__ void residency_16(
    unsigned *arrived, unsigned *least, const unsigned long long stay) {
  count_residents(arrived, least, stay);
}
#endif
