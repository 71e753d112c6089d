// Kernels that only the checked build can tell from right ones: their numbers may well be right.

// Every block writes the same elements.
extern "C" __global__ void planted_block_race(float *x) {
  x[threadIdx.x] = (float)threadIdx.x;
}

// Each block writes its own elements.
extern "C" __global__ void planted_own_blocks(float *x) {
  x[blockIdx.x * blockDim.x + threadIdx.x] = (float)threadIdx.x;
}

// A thread reads what its neighbour writes, in global memory.
extern "C" __global__ void planted_global_race(float *x) {
  x[threadIdx.x] = (float)threadIdx.x;
  const float next = x[(threadIdx.x + 1) % blockDim.x];
  __syncthreads();
  x[threadIdx.x] = next;
}

// As above with its barrier.
extern "C" __global__ void planted_global_exchange(float *x) {
  x[threadIdx.x] = (float)threadIdx.x;
  __syncthreads();
  const float next = x[(threadIdx.x + 1) % blockDim.x];
  __syncthreads();
  x[threadIdx.x] = next;
}

// Before the begin of an allocation: no guard page lies there.
extern "C" __global__ void planted_underrun(float *x) {
  x[(int)threadIdx.x - 1] = 1.0f;
}

// One array of shared memory into the other.
extern "C" __global__ void planted_array_overrun(float *x) {
  __shared__ float first[32];
  __shared__ float second[64];
  second[threadIdx.x] = 0.0f;
  __syncthreads();
  first[threadIdx.x] = 1.0f;
  __syncthreads();
  x[threadIdx.x] = second[threadIdx.x] + first[0];
}

// Updates of one counter by all threads of all blocks are no race.
extern "C" __global__ void planted_counter(float *x) {
  atomicAdd(x, 1.0f);
}
