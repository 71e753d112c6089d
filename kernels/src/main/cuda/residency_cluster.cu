// needs: sm_90
#include "exchange_pieces.h"
#include "cluster_pieces.h"

// resident_blocks_cluster: resident_blocks of residency.cu for blocks in clusters of the size that a
// launch asks for, which live at once as a whole or not at all.
// in : words [2] = 0 and the number of blocks; limit in nanoseconds
// out: words [2] = blocks in all and blocks that had come when the first one left
extern "C" __global__ void resident_blocks_cluster(
    int *words, const long long words_offset, const long long limit) {
  extern __shared__ float scratch[];
  (void)scratch;  // it only has to be there
  unsigned *own = (unsigned *)words + words_offset;
  count_residents(own, own + 1, (unsigned long long)limit);
}

// cluster_width: whether clusters are of the size that a launch asks for.
// out: words [2] = blocks of the first cluster; how many threads of all blocks have come
extern "C" __global__ void cluster_width(int *words, const long long words_offset) {
  extern __shared__ float scratch[];
  (void)scratch;  // it only has to be there
  if (blockIdx.x == 0 && threadIdx.x == 0) {
    words[words_offset] = (int)cluster_blocks();
  }
  atomicAdd(words + words_offset + 1, 1);
}
