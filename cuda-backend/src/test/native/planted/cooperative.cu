// Blocks that are live at once and talk to each other: right ones, and ones with a bug each.

// Each thread passes on what the next block wrote.
extern "C" __global__ void planted_grid_exchange(float *x) {
  const int i = (int)(blockIdx.x * blockDim.x + threadIdx.x), n = (int)(gridDim.x * blockDim.x);
  x[i] = (float)i;
  cooperative_groups::this_grid().sync();
  const float next = x[(i + (int)blockDim.x) % n];
  cooperative_groups::this_grid().sync();
  x[i] = next;
}

// As above, but it reads before the others have written.
extern "C" __global__ void planted_grid_race(float *x) {
  const int i = (int)(blockIdx.x * blockDim.x + threadIdx.x), n = (int)(gridDim.x * blockDim.x);
  x[i] = (float)i;
  const float next = x[(i + (int)blockDim.x) % n];
  cooperative_groups::this_grid().sync();
  x[i] = next;
}

// Block 0 never comes to the barrier.
extern "C" __global__ void planted_grid_divergent(float *x) {
  if (blockIdx.x > 0) {
    cooperative_groups::this_grid().sync();
  }
  x[blockIdx.x * blockDim.x + threadIdx.x] = 1.0f;
}

// The shared memory of each block is its own.
extern "C" __global__ void planted_grid_shared(float *x) {
  __shared__ float fixed[16];
  extern __shared__ float scratch[];
  fixed[threadIdx.x] = (float)blockIdx.x;
  scratch[threadIdx.x] = (float)(10u * blockIdx.x);
  cooperative_groups::this_grid().sync();
  x[blockIdx.x * blockDim.x + threadIdx.x] = fixed[threadIdx.x] + scratch[threadIdx.x];
}

// The last block writes two numbers and raises a flag, the first one waits for it and adds them.
__device__ inline void planted_message(float *x, const bool before, const bool after) {
  volatile unsigned *flag = (volatile unsigned *)(x + 63);
  if (threadIdx.x == 0 && blockIdx.x == gridDim.x - 1) {
    x[0] = 1.0f;
    x[1] = 2.0f;
    if (before) {
      __threadfence();
    }
    *flag = 1u;
  }
  if (threadIdx.x == 0 && blockIdx.x == 0) {
    while (*flag != 1u) {
      __nanosleep(100);
    }
    if (after) {
      __threadfence();
    }
    x[2] = x[0] + x[1];
  }
}
extern "C" __global__ void planted_flag(float *x) { planted_message(x, true, true); }
extern "C" __global__ void planted_flag_unfenced(float *x) { planted_message(x, false, true); }
extern "C" __global__ void planted_flag_unfenced_read(float *x) { planted_message(x, true, false); }

// The fence stands before the data, not between them and the flag.
extern "C" __global__ void planted_flag_early_fence(float *x) {
  __threadfence();
  planted_message(x, false, true);
}

// Waits for a flag that nobody raises.
extern "C" __global__ void planted_flag_nobody(float *x) {
  while (atomicAdd((unsigned *)x, 0u) != 1u) {
  }
}

// The block that comes last adds up what the others left; no two blocks need to be live at once.
extern "C" __global__ void planted_last_block(float *x) {
  unsigned *count = (unsigned *)(x + 63);
  x[blockIdx.x] = (float)(blockIdx.x + 1);
  __threadfence();
  if (atomicAdd(count, 1u) + 1u == gridDim.x - 1) {  // it starts as -1
    __threadfence();
    x[8] = x[0] + x[1] + x[2] + x[3];
  }
}
