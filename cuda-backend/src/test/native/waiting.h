// Votes, fences and waits of CUDA C for a device that runs one block after the other.
#pragma once

#define __cluster_dims__(...)
#define __syncthreads_or(vote) swcuda_vote(vote, __FILE__, __LINE__)

inline void __threadfence() {}
inline void __nanosleep(unsigned) {}
inline int swcuda_votes = 0;
inline unsigned swcuda_voters = 0;

// Whether any thread's vote is not 0; the last one to read the answer clears it for the next vote.
inline int swcuda_vote(int vote, const char *file, int line) {
  const swcuda_dim size = swcuda_current.block_size;
  swcuda_votes |= vote != 0;
  swcuda_barrier(file, line);
  const int answer = swcuda_votes;
  if (++swcuda_voters == size.x * size.y * size.z) {
    swcuda_votes = 0;
    swcuda_voters = 0;
  }
  swcuda_barrier(file, line);
  return answer;
}

inline unsigned atomicMin(unsigned *at, unsigned v) {
  return swcuda_update(at, [=](unsigned old) { return old < v ? old : v; });
}
