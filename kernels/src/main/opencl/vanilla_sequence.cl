#include "cell_math.h"
#include "activation.h"
#include "cell_options.h"
#include "masking.h"
#include "memory.h"
#include "tile.h"
#include "vanilla_step.h"

// vanilla_forward_sequence: steps first ... first+count-1 in the order of processing, one
// work-group per tile of TILE_ROWS batch rows; any group size. h travels through local memory,
// work-group barriers only.
// in : gates [T,N,H] = W x; weight [H,H] = R transposed; biases [H]; h_seq slot before the first
//      step; marks [T,N]
// out: gates = dh/da; h_seq slots after each step; y if has_y
// scratch: 2 * TILE_ROWS * H floats, h before and after a step
__kernel void vanilla_forward_sequence(
    __global float *restrict gates, const long gates_offset,
    __global const float *restrict weight, const long weight_offset,
    __global const float *restrict bias_ih, const long bias_ih_offset,
    __global const float *restrict bias_hh, const long bias_hh_offset, const int biases,
    __global const float *restrict own, const long own_offset, const int flags,
    const float clip, const int functions, const float f_alpha, const float f_beta,
    __global float *h_seq, const long h_seq_offset,
    __global float *restrict y, const long y_offset, const long y_step, const long y_row,
    const int has_y, __global const int *restrict marks, const long marks_offset,
    const int masking, const float fill, const int reverse, const int first,
    const int count, const int steps, const int rows, const int hidden,
    __local float *restrict scratch) {
  const cell_options_t options = cell_options(
      flags, clip, 0.0f, functions, f_alpha, f_beta, 0.0f, 0.0f, 0.0f, 0.0f);
  const int depth = flags & OPTION_INDEPENDENT ? 0 : hidden; // of the product
  const int id = (int)get_local_id(0);
  const int size = (int)get_local_size(0);
  const int first_row = (int)get_group_id(0) * TILE_ROWS;
  const long plane = (long)rows * hidden;
  int now = 0;
  int next = TILE_ROWS * hidden;
  for (int j = id; j < hidden; j += size) {
    const int t = reverse ? steps - 1 - first : first;
    for (int r = 0; r < TILE_ROWS; r++) {
      const int n = first_row + r;
      const long at = h_seq_offset + slot_before(t, reverse) * plane + (long)n * hidden + j;
      scratch[now + TILE_ROWS * j + r] = n < rows ? h_seq[at] : 0.0f;
      scratch[next + TILE_ROWS * j + r] = 0.0f;
    }
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  for (int k = first; k < first + count; k++) {
    const int t = reverse ? steps - 1 - k : k;
    for (int j = id; j < hidden; j += size) {
      float sum[TILE_ROWS];
      TILE_CLEAR(sum);
      __global const float *w = weight + weight_offset + j;
      for (int m = 0; m < depth; m++) {
        TILE_ADD(sum, scratch + now, m, w[0]);
        w += hidden;
      }
      for (int r = 0; r < TILE_ROWS; r++) {
        const int n = first_row + r;
        if (n >= rows) {
          continue;
        }
        const int mark = marks[marks_offset + (long)t * rows + n];
        const long item = (long)n * hidden + j;
        const float h_before = scratch[now + TILE_ROWS * j + r];
        float h;
        float out;
        if (mark > 0) {
          h = vanilla_step_forward(
              gates + gates_offset + t * plane + item,
              gates[gates_offset + t * plane + item] + sum[r], bias_ih + bias_ih_offset,
              bias_hh + bias_hh_offset, biases, own + own_offset, options, h_before, j);
          out = h;
        } else {
          h = padded_state(masking, h_before);
          out = padded_output(masking, reverse, mark, h_before, fill);
        }
        scratch[next + TILE_ROWS * j + r] = h;
        h_seq[h_seq_offset + slot_after(t, reverse) * plane + item] = h;
        if (has_y) {
          y[y_offset + t * y_step + n * y_row + j] = out;
        }
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    now = next;
    next = TILE_ROWS * hidden - next;
  }
}

// vanilla_backward_sequence: steps last ... last-count+1 in reverse order of processing, with the
// product by R inside; one work-group per tile of TILE_ROWS batch rows; any group size.
// in : gates [T,N,H] dh/da; weight [H,H] = R; dy if has_dy; dh [N,H] from the steps after
// out: dgates [T,N,H], 0 in padding; dh [N,H] for the steps before, in place
// scratch: TILE_ROWS * H floats, the gate gradients of one step
__kernel void vanilla_backward_sequence(
    __global const float *restrict gates, const long gates_offset,
    __global const float *restrict weight, const long weight_offset,
    __global const float *restrict own, const long own_offset, const int flags,
    const float clip, const int functions, const float f_alpha, const float f_beta,
    __global float *restrict dgates, const long dgates_offset,
    __global const float *restrict dy, const long dy_offset, const long dy_step,
    const long dy_row, const int has_dy, __global float *restrict dh, const long dh_offset,
    __global const int *restrict marks, const long marks_offset, const int masking,
    const int reverse, const int last, const int count, const int steps,
    const int rows, const int hidden, __local float *restrict scratch) {
  const cell_options_t options = cell_options(
      flags, clip, 0.0f, functions, f_alpha, f_beta, 0.0f, 0.0f, 0.0f, 0.0f);
  const int depth = flags & OPTION_INDEPENDENT ? 0 : hidden; // of the product
  const int id = (int)get_local_id(0);
  const int size = (int)get_local_size(0);
  const int first_row = (int)get_group_id(0) * TILE_ROWS;
  const long plane = (long)rows * hidden;
  for (int k = last; k > last - count; k--) {
    const int t = reverse ? steps - 1 - k : k;
    for (int j = id; j < hidden; j += size) {
      for (int r = 0; r < TILE_ROWS; r++) {
        const int n = first_row + r;
        const long item = (long)n * hidden + j;
        float da = 0.0f;
        if (n < rows) {
          const int mark = marks[marks_offset + (long)t * rows + n];
          const int valid = mark > 0;
          float d = dh[dh_offset + item];
          if (has_dy && (valid || repeats_output(masking, reverse, mark))) {
            d += dy[dy_offset + t * dy_step + n * dy_row + j];
          }
          if (valid) {
            da = vanilla_gradient(d, gates[gates_offset + t * plane + item], options);
          }
          dgates[dgates_offset + t * plane + item] = da;
          dh[dh_offset + item] = valid ? vanilla_own_gradient(da, own + own_offset, options, j)
                                       : padded_state(masking, d);
        }
        scratch[TILE_ROWS * j + r] = da;
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int j = id; j < hidden; j += size) {
      float sum[TILE_ROWS];
      TILE_CLEAR(sum);
      __global const float *w = weight + weight_offset + j;
      for (int m = 0; m < depth; m++) {
        TILE_ADD(sum, scratch, m, w[0]);
        w += hidden;
      }
      for (int r = 0; r < TILE_ROWS && first_row + r < rows; r++) {
        dh[dh_offset + (long)(first_row + r) * hidden + j] += sum[r];
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
}
