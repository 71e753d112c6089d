#include "cell_math.h"
#include "activation.h"
#include "cell_options.h"
#include "masking.h"
#include "memory.h"
#include "vanilla_step.h"

// vanilla_forward: h of one step, one work-item per (n, j).
// in : gates_t [N,H] pre-activation W x + R h-; biases [H] (the first `biases` of bias_ih,
//      bias_hh); h_seq slot before t; marks [T,N]
// out: gates_t holds dh/da (saved for backward); h_seq slot after t; y_t if has_y
// assumes nothing about H or N; padded rows may hold NaN
__kernel void vanilla_forward(
    __global float *restrict gates, const long gates_offset,
    __global const float *restrict bias_ih, const long bias_ih_offset,
    __global const float *restrict bias_hh, const long bias_hh_offset, const int biases,
    __global const float *restrict own, const long own_offset, const int flags,
    const float clip, const int functions, const float f_alpha, const float f_beta,
    __global float *h_seq, const long h_seq_offset,
    __global float *restrict y, const long y_offset, const long y_step, const long y_row,
    const int has_y, __global const int *restrict marks, const long marks_offset,
    const int masking, const float fill, const int reverse, const int t,
    const int rows, const int hidden) {
  const cell_options_t options = cell_options(
      flags, clip, 0.0f, functions, f_alpha, f_beta, 0.0f, 0.0f, 0.0f, 0.0f);
  const long item = (long)get_global_id(0);
  if (item >= (long)rows * hidden) {
    return;
  }
  const int n = (int)(item / hidden);
  const int j = (int)(item - (long)n * hidden);
  const long plane = (long)rows * hidden;
  const int mark = marks[marks_offset + (long)t * rows + n];
  const float h_before = h_seq[h_seq_offset + slot_before(t, reverse) * plane + item];
  float h;
  float out;
  if (mark > 0) {
    h = vanilla_step_forward(
        gates + gates_offset + t * plane + item, gates[gates_offset + t * plane + item],
        bias_ih + bias_ih_offset, bias_hh + bias_hh_offset, biases, own + own_offset, options,
        h_before, j);
    out = h;
  } else {
    h = padded_state(masking, h_before);
    out = padded_output(masking, reverse, mark, h_before, fill);
  }
  h_seq[h_seq_offset + slot_after(t, reverse) * plane + item] = h;
  if (has_y) {
    y[y_offset + t * y_step + n * y_row + j] = out;
  }
}

// vanilla_backward: gradient of the pre-activation of one step, one work-item per (n, j).
// in : gates_t [N,H] dh/da; dy_t if has_dy; dh [N,H] from the step processed after t
// out: dgates_t [N,H], 0 in padding; dh without the recurrent product, which the caller adds
// assumes nothing about H or N
__kernel void vanilla_backward(
    __global const float *restrict gates, const long gates_offset,
    __global const float *restrict own, const long own_offset, const int flags,
    const float clip, const int functions, const float f_alpha, const float f_beta,
    __global float *restrict dgates, const long dgates_offset,
    __global const float *restrict dy, const long dy_offset, const long dy_step,
    const long dy_row, const int has_dy, __global float *restrict dh, const long dh_offset,
    __global const int *restrict marks, const long marks_offset, const int masking,
    const int reverse, const int t, const int rows, const int hidden) {
  const cell_options_t options = cell_options(
      flags, clip, 0.0f, functions, f_alpha, f_beta, 0.0f, 0.0f, 0.0f, 0.0f);
  const long item = (long)get_global_id(0);
  if (item >= (long)rows * hidden) {
    return;
  }
  const int n = (int)(item / hidden);
  const int j = (int)(item - (long)n * hidden);
  const long plane = (long)rows * hidden;
  const int mark = marks[marks_offset + (long)t * rows + n];
  const int valid = mark > 0;
  float d = dh[dh_offset + item];
  if (has_dy && (valid || repeats_output(masking, reverse, mark))) {
    d += dy[dy_offset + t * dy_step + n * dy_row + j];
  }
  float da = 0.0f;
  if (valid) {
    da = vanilla_gradient(d, gates[gates_offset + t * plane + item], options);
  }
  dgates[dgates_offset + t * plane + item] = da;
  dh[dh_offset + item] = valid ? vanilla_own_gradient(da, own + own_offset, options, j)
                               : padded_state(masking, d);
}
