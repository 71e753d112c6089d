#include "cell_math.h"
#include "masking.h"
#include "memory.h"
#include "packing.h"
#include "philox.h"

// fill_marks: every step of every row is valid, one work-item per row of row_marks [N] and of
// marks [T,N].
__kernel void fill_marks(
    __global int *restrict marks, const long marks_offset, __global int *restrict row_marks,
    const long row_marks_offset, const int rows, const int steps) {
  const long item = (long)get_global_id(0);
  if (item < rows) {
    row_marks[row_marks_offset + item] = row_mark(steps, 0, steps - 1);
  } else if (item < (steps + 1) * (long)rows) {
    marks[marks_offset + item - rows] = 1;
  }
}

// mark_lengths: marks of rows with lengths, clamped to 0 ... steps, one work-item as above.
__kernel void mark_lengths(
    __global const int *restrict src, const long src_offset, const long src_row,
    __global int *restrict marks, const long marks_offset, __global int *restrict row_marks,
    const long row_marks_offset, const int rows, const int steps) {
  const long item = (long)get_global_id(0);
  if (item >= (steps + 1) * (long)rows) {
    return;
  }
  const int t = (int)(item / rows) - 1;
  const int n = (int)(item % rows);
  const int value = src[src_offset + n * src_row];
  const int length = value < 0 ? 0 : value > steps ? steps : value;
  if (t < 0) {
    row_marks[row_marks_offset + n] = row_mark(steps, 0, length - 1);
  } else {
    marks[marks_offset + item - rows] = step_mark(t < length, t, 0, length - 1);
  }
}

// set_lengths: sixteen lengths that travel as arguments, so that no host memory has to outlive the
// call; one work-item each, those below `count` are written.
__kernel void set_lengths(
    __global int *restrict lengths, const long lengths_offset, const int count, const int v0,
    const int v1, const int v2, const int v3, const int v4, const int v5, const int v6,
    const int v7, const int v8, const int v9, const int v10, const int v11, const int v12,
    const int v13, const int v14, const int v15) {
  const int n = (int)get_global_id(0);
  const int values[16] = {v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12, v13, v14, v15};
  if (n < count && n < 16) {
    lengths[lengths_offset + n] = values[n];
  }
}

// set_mask: 512 steps of a mask that travel as bits of arguments, for the same reason; one work-item
// each, those below `count` are written as marks 0 or 1.
__kernel void set_mask(
    __global int *restrict marks, const long marks_offset, const int count, const int v0,
    const int v1, const int v2, const int v3, const int v4, const int v5, const int v6,
    const int v7, const int v8, const int v9, const int v10, const int v11, const int v12,
    const int v13, const int v14, const int v15) {
  const int i = (int)get_global_id(0);
  const int values[16] = {v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12, v13, v14, v15};
  if (i < count && i < 512) {
    marks[marks_offset + i] = (values[i / 32] >> (i % 32)) & 1;
  }
}

// read_mask: marks 0 or 1 from a caller's mask, one work-item per (t, n).
__kernel void read_mask(
    __global const unsigned char *restrict mask, const long mask_offset, const long mask_step,
    const long mask_row, __global int *restrict marks, const long marks_offset,
    const int rows, const int steps) {
  const long item = (long)get_global_id(0);
  if (item < steps * (long)rows) {
    marks[marks_offset + item] =
        mask[mask_offset + (item / rows) * mask_step + (item % rows) * mask_row] != 0;
  }
}

// link_marks: marks 0 or 1 become those of masking.h, one work-item per row.
__kernel void link_marks(
    __global int *restrict marks, const long marks_offset, __global int *restrict row_marks,
    const long row_marks_offset, const int rows, const int steps) {
  const int n = (int)get_global_id(0);
  if (n >= rows) {
    return;
  }
  __global int *mark = marks + marks_offset + n;
  int first = 0;
  int last = -1;
  for (int t = 0; t < steps; t++) {
    if (mark[t * (long)rows] > 0) {
      first = last < 0 ? t : first;
      last = t;
    }
  }
  for (int t = 0; t < steps; t++) {
    mark[t * (long)rows] = step_mark(mark[t * (long)rows] > 0, t, first, last);
  }
  row_marks[row_marks_offset + n] = row_mark(steps, first, last);
}

// dropout: x *= 0 or scale, in place, one work-item per (t, n, j/4); x begins at step first.
// Philox counter (layer, first step + t, n, j/4), word j mod 4; kept iff word >= threshold, or never
// if drops_all. random holds what a run brings: the first step and both halves of the seed. Marks
// are read if batch, see packing.h, says so.
__kernel void dropout(
    __global float *restrict x, const long x_offset, const int rows, const int steps,
    const int first, const int width, const int layer, __global const int *restrict random,
    const long random_offset, const int threshold, const int drops_all, const float scale,
    __global const int *restrict marks, const long marks_offset, const int batch) {
  const int blocks = (width + 3) / 4;
  const long item = (long)get_global_id(0);
  if (item >= (long)steps * rows * blocks) {
    return;
  }
  const long r = item / blocks;
  const int block = (int)(item - r * blocks);
  const int mark = batch > 0 ? marks[marks_offset + r] : 1;
  const unsigned int t = (unsigned int)site_step(mark, batch, (int)(r / rows));
  const unsigned int n = (unsigned int)site_row(mark, batch, (int)(r % rows));
  const unsigned int step = (unsigned int)random[random_offset] + (unsigned int)first + t;
  const unsigned int seed_low = (unsigned int)random[random_offset + 1];
  const unsigned int seed_high = (unsigned int)random[random_offset + 2];
  for (int word = 0; word < 4 && block * 4 + word < width; word++) {
    const unsigned int drawn =
        philox_word(seed_low, seed_high, (unsigned int)layer, step, n, (unsigned int)block, word);
    const int keep = !drops_all && drawn >= (unsigned int)threshold;
    x[x_offset + r * width + block * 4 + word] *= keep ? scale : 0.0f;
  }
}
