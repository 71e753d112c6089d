#include "cell_math.h"
#include "philox.h"

// fill_lengths: every row has the same length, one work-item per row.
extern "C" __global__ void fill_lengths(
    int *__restrict__ lengths, const long long lengths_offset, const int rows, const int value) {
  const int n = (int)(blockIdx.x * blockDim.x + threadIdx.x);
  if (n < rows) {
    lengths[lengths_offset + n] = value;
  }
}

// clamp_lengths: a caller's lengths, clamped to 0 ... steps, one work-item per row.
extern "C" __global__ void clamp_lengths(
    const int *__restrict__ src, const long long src_offset, const long long src_row,
    int *__restrict__ lengths, const long long lengths_offset, const int rows,
    const int steps) {
  const int n = (int)(blockIdx.x * blockDim.x + threadIdx.x);
  if (n < rows) {
    const int value = src[src_offset + n * src_row];
    lengths[lengths_offset + n] = value < 0 ? 0 : value > steps ? steps : value;
  }
}

// set_lengths: sixteen lengths that travel as arguments, so that no host memory has to outlive the
// call; one work-item each, those below `count` are written.
extern "C" __global__ void set_lengths(
    int *__restrict__ lengths, const long long lengths_offset, const int count, const int v0,
    const int v1, const int v2, const int v3, const int v4, const int v5, const int v6,
    const int v7, const int v8, const int v9, const int v10, const int v11, const int v12,
    const int v13, const int v14, const int v15) {
  const int n = (int)(blockIdx.x * blockDim.x + threadIdx.x);
  const int values[16] = {v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12, v13, v14, v15};
  if (n < count && n < 16) {
    lengths[lengths_offset + n] = values[n];
  }
}

// dropout: x *= 0 or scale, in place, one work-item per (t, n, j/4).
// Philox counter (layer, first_step + t, n, j/4), word j mod 4; kept iff word >= threshold, or never
// if drops_all.
extern "C" __global__ void dropout(
    float *__restrict__ x, const long long x_offset, const int rows, const int steps,
    const int width, const int layer, const int first_step, const int seed_low,
    const int seed_high, const int threshold, const int drops_all, const float scale) {
  const int blocks = (width + 3) / 4;
  const long long item = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= (long long)steps * rows * blocks) {
    return;
  }
  const long long r = item / blocks;
  const int block = (int)(item - r * blocks);
  const unsigned int t = (unsigned int)(r / rows);
  const unsigned int n = (unsigned int)(r % rows);
  for (int word = 0; word < 4 && block * 4 + word < width; word++) {
    const unsigned int drawn = philox_word(
        (unsigned int)seed_low, (unsigned int)seed_high, (unsigned int)layer,
        (unsigned int)first_step + t, n, (unsigned int)block, word);
    const int keep = !drops_all && drawn >= (unsigned int)threshold;
    x[x_offset + r * width + block * 4 + word] *= keep ? scale : 0.0f;
  }
}
