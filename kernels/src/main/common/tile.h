// tile.h: a work-group's tile of batch rows in local memory, element (k, row) at k * TILE_ROWS + row,
// and the product of one weight with all its rows. Rows never mix, so padding holds what it likes.
#define TILE_ROWS 4

#define TILE_CLEAR(sum) \
  sum[0] = 0.0f;        \
  sum[1] = 0.0f;        \
  sum[2] = 0.0f;        \
  sum[3] = 0.0f

#define TILE_ADD(sum, tile, k, weight)          \
  sum[0] += (tile)[TILE_ROWS * (k)] * (weight); \
  sum[1] += (tile)[TILE_ROWS * (k) + 1] * (weight); \
  sum[2] += (tile)[TILE_ROWS * (k) + 2] * (weight); \
  sum[3] += (tile)[TILE_ROWS * (k) + 3] * (weight)
