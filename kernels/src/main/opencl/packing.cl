#include "cell_math.h"
#include "masking.h"
#include "memory.h"
#include "packing.h"

// rank_rows: ranks of rows by length, one work-item per row; and for each step the rows of it and
// of all steps before, one work-item per step.
// in : lengths [N], 0 ... steps
// out: ranks [N]; ends [T]
__kernel void rank_rows(
    __global const int *restrict lengths, const long lengths_offset,
    __global int *restrict ranks, const long ranks_offset, __global int *restrict ends,
    const long ends_offset, const int steps, const int rows) {
  const int item = (int)get_global_id(0);
  __global const int *length = lengths + lengths_offset;
  if (item < rows) {
    int rank = 0;
    for (int m = 0; m < rows; m++) {
      rank += length[m] > length[item] || (length[m] == length[item] && m < item);
    }
    ranks[ranks_offset + item] = rank;
  } else if (item < rows + steps) {
    const int t = item - rows;
    int end = 0;
    for (int m = 0; m < rows; m++) {
      end += length[m] < t + 1 ? length[m] : t + 1;
    }
    ends[ends_offset + t] = end;
  }
}

// place_rows: places and sites, one work-item per (t, n).
// in : lengths [N]; what rank_rows found
// out: places [T,N]; sites [R]
__kernel void place_rows(
    __global const int *restrict lengths, const long lengths_offset,
    __global const int *restrict ranks, const long ranks_offset,
    __global const int *restrict ends, const long ends_offset, __global int *restrict places,
    const long places_offset, __global int *restrict sites, const long sites_offset,
    const int steps, const int rows) {
  const long item = (long)get_global_id(0);
  if (item >= steps * (long)rows) {
    return;
  }
  const int t = (int)(item / rows);
  const int n = (int)(item % rows);
  const int valid = t < lengths[lengths_offset + n];
  const int place = valid ? ends[ends_offset + t] - 1 - ranks[ranks_offset + n] : -1;
  places[places_offset + item] = place;
  if (valid) {
    sites[sites_offset + place] = 1 + (int)item;
  }
}

// pack_rows: dst [R,width] = the valid rows of src [T,N,width] with strides, one work-item per
// element; padding of src is not read.
__kernel void pack_rows(
    __global const float *restrict src, const long src_offset, const long src_step,
    const long src_row, __global float *restrict dst, const long dst_offset,
    __global const int *restrict sites, const long sites_offset, const int batch,
    const long rows, const int width) {
  const long item = (long)get_global_id(0);
  if (item >= rows * width) {
    return;
  }
  const long r = item / width;
  const long j = item - r * width;
  const int site = sites[sites_offset + r] - 1;
  dst[dst_offset + item] =
      src[src_offset + (site / batch) * src_step + (site % batch) * src_row + j];
}

// pack_states: states before each step, or after it, beside the rows of the step, one work-item per
// element.
// in : src a state sequence; sites [R]; places [T,N]; ranks [N]
// out: dst [R,width]
__kernel void pack_states(
    __global const float *restrict src, const long src_offset, __global float *restrict dst,
    const long dst_offset, __global const int *restrict sites, const long sites_offset,
    __global const int *restrict places, const long places_offset,
    __global const int *restrict ranks, const long ranks_offset, const int after,
    const int reverse, const int first_rows, const int batch, const long rows, const int width) {
  const long item = (long)get_global_id(0);
  if (item >= rows * width) {
    return;
  }
  const long r = item / width;
  const long j = item - r * width;
  const int site = sites[sites_offset + r] - 1;
  const int t = site / batch;
  const int slot = after ? slot_after(t, reverse) : slot_before(t, reverse);
  const long from = slot_row(
      places + places_offset, ranks + ranks_offset, first_rows, slot, site % batch, batch);
  dst[dst_offset + item] = src[src_offset + from * width + j];
}

// unpack_states: the state after every step of every row, one work-item per (t, n, j).
// in : src a state sequence, or with first_rows = 0 a sequence, as if in forward direction; places
//      [T,N]; ranks, lengths [N]
// out: dst [T,N,width] with strides; padding as an output has it under the masking
__kernel void unpack_states(
    __global const float *restrict src, const long src_offset,
    __global const int *restrict places, const long places_offset,
    __global const int *restrict ranks, const long ranks_offset,
    __global const int *restrict lengths, const long lengths_offset,
    __global float *restrict dst, const long dst_offset, const long dst_step,
    const long dst_row, const int masking, const float fill, const int reverse, const int first_rows, const int steps, const int rows,
    const int width) {
  const long item = (long)get_global_id(0);
  if (item >= steps * (long)rows * width) {
    return;
  }
  const long r = item / width;
  const int j = (int)(item - r * width);
  const int t = (int)(r / rows);
  const int n = (int)(r - (long)t * rows);
  const int length = lengths[lengths_offset + n];
  const int valid = t < length;
  const int repeats = repeats_output(masking, reverse, step_mark(valid, t, 0, length - 1));
  float value = masking == MASK_FREEZE_FILL ? fill : 0.0f;
  if (valid || repeats) {
    const int slot = valid ? slot_after(t, reverse) : length;
    const long from = slot_row(
        places + places_offset, ranks + ranks_offset, first_rows, slot, n, rows);
    value = src[src_offset + from * width + j];
  }
  dst[dst_offset + t * dst_step + n * dst_row + j] = value;
}

// bring_states: states, or gradients, before the first step of each row, one work-item per (n, j).
// in : src [N,width] rows src_row apart, or zero if !has_src; lengths [N]; places, ranks
// out: dst slot 0, or if slots the slot in which a direction finds it; 0 where padding that comes
//      first wipes it; nothing for rows of length 0
__kernel void bring_states(
    __global const float *restrict src, const long src_offset, const long src_row,
    const int has_src, __global float *restrict dst, const long dst_offset,
    __global const int *restrict lengths, const long lengths_offset,
    __global const int *restrict places, const long places_offset,
    __global const int *restrict ranks, const long ranks_offset, const int slots,
    const int masking, const int reverse, const int first_rows, const int steps, const int rows,
    const int width) {
  const long item = (long)get_global_id(0);
  if (item >= (long)rows * width) {
    return;
  }
  const int n = (int)(item / width);
  const long j = item - (long)n * width;
  const int length = lengths[lengths_offset + n];
  if (length == 0) {
    return;
  }
  const int wiped = masking == MASK_ZERO_STATE && reverse && length < steps;
  const int slot = slots && reverse ? length : 0;
  const long to = slot_row(
      places + places_offset, ranks + ranks_offset, first_rows, slot, n, rows);
  dst[dst_offset + to * width + j] =
      has_src && !wiped ? src[src_offset + n * src_row + j] : 0.0f;
}

// take_states: states, or gradients, after the last step of each row, one work-item per (n, j).
// in : src slot 0, or if slots a state sequence; initial [N,width] rows initial_row apart, or zero
//      if !has_initial; lengths, places, ranks
// out: dst [N,width] rows dst_row apart; may be the memory of initial
__kernel void take_states(
    __global const float *src, const long src_offset, __global const float *initial,
    const long initial_offset, const long initial_row, const int has_initial,
    __global float *dst, const long dst_offset, const long dst_row,
    __global const int *restrict lengths, const long lengths_offset,
    __global const int *restrict places, const long places_offset,
    __global const int *restrict ranks, const long ranks_offset, const int slots,
    const int masking, const int reverse, const int first_rows, const int steps, const int rows,
    const int width) {
  const long item = (long)get_global_id(0);
  if (item >= (long)rows * width) {
    return;
  }
  const int n = (int)(item / width);
  const long j = item - (long)n * width;
  const int length = lengths[lengths_offset + n];
  float value = 0.0f;
  if (length == 0) {
    if (has_initial && masking != MASK_ZERO_STATE) {
      value = initial[initial_offset + n * initial_row + j];
    }
  } else if (masking != MASK_ZERO_STATE || reverse || length == steps) {
    const long from = slot_row(
        places + places_offset, ranks + ranks_offset, first_rows, slots && !reverse ? length : 0, n,
        rows);
    value = src[src_offset + from * width + j];
  }
  dst[dst_offset + n * dst_row + j] = value;
}

// carry_gradient: the gradient of outputs that repeat the last one of a row, one work-item per
// (n, j).
// in : dy [T,N,width] with strides, of which dh gets a share; lengths, ranks
// out: dh slot 0 of [n_0,width] += share * dy of the padding, last step first
__kernel void carry_gradient(
    __global const float *restrict dy, const long dy_offset, const long dy_step,
    const long dy_row, const float share, __global float *restrict dh, const long dh_offset,
    __global const int *restrict lengths, const long lengths_offset,
    __global const int *restrict ranks, const long ranks_offset, const int first_rows,
    const int steps, const int rows, const int width) {
  const long item = (long)get_global_id(0);
  if (item >= (long)rows * width) {
    return;
  }
  const int n = (int)(item / width);
  const long j = item - (long)n * width;
  const int length = lengths[lengths_offset + n];
  if (length == 0) {
    return;
  }
  const long at = dh_offset + (long)(first_rows - 1 - ranks[ranks_offset + n]) * width + j;
  float d = dh[at];
  for (int t = steps - 1; t >= length; t--) {
    d += share * dy[dy_offset + t * dy_step + n * dy_row + j];
  }
  dh[at] = d;
}
