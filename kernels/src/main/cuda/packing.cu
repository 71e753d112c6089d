#include "cell_math.h"
#include "masking.h"
#include "memory.h"
#include "packing.h"

// rank_rows: ranks of rows by length, one work-item per row; and for each step the rows of it and
// of all steps before, one work-item per step.
// in : lengths [N], 0 ... steps
// out: ranks [N]; ends [T]
extern "C" __global__ void rank_rows(
    const int *__restrict__ lengths, const long long lengths_offset,
    int *__restrict__ ranks, const long long ranks_offset, int *__restrict__ ends,
    const long long ends_offset, const int steps, const int rows) {
  const int item = (int)(blockIdx.x * blockDim.x + threadIdx.x);
  const int *length = lengths + lengths_offset;
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
extern "C" __global__ void place_rows(
    const int *__restrict__ lengths, const long long lengths_offset,
    const int *__restrict__ ranks, const long long ranks_offset,
    const int *__restrict__ ends, const long long ends_offset, int *__restrict__ places,
    const long long places_offset, int *__restrict__ sites, const long long sites_offset,
    const int steps, const int rows) {
  const long long item = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= steps * (long long)rows) {
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
extern "C" __global__ void pack_rows(
    const float *__restrict__ src, const long long src_offset, const long long src_step,
    const long long src_row, float *__restrict__ dst, const long long dst_offset,
    const int *__restrict__ sites, const long long sites_offset, const int batch,
    const long long rows, const int width) {
  const long long item = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= rows * width) {
    return;
  }
  const long long r = item / width;
  const long long j = item - r * width;
  const int site = sites[sites_offset + r] - 1;
  dst[dst_offset + item] =
      src[src_offset + (site / batch) * src_step + (site % batch) * src_row + j];
}

// pack_states: states before each step, or after it, beside the rows of the step, one work-item per
// element.
// in : src a state sequence; sites [R]; places [T,N]; ranks [N]
// out: dst [R,width]
extern "C" __global__ void pack_states(
    const float *__restrict__ src, const long long src_offset, float *__restrict__ dst,
    const long long dst_offset, const int *__restrict__ sites, const long long sites_offset,
    const int *__restrict__ places, const long long places_offset,
    const int *__restrict__ ranks, const long long ranks_offset, const int after,
    const int reverse, const int first_rows, const int batch, const long long rows, const int width) {
  const long long item = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= rows * width) {
    return;
  }
  const long long r = item / width;
  const long long j = item - r * width;
  const int site = sites[sites_offset + r] - 1;
  const int t = site / batch;
  const int slot = after ? slot_after(t, reverse) : slot_before(t, reverse);
  const long long from = slot_row(
      places + places_offset, ranks + ranks_offset, first_rows, slot, site % batch, batch);
  dst[dst_offset + item] = src[src_offset + from * width + j];
}

// unpack_states: the state after every step of every row, one work-item per (t, n, j).
// in : src a state sequence, or with first_rows = 0 a sequence, as if in forward direction; places
//      [T,N]; ranks, lengths [N]
// out: dst [T,N,width] with strides; padding as an output has it under the masking
extern "C" __global__ void unpack_states(
    const float *__restrict__ src, const long long src_offset,
    const int *__restrict__ places, const long long places_offset,
    const int *__restrict__ ranks, const long long ranks_offset,
    const int *__restrict__ lengths, const long long lengths_offset,
    float *__restrict__ dst, const long long dst_offset, const long long dst_step,
    const long long dst_row, const int masking, const float fill, const int reverse, const int first_rows, const int steps, const int rows,
    const int width) {
  const long long item = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= steps * (long long)rows * width) {
    return;
  }
  const long long r = item / width;
  const int j = (int)(item - r * width);
  const int t = (int)(r / rows);
  const int n = (int)(r - (long long)t * rows);
  const int length = lengths[lengths_offset + n];
  const int valid = t < length;
  const int repeats = repeats_output(masking, reverse, step_mark(valid, t, 0, length - 1));
  float value = masking == MASK_FREEZE_FILL ? fill : 0.0f;
  if (valid || repeats) {
    const int slot = valid ? slot_after(t, reverse) : length;
    const long long from = slot_row(
        places + places_offset, ranks + ranks_offset, first_rows, slot, n, rows);
    value = src[src_offset + from * width + j];
  }
  dst[dst_offset + t * dst_step + n * dst_row + j] = value;
}

// bring_states: states, or gradients, before the first step of each row, one work-item per (n, j).
// in : src [N,width] rows src_row apart, or zero if !has_src; lengths [N]; places, ranks
// out: dst slot 0, or if slots the slot in which a direction finds it; 0 where padding that comes
//      first wipes it; nothing for rows of length 0
extern "C" __global__ void bring_states(
    const float *__restrict__ src, const long long src_offset, const long long src_row,
    const int has_src, float *__restrict__ dst, const long long dst_offset,
    const int *__restrict__ lengths, const long long lengths_offset,
    const int *__restrict__ places, const long long places_offset,
    const int *__restrict__ ranks, const long long ranks_offset, const int slots,
    const int masking, const int reverse, const int first_rows, const int steps, const int rows,
    const int width) {
  const long long item = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= (long long)rows * width) {
    return;
  }
  const int n = (int)(item / width);
  const long long j = item - (long long)n * width;
  const int length = lengths[lengths_offset + n];
  if (length == 0) {
    return;
  }
  const int wiped = masking == MASK_ZERO_STATE && reverse && length < steps;
  const int slot = slots && reverse ? length : 0;
  const long long to = slot_row(
      places + places_offset, ranks + ranks_offset, first_rows, slot, n, rows);
  dst[dst_offset + to * width + j] =
      has_src && !wiped ? src[src_offset + n * src_row + j] : 0.0f;
}

// take_states: states, or gradients, after the last step of each row, one work-item per (n, j).
// in : src slot 0, or if slots a state sequence; initial [N,width] rows initial_row apart, or zero
//      if !has_initial; lengths, places, ranks
// out: dst [N,width] rows dst_row apart; may be the memory of initial
extern "C" __global__ void take_states(
    const float *src, const long long src_offset, const float *initial,
    const long long initial_offset, const long long initial_row, const int has_initial,
    float *dst, const long long dst_offset, const long long dst_row,
    const int *__restrict__ lengths, const long long lengths_offset,
    const int *__restrict__ places, const long long places_offset,
    const int *__restrict__ ranks, const long long ranks_offset, const int slots,
    const int masking, const int reverse, const int first_rows, const int steps, const int rows,
    const int width) {
  const long long item = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= (long long)rows * width) {
    return;
  }
  const int n = (int)(item / width);
  const long long j = item - (long long)n * width;
  const int length = lengths[lengths_offset + n];
  float value = 0.0f;
  if (length == 0) {
    if (has_initial && masking != MASK_ZERO_STATE) {
      value = initial[initial_offset + n * initial_row + j];
    }
  } else if (masking != MASK_ZERO_STATE || reverse || length == steps) {
    const long long from = slot_row(
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
extern "C" __global__ void carry_gradient(
    const float *__restrict__ dy, const long long dy_offset, const long long dy_step,
    const long long dy_row, const float share, float *__restrict__ dh, const long long dh_offset,
    const int *__restrict__ lengths, const long long lengths_offset,
    const int *__restrict__ ranks, const long long ranks_offset, const int first_rows,
    const int steps, const int rows, const int width) {
  const long long item = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= (long long)rows * width) {
    return;
  }
  const int n = (int)(item / width);
  const long long j = item - (long long)n * width;
  const int length = lengths[lengths_offset + n];
  if (length == 0) {
    return;
  }
  const long long at = dh_offset + (long long)(first_rows - 1 - ranks[ranks_offset + n]) * width + j;
  float d = dh[at];
  for (int t = steps - 1; t >= length; t--) {
    d += share * dy[dy_offset + t * dy_step + n * dy_row + j];
  }
  dh[at] = d;
}
