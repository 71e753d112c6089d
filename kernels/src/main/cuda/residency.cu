#include "exchange_pieces.h"

// resident_blocks: how many blocks of a cooperative launch live at once, with the threads and the
// shared memory that it is given, see count_residents().
// in : words [2] = 0 and the number of blocks; limit in nanoseconds
// out: words [2] = blocks in all and blocks that had come when the first one left
extern "C" __global__ void resident_blocks(
    int *words, const long long words_offset, const long long limit) {
  extern __shared__ float scratch[];
  (void)scratch;  // it only has to be there
  unsigned *own = (unsigned *)words + words_offset;
  count_residents(own, own + 1, (unsigned long long)limit);
}
