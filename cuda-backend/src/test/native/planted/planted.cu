// Kernels with a bug each, to see the software device report it; and right ones beside them.
#include "exchange_pieces.h"
#include "copy_pieces.h"

extern "C" __global__ void planted_fill(float *x, const float value, const int n) {
  const int i = (int)(blockIdx.x * blockDim.x + threadIdx.x);
  if (i < n) {
    x[i] = value;
  }
}

// Writes one element per thread, also past the end.
extern "C" __global__ void planted_overrun(float *x) {
  x[blockIdx.x * blockDim.x + threadIdx.x] = 1.0f;
}

// Reads where an address points that did not come as a pointer.
extern "C" __global__ void planted_stale(float *x, const long long address) {
  x[0] = *(const float *)address;
}

extern "C" __global__ void planted_divergent(float *x) {
  if (threadIdx.x < 16) {
    __syncthreads();
  }
  x[threadIdx.x] = 1.0f;
}

extern "C" __global__ void planted_two_barriers(float *x) {
  if (threadIdx.x % 2 == 0) {
    __syncthreads();
  } else {
    __syncthreads();
  }
  x[threadIdx.x] = 1.0f;
}

// Reads shared memory that nobody has written.
extern "C" __global__ void planted_unwritten(float *x) {
  __shared__ float fixed[32];
  extern __shared__ float scratch[];
  if (threadIdx.x > 0) {
    fixed[threadIdx.x] = 0.0f;
    scratch[threadIdx.x] = 0.0f;
  }
  __syncthreads();
  x[threadIdx.x] = fixed[threadIdx.x] + scratch[threadIdx.x];
}

extern "C" __global__ void planted_shared_overrun(float *x) {
  extern __shared__ float scratch[];
  scratch[2 * threadIdx.x] = 1.0f;
  __syncthreads();
  x[threadIdx.x] = scratch[threadIdx.x];
}

// Every thread adds its neighbour's value: right with its barrier.
extern "C" __global__ void planted_exchange(float *x) {
  __shared__ float fixed[1024];
  fixed[threadIdx.x] = (float)threadIdx.x;
  __syncthreads();
  x[threadIdx.x] = fixed[threadIdx.x] + fixed[(threadIdx.x + 1) % blockDim.x];
}

// As above without the barrier.
extern "C" __global__ void planted_missing_barrier(float *x) {
  __shared__ float fixed[1024];
  fixed[threadIdx.x] = (float)threadIdx.x;
  x[threadIdx.x] = fixed[threadIdx.x] + fixed[(threadIdx.x + 1) % blockDim.x];
}

// Copies that their thread has not waited for when it reads them: a card may be quick enough.
extern "C" __global__ void planted_copy_early(float *x) {
  __shared__ quad fixed[64];
  x[threadIdx.x] = (float)(threadIdx.x + 1);
  __syncthreads();
  const quad *from = (const quad *)x + threadIdx.x % 4;
  quad *own = fixed + threadIdx.x;
  copy_ahead(own, from);
  end_copies();
  await_copies<0>();
  const float there = __uint_as_float(own->x);
  copy_ahead(own, from);
  end_copies();
  await_copies<1>();
  const float early = __uint_as_float(own->x);
  await_copies<0>();
  __syncthreads();
  x[threadIdx.x] = threadIdx.x % 2 == 0 ? there : early;
}

// Threads that leave before their copies have come.
extern "C" __global__ void planted_copy_left(float *x) {
  __shared__ quad fixed[64];
  copy_ahead(fixed + threadIdx.x, (const quad *)x);
  end_copies();
}
