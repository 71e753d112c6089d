#include "cell_math.h"
#include "activation.h"
#include "cell_options.h"
#include "masking.h"
#include "memory.h"

// gru_reset_before_forward_reset: r, z and s = r h- of one step, one work-item per (n, j).
// in : gates_t [N,3H] with pre-activations W x + R h- of r, z; biases [3H]; h_seq slot before t
// out: r and z of gates_t activated; s_seq step t [N,H], 0 in padding (s_step is N*H, or 0 to keep s
//      in one place)
__kernel void gru_reset_before_forward_reset(
    __global float *restrict gates, const long gates_offset,
    __global const float *restrict bias_ih, const long bias_ih_offset,
    __global const float *restrict bias_hh, const long bias_hh_offset, const int biases,
    const int flags, const float clip, const int functions, const float f_alpha,
    const float f_beta, const float g_alpha, const float g_beta,
    __global const float *restrict h_seq, const long h_seq_offset,
    __global float *restrict s_seq, const long s_seq_offset, const long s_step,
    __global const int *restrict marks, const long marks_offset, const int reverse,
    const int t, const int rows, const int hidden) {
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
  float s = 0.0f;
  if (marks[marks_offset + (long)t * rows + n] > 0) {
    __global float *x = gates + gates_offset + ((long)t * rows + n) * 3 * hidden + j;
    __global const float *b_ih = bias_ih + bias_ih_offset;
    __global const float *b_hh = bias_hh + bias_hh_offset;
    const float a_r = x[0] + gate_bias(b_ih, b_hh, biases, j);
    const float a_z = x[hidden] + gate_bias(b_ih, b_hh, biases, (long)hidden + j);
    const float r = gate_value(options.f, options, a_r);
    x[0] = kept_gate(options, a_r, r);
    x[hidden] = kept_gate(options, a_z, gate_value(options.f, options, a_z));
    s = r * h_seq[h_seq_offset + slot_before(t, reverse) * plane + item];
  }
  s_seq[s_seq_offset + t * s_step + item] = s;
}

// gru_reset_before_forward: candidate and h of one step, one work-item per (n, j).
// in : gates_t [N,3H]: z activated, pre-activation W_n x + R_n s of n; biases [3H]; h_seq slot
//      before t; marks [T,N]
// out: n of gates_t activated; h_seq slot after t; y_t if has_y
__kernel void gru_reset_before_forward(
    __global float *restrict gates, const long gates_offset,
    __global const float *restrict bias_ih, const long bias_ih_offset,
    __global const float *restrict bias_hh, const long bias_hh_offset, const int biases,
    const int flags, const float clip, const int functions, const float f_alpha,
    const float f_beta, const float g_alpha, const float g_beta,
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
    const long n_at = 2 * (long)hidden;
    const float b =
        gate_bias(bias_ih + bias_ih_offset, bias_hh + bias_hh_offset, biases, n_at + j);
    const float a_n = x[n_at] + b;
    const float candidate = gate_value(options.g, options, a_n);
    x[n_at] = kept_gate(options, a_n, candidate);
    h = gru_hidden(kept_value(options.f, options, x[hidden]), candidate, h_before);
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

// gru_reset_before_backward: gradients of n and z of one step, one work-item per (n, j).
// in : gates_t [N,3H] activated r,z,n; h_seq [T+1,N,H]; dy_t if has_dy; dh [N,H] from the step
//      processed after t
// out: z and n of dgates_t [N,3H], 0 in padding; dh = z dh, to which the next kernel adds r ds
__kernel void gru_reset_before_backward(
    __global const float *restrict gates, const long gates_offset,
    __global const float *restrict h_seq, const long h_seq_offset,
    const int flags, const float clip, const int functions, const float f_alpha,
    const float f_beta, const float g_alpha, const float g_beta,
    __global float *restrict dgates, const long dgates_offset,
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
  float dz = 0.0f;
  float dn = 0.0f;
  if (valid) {
    const float kept_z = gates[gates_offset + at + hidden];
    const float kept_n = gates[gates_offset + at + 2 * (long)hidden];
    const float h_before = h_seq[h_seq_offset + slot_before(t, reverse) * plane + item];
    const float z = kept_value(options.f, options, kept_z);
    const float candidate = kept_value(options.g, options, kept_n);
    dn = gate_gradient(options.g, options, kept_n, candidate, d * (1.0f - z));
    dz = gate_gradient(options.f, options, kept_z, z, d * (h_before - candidate));
    d = d * z;
  } else {
    d = padded_state(masking, d);
  }
  dgates[dgates_offset + at + hidden] = dz;
  dgates[dgates_offset + at + 2 * (long)hidden] = dn;
  dh[dh_offset + item] = d;
}

// gru_reset_before_backward_reset: gradient of r of one step, one work-item per (n, j).
// in : gates_t [N,3H]; h_seq [T+1,N,H]; ds [N,H] = dn R_n; marks [T,N]
// out: r of dgates_t, 0 in padding; dh += r ds; the caller adds dr R_r + dz R_z
__kernel void gru_reset_before_backward_reset(
    __global const float *restrict gates, const long gates_offset,
    __global const float *restrict h_seq, const long h_seq_offset,
    __global const float *restrict ds, const long ds_offset,
    const int flags, const float clip, const int functions, const float f_alpha,
    const float f_beta, const float g_alpha, const float g_beta,
    __global float *restrict dgates, const long dgates_offset,
    __global float *restrict dh, const long dh_offset,
    __global const int *restrict marks, const long marks_offset, const int reverse,
    const int t, const int rows, const int hidden) {
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
  float dr = 0.0f;
  if (marks[marks_offset + (long)t * rows + n] > 0) {
    const float kept_r = gates[gates_offset + at];
    const float r = kept_value(options.f, options, kept_r);
    const float d_product = ds[ds_offset + item];
    const float h_before = h_seq[h_seq_offset + slot_before(t, reverse) * plane + item];
    dr = gate_gradient(options.f, options, kept_r, r, d_product * h_before);
    dh[dh_offset + item] += d_product * r;
  }
  dgates[dgates_offset + at] = dr;
}
