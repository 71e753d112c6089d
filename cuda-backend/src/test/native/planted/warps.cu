// Primitives of a warp: right uses, and wrong ones.

extern "C" __global__ void planted_warp_sum(float *x) {
  float v = (float)threadIdx.x;
  for (int with = 16; with > 0; with /= 2) {
    v += __shfl_xor_sync(0xffffffffu, v, with);
  }
  x[threadIdx.x] = v;
}

// Shift, vote and broadcast, in halves of a warp that do not meet.
extern "C" __global__ void planted_warp_halves(float *x) {
  const unsigned lane = threadIdx.x % 32u, mask = lane < 16u ? 0x0000ffffu : 0xffff0000u;
  const float below = __shfl_up_sync(mask, (float)threadIdx.x, 1, 16);
  const float above = __shfl_down_sync(mask, (float)threadIdx.x, 1, 16);
  const unsigned odd = __ballot_sync(mask, (int)(lane % 2u));
  const int last = __shfl_sync(mask, (int)threadIdx.x, 15, 16);
  const bool votes = __any_sync(mask, lane == 3u) == (lane < 16u) && __all_sync(mask, lane < 16u) == (lane < 16u);
  x[threadIdx.x] = odd == (0xaaaaaaaau & mask) && votes ? 10000.0f * below + 100.0f * above + (float)last : -1.0f;
}

// Half of the lanes are elsewhere, and one of them is asked for its value.
extern "C" __global__ void planted_shuffle_inactive(float *x) {
  if (threadIdx.x % 32u < 16u) {
    x[threadIdx.x] = __shfl_sync(0xffffffffu, (float)threadIdx.x, 20);
  }
}

extern "C" __global__ void planted_shuffle_outside(float *x) {
  x[threadIdx.x] = __shfl_sync(0x0000ffffu, (float)threadIdx.x, 0);
}

// Half of the lanes wait at a barrier for the others, which wait for them.
extern "C" __global__ void planted_shuffle_stuck(float *x) {
  if (threadIdx.x % 32u < 16u) {
    x[threadIdx.x] = __shfl_sync(0xffffffffu, (float)threadIdx.x, 0);
  }
  __syncthreads();
}

extern "C" __global__ void planted_shuffle_masks(float *x) {
  const unsigned mask = threadIdx.x % 32u == 0u ? 0xffffffffu : 0x7fffffffu;
  x[threadIdx.x] = __shfl_sync(mask, (float)threadIdx.x, 0);
}

// Lanes hand values to each other through shared memory.
extern "C" __global__ void planted_syncwarp(float *x) {
  __shared__ float fixed[64];
  fixed[threadIdx.x] = (float)threadIdx.x;
  __syncwarp();
  x[threadIdx.x] = fixed[threadIdx.x ^ 1u];
}

extern "C" __global__ void planted_missing_syncwarp(float *x) {
  __shared__ float fixed[64];
  fixed[threadIdx.x] = (float)threadIdx.x;
  x[threadIdx.x] = fixed[threadIdx.x ^ 1u];
}

// Any, count and all over a block.
extern "C" __global__ void planted_block_votes(float *x) {
  const int any = __syncthreads_or(threadIdx.x == 5u), none = __syncthreads_or(0);
  const int count = __syncthreads_count(threadIdx.x < 7u), all = __syncthreads_and(1);
  x[threadIdx.x] = (float)(1000 * (any != 0) + 100 * (none != 0) + 10 * (all != 0) + count);
}
