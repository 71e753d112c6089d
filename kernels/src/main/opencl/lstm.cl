#include "cell_math.h"
#include "activation.h"
#include "cell_options.h"
#include "masking.h"
#include "memory.h"
#include "lstm_step.h"

// lstm_forward: gates, c and h of one step, one work-item per (n, j).
// in : gates_t [N,4H] pre-activations W x + R h- in order i,f,g,o; biases [4H]; c_seq and h_seq
//      slot before t (c_step is N*H, or 0 to keep c in one place); marks [T,N]
// out: gates_t activated; c_seq and h_seq slot after t; y_t if has_y
// assumes nothing about H or N; padded rows may hold NaN
__kernel void lstm_forward(
    __global float *restrict gates, const long gates_offset,
    __global const float *restrict bias_ih, const long bias_ih_offset,
    __global const float *restrict bias_hh, const long bias_hh_offset, const int biases,
    __global const float *restrict peepholes, const long peepholes_offset, const int flags,
    const float clip, const float cell_clip, const int functions, const float f_alpha,
    const float f_beta, const float g_alpha, const float g_beta, const float h_alpha,
    const float h_beta,
    __global float *c_seq, const long c_seq_offset, const long c_step,
    __global float *h_seq, const long h_seq_offset,
    __global float *restrict y, const long y_offset, const long y_step, const long y_row,
    const int has_y, __global const int *restrict marks, const long marks_offset,
    const int masking, const float fill, const int reverse, const int t, const int rows,
    const int hidden) {
  const cell_options_t options = cell_options(
      flags, clip, cell_clip, functions, f_alpha, f_beta, g_alpha, g_beta, h_alpha,
      h_beta);
  const long item = (long)get_global_id(0);
  if (item >= (long)rows * hidden) {
    return;
  }
  const int n = (int)(item / hidden);
  const int j = (int)(item - (long)n * hidden);
  const long plane = (long)rows * hidden;
  const int mark = marks[marks_offset + (long)t * rows + n];
  const float c_before = c_seq[c_seq_offset + slot_before(t, reverse) * c_step + item];
  __global float *c_after = c_seq + c_seq_offset + slot_after(t, reverse) * c_step + item;
  float h;
  float out;
  if (mark > 0) {
    __global float *row = gates + gates_offset + ((long)t * rows + n) * 4 * hidden;
    h = lstm_step_forward(
        row, row[j], row[(long)hidden + j], row[2 * (long)hidden + j], row[3 * (long)hidden + j],
        bias_ih + bias_ih_offset, bias_hh + bias_hh_offset, biases,
        peepholes + peepholes_offset, options, c_before, c_after, j, hidden);
    out = h;
  } else {
    const float h_before = h_seq[h_seq_offset + slot_before(t, reverse) * plane + item];
    h = padded_state(masking, h_before);
    out = padded_output(masking, reverse, mark, h_before, fill);
    *c_after = padded_state(masking, c_before);
  }
  h_seq[h_seq_offset + slot_after(t, reverse) * plane + item] = h;
  if (has_y) {
    y[y_offset + t * y_step + n * y_row + j] = out;
  }
}

// lstm_forward_cell: as lstm_forward, for a cell whose h is projected afterwards.
// out: gates_t activated; c_seq slot after t; m_seq step t [N,H] = o tanh(c), 0 in padding
//      (m_step is N*H, or 0 to keep m in one place)
__kernel void lstm_forward_cell(
    __global float *restrict gates, const long gates_offset,
    __global const float *restrict bias_ih, const long bias_ih_offset,
    __global const float *restrict bias_hh, const long bias_hh_offset, const int biases,
    __global const float *restrict peepholes, const long peepholes_offset, const int flags,
    const float clip, const float cell_clip, const int functions, const float f_alpha,
    const float f_beta, const float g_alpha, const float g_beta, const float h_alpha,
    const float h_beta,
    __global float *c_seq, const long c_seq_offset, const long c_step,
    __global float *restrict m_seq, const long m_seq_offset, const long m_step,
    __global const int *restrict marks, const long marks_offset, const int masking,
    const int reverse, const int t, const int rows, const int hidden) {
  const cell_options_t options = cell_options(
      flags, clip, cell_clip, functions, f_alpha, f_beta, g_alpha, g_beta, h_alpha,
      h_beta);
  const long item = (long)get_global_id(0);
  if (item >= (long)rows * hidden) {
    return;
  }
  const int n = (int)(item / hidden);
  const int j = (int)(item - (long)n * hidden);
  const float c_before = c_seq[c_seq_offset + slot_before(t, reverse) * c_step + item];
  __global float *c_after = c_seq + c_seq_offset + slot_after(t, reverse) * c_step + item;
  float m = 0.0f;
  if (marks[marks_offset + (long)t * rows + n] > 0) {
    __global float *row = gates + gates_offset + ((long)t * rows + n) * 4 * hidden;
    m = lstm_step_forward(
        row, row[j], row[(long)hidden + j], row[2 * (long)hidden + j], row[3 * (long)hidden + j],
        bias_ih + bias_ih_offset, bias_hh + bias_hh_offset, biases,
        peepholes + peepholes_offset, options, c_before, c_after, j, hidden);
  } else {
    *c_after = padded_state(masking, c_before);
  }
  m_seq[m_seq_offset + t * m_step + item] = m;
}

// lstm_backward: gate gradients of one step, one work-item per (n, j).
// in : gates_t [N,4H] activated i,f,g,o; c_seq [T+1,N,H], its slot before t read; c_fresh [T,N,H] c
//      as the step computed it; dy_t if has_dy; dh, dc [N,H] from the step processed after t
// out: dgates_t [N,4H] gradient of the pre-activations, 0 in padding; dc for the step before, in
//      place; dh without the recurrent product dgates_t R, which the caller adds
// assumes nothing about H or N
__kernel void lstm_backward(
    __global const float *restrict gates, const long gates_offset,
    __global const float *restrict c_seq, const long c_seq_offset,
    __global const float *restrict c_fresh, const long c_fresh_offset,
    __global const float *restrict peepholes, const long peepholes_offset, const int flags,
    const float clip, const float cell_clip, const int functions, const float f_alpha,
    const float f_beta, const float g_alpha, const float g_beta, const float h_alpha,
    const float h_beta,
    __global float *restrict dgates, const long dgates_offset,
    __global const float *restrict dy, const long dy_offset, const long dy_step,
    const long dy_row, const int has_dy, __global float *restrict dh, const long dh_offset,
    __global float *restrict dc, const long dc_offset, __global const int *restrict marks,
    const long marks_offset, const int masking, const int reverse, const int t, const int rows,
    const int hidden) {
  const cell_options_t options = cell_options(
      flags, clip, cell_clip, functions, f_alpha, f_beta, g_alpha, g_beta, h_alpha,
      h_beta);
  const long item = (long)get_global_id(0);
  if (item >= (long)rows * hidden) {
    return;
  }
  const int n = (int)(item / hidden);
  const int j = (int)(item - (long)n * hidden);
  const long plane = (long)rows * hidden;
  const int mark = marks[marks_offset + (long)t * rows + n];
  const long row_at = ((long)t * rows + n) * 4 * hidden;
  const int valid = mark > 0;
  float d = dh[dh_offset + item];
  if (has_dy && (valid || repeats_output(masking, reverse, mark))) {
    d += dy[dy_offset + t * dy_step + n * dy_row + j];
  }
  if (valid) {
    const float c_before = c_seq[c_seq_offset + slot_before(t, reverse) * plane + item];
    const float c_after = c_fresh[c_fresh_offset + t * plane + item];
    dc[dc_offset + item] = lstm_step_backward(
        gates + gates_offset + row_at, dgates + dgates_offset + row_at,
        peepholes + peepholes_offset, options, c_before, c_after, d,
        dc[dc_offset + item], j, hidden);
    dh[dh_offset + item] = 0.0f;
  } else {
    clear_gates(dgates + dgates_offset + row_at, 4, j, hidden);
    dc[dc_offset + item] = padded_state(masking, dc[dc_offset + item]);
    dh[dh_offset + item] = padded_state(masking, d);
  }
}

// lstm_backward_cell: as lstm_backward, for a projected cell: dm [N,H] = dh W_p is given and dh is
// left alone.
__kernel void lstm_backward_cell(
    __global const float *restrict gates, const long gates_offset,
    __global const float *restrict c_seq, const long c_seq_offset,
    __global const float *restrict c_fresh, const long c_fresh_offset,
    __global const float *restrict peepholes, const long peepholes_offset, const int flags,
    const float clip, const float cell_clip, const int functions, const float f_alpha,
    const float f_beta, const float g_alpha, const float g_beta, const float h_alpha,
    const float h_beta,
    __global float *restrict dgates, const long dgates_offset,
    __global const float *restrict dm, const long dm_offset, __global float *restrict dc,
    const long dc_offset, __global const int *restrict marks, const long marks_offset,
    const int masking, const int reverse, const int t, const int rows, const int hidden) {
  const cell_options_t options = cell_options(
      flags, clip, cell_clip, functions, f_alpha, f_beta, g_alpha, g_beta, h_alpha,
      h_beta);
  const long item = (long)get_global_id(0);
  if (item >= (long)rows * hidden) {
    return;
  }
  const int n = (int)(item / hidden);
  const int j = (int)(item - (long)n * hidden);
  const long plane = (long)rows * hidden;
  const long row_at = ((long)t * rows + n) * 4 * hidden;
  if (marks[marks_offset + (long)t * rows + n] > 0) {
    const float c_before = c_seq[c_seq_offset + slot_before(t, reverse) * plane + item];
    const float c_after = c_fresh[c_fresh_offset + t * plane + item];
    dc[dc_offset + item] = lstm_step_backward(
        gates + gates_offset + row_at, dgates + dgates_offset + row_at,
        peepholes + peepholes_offset, options, c_before, c_after,
        dm[dm_offset + item], dc[dc_offset + item], j, hidden);
  } else {
    clear_gates(dgates + dgates_offset + row_at, 4, j, hidden);
    dc[dc_offset + item] = padded_state(masking, dc[dc_offset + item]);
  }
}
