#include "cell_math.h"
#include "activation.h"
#include "cell_options.h"
#include "masking.h"
#include "memory.h"
#include "gru_step.h"

// gru_forward: reset-after GRU, one step, one work-item per (n, j).
// in : gates_t [N,3H] input side W x in order r,z,n; recurrent [N,3H] = R h-; biases [3H] (the
//      first `biases` of bias_ih, bias_hh); h_seq slot before t; marks [T,N]
// out: gates_t activated; q_seq step t [N,H] = R_n h- + b_Rn (q_step is N*H, or 0 to keep q in one
//      place); h_seq slot after t; y_t if has_y
// assumes nothing about H or N; padded rows may hold NaN
__kernel void gru_forward(
    __global float *restrict gates, const long gates_offset,
    __global const float *restrict recurrent, const long recurrent_offset,
    __global const float *restrict bias_ih, const long bias_ih_offset,
    __global const float *restrict bias_hh, const long bias_hh_offset, const int biases,
    const int flags, const float clip, const int functions, const float f_alpha,
    const float f_beta, const float g_alpha, const float g_beta,
    __global float *restrict q_seq, const long q_seq_offset, const long q_step,
    __global float *h_seq, const long h_seq_offset,
    __global float *restrict y, const long y_offset, const long y_step, const long y_row,
    const int has_y, __global const int *restrict marks, const long marks_offset,
    const int masking, const float fill, const int reverse, const int t, const int rows,
    const int hidden) {
  const cell_options_t options = cell_options(
      flags, clip, 0.0f, functions, f_alpha, f_beta, g_alpha, g_beta, 0.0f,
      0.0f);
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
    __global float *x = gates + gates_offset + ((long)t * rows + n) * 3 * hidden + j;
    __global const float *r_side = recurrent + recurrent_offset + (long)n * 3 * hidden + j;
    h = gru_step_forward(
        x, r_side[0], r_side[hidden], r_side[2 * (long)hidden], bias_ih + bias_ih_offset,
        bias_hh + bias_hh_offset, biases, options, h_before,
        q_seq + q_seq_offset + t * q_step + item, j, hidden);
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

// gru_backward: gate gradients of one step, one work-item per (n, j).
// in : gates_t [N,3H] activated r,z,n; q_seq [T,N,H]; h_seq [T+1,N,H]; dy_t if has_dy; dh [N,H]
//      from the step processed after t
// out: dgates_t [N,3H] gradient on the input side, drecurrent_t [N,3H] on the recurrent side (they
//      differ in n), both 0 in padding; dh = z dh without the recurrent product drecurrent_t R,
//      which the caller adds
// assumes nothing about H or N
__kernel void gru_backward(
    __global const float *restrict gates, const long gates_offset,
    __global const float *restrict q_seq, const long q_seq_offset,
    __global const float *restrict h_seq, const long h_seq_offset,
    const int flags, const float clip, const int functions, const float f_alpha,
    const float f_beta, const float g_alpha, const float g_beta,
    __global float *restrict dgates, const long dgates_offset,
    __global float *restrict drecurrent, const long drecurrent_offset,
    __global const float *restrict dy, const long dy_offset, const long dy_step,
    const long dy_row, const int has_dy, __global float *restrict dh, const long dh_offset,
    __global const int *restrict marks, const long marks_offset, const int masking,
    const int reverse, const int t, const int rows, const int hidden) {
  const cell_options_t options = cell_options(
      flags, clip, 0.0f, functions, f_alpha, f_beta, g_alpha, g_beta, 0.0f,
      0.0f);
  const long item = (long)get_global_id(0);
  if (item >= (long)rows * hidden) {
    return;
  }
  const int n = (int)(item / hidden);
  const int j = (int)(item - (long)n * hidden);
  const long plane = (long)rows * hidden;
  const long at = ((long)t * rows + n) * 3 * hidden + j;
  const int mark = marks[marks_offset + (long)t * rows + n];
  const int valid = mark > 0;
  float d = dh[dh_offset + item];
  if (has_dy && (valid || repeats_output(masking, reverse, mark))) {
    d += dy[dy_offset + t * dy_step + n * dy_row + j];
  }
  if (valid) {
    d = gru_step_backward(
        gates + gates_offset + at, options, q_seq[q_seq_offset + t * plane + item],
        h_seq[h_seq_offset + slot_before(t, reverse) * plane + item], d,
        dgates + dgates_offset + at, drecurrent + drecurrent_offset + at, hidden);
  } else {
    d = padded_state(masking, d);
    for (int gate = 0; gate < 3; gate++) {
      dgates[dgates_offset + at + (long)gate * hidden] = 0.0f;
      drecurrent[drecurrent_offset + at + (long)gate * hidden] = 0.0f;
    }
  }
  dh[dh_offset + item] = d;
}
