// Blocks of a cluster that write into each other's shared memory: right ones, and ones with a bug
// each. Two clusters of four blocks of eight threads.
#include "exchange_pieces.h"
#include "cluster_pieces.h"

// Each thread gives its number to the block `away` further, in both kinds of shared memory.
static __device__ void planted_pass_on(
    float *x, const unsigned away, const bool begins, const bool waits) {
  __shared__ float fixed[8];
  extern __shared__ float scratch[];
  const int t = (int)threadIdx.x, i = (int)(blockIdx.x * blockDim.x) + t;
  const unsigned peer = cluster_rank() + away;
  if (begins) {
    cluster_barrier();
  }
  put_at_peer((float)i, fixed + t, away == 1 ? peer % 4 : peer);
  put_at_peer(100.0f * (float)i, scratch + t, away == 1 ? peer % 4 : peer);
  if (waits) {
    cluster_barrier();
  }
  x[i] = fixed[t] + scratch[t];
  cluster_barrier();
}
extern "C" __cluster_dims__(4, 1, 1) __global__ void planted_cluster_exchange(float *x) {
  planted_pass_on(x, 1, true, true);
}
extern "C" __cluster_dims__(4, 1, 1) __global__ void planted_cluster_early(float *x) {
  planted_pass_on(x, 1, true, false);
}
extern "C" __cluster_dims__(4, 1, 1) __global__ void planted_cluster_unbegun(float *x) {
  planted_pass_on(x, 1, false, true);
}
extern "C" __cluster_dims__(4, 1, 1) __global__ void planted_cluster_outside(float *x) {
  planted_pass_on(x, 4, true, true);
}

// The last block of a cluster leaves and another one still writes to it.
extern "C" __cluster_dims__(4, 1, 1) __global__ void planted_cluster_left(float *x) {
  __shared__ float fixed[8];
  cluster_barrier();
  if (cluster_rank() < 3) {
    for (int i = 0; i < 9; i++) {
      __nanosleep(100);
    }
    put_at_peer(1.0f, fixed + threadIdx.x, 3);
  }
  x[blockIdx.x * blockDim.x + threadIdx.x] = 1.0f;
}

// The first block of a cluster never comes to its barrier.
extern "C" __cluster_dims__(4, 1, 1) __global__ void planted_cluster_divergent(float *x) {
  if (cluster_rank() > 0) {
    cluster_barrier();
  }
  x[blockIdx.x * blockDim.x + threadIdx.x] = 1.0f;
}

// As the first one, by words that count bytes. Gives up where they never come.
static __device__ void planted_push(
    float *x, const int bytes, const bool waits, const bool reads = true) {
  __shared__ float slots[8];
  __shared__ arrival word;
  const int t = (int)threadIdx.x, i = (int)(blockIdx.x * blockDim.x) + t;
  if (t == 0) {
    arrival_begin(&word, 1);
    arrival_fence();
  }
  __syncthreads();
  cluster_barrier();
  if (t == 0) {
    arrive_expecting(&word, bytes);
  }
  push1((float)i, slots + t, &word, (cluster_rank() + 1) % 4);
  x[i] = waits && !wait_for_end(&word, 0, 64) ? -1.0f : reads ? slots[t] : 1.0f;
  cluster_barrier();
}
extern "C" __cluster_dims__(4, 1, 1) __global__ void planted_cluster_push(float *x) {
  planted_push(x, 32, true);
}
extern "C" __cluster_dims__(4, 1, 1) __global__ void planted_cluster_push_early(float *x) {
  planted_push(x, 32, false);
}
extern "C" __cluster_dims__(4, 1, 1) __global__ void planted_cluster_push_unread(float *x) {
  planted_push(x, 32, false, false);
}
extern "C" __cluster_dims__(4, 1, 1) __global__ void planted_cluster_push_long(float *x) {
  planted_push(x, 36, true);
}
