#include "cell_math.h"
#include "philox.h"

// drop_weights: dst = or += the mask of a recurrent weight times src, one work-item per element of
// [rows,columns]; random holds both halves of the seed behind a step, which the mask ignores.
// Philox counter (kind and layer, direction, row, column/4), word column mod 4; kept iff word >=
// threshold.
__kernel void drop_weights(
    __global const float *restrict src, const long src_offset, __global float *restrict dst,
    const long dst_offset, const int rows, const int columns, const int kind_layer,
    const int direction, __global const int *restrict random, const long random_offset,
    const int threshold, const float scale, const int accumulate) {
  const long item = (long)get_global_id(0);
  if (item >= (long)rows * columns) {
    return;
  }
  const int row = (int)(item / columns);
  const int column = (int)(item - (long)row * columns);
  const unsigned int drawn = philox_word(
      (unsigned int)random[random_offset + 1], (unsigned int)random[random_offset + 2],
      (unsigned int)kind_layer, (unsigned int)direction, (unsigned int)row,
      (unsigned int)column / 4, column % 4);
  const float value = drawn >= (unsigned int)threshold ? src[src_offset + item] * scale : 0.0f;
  dst[dst_offset + item] = accumulate ? dst[dst_offset + item] + value : value;
}
