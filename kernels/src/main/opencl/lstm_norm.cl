#include "cell_math.h"
#include "activation.h"
#include "cell_options.h"
#include "masking.h"
#include "memory.h"
#include "group_sum.h"
#include "norm_row.h"
#include "lstm_step.h"

// lstm_norm_forward: gates and c of one step, and h of the normalised c, one work-group per row n.
// in : gates_t [N,4H] normalised pre-activations of both sides; biases [4H]; c_seq slot before t
//      (c_step is N*H, or 0 to keep c in one place); gain_c, shift_c [H]; marks [T,N]
// out: gates_t activated; c_seq slot after t; o tanh(gain_c * x^ + shift_c) with x^ of c in m_seq step t
//      [N,H] if projected (m_step is N*H, or 0 to keep m in one place), else in h_seq slot after t; 0
//      in padding, where the caller puts what the masking asks for. If keeps, x^ in normal_c step t
//      and 1 / sqrt(v + epsilon) in the last of inverses step t [N,3]
// assumes nothing about H or N; padded rows may hold NaN
__kernel void lstm_norm_forward(
    __global float *restrict gates, const long gates_offset,
    __global const float *restrict bias_ih, const long bias_ih_offset,
    __global const float *restrict bias_hh, const long bias_hh_offset, const int biases,
    __global const float *restrict peepholes, const long peepholes_offset, const int flags,
    const float clip, const float cell_clip, const int functions, const float f_alpha,
    const float f_beta, const float g_alpha, const float g_beta, const float h_alpha,
    const float h_beta,
    __global float *c_seq, const long c_seq_offset, const long c_step,
    __global const float *restrict gain_c, const long gain_c_offset,
    __global const float *restrict shift_c, const long shift_c_offset,
    __global float *restrict normal_c, const long normal_c_offset,
    __global float *restrict inverses, const long inverses_offset, const int keeps,
    const float epsilon, __global float *restrict m_seq, const long m_seq_offset,
    const long m_step, __global float *restrict h_seq, const long h_seq_offset,
    const int projected, __global const int *restrict marks, const long marks_offset,
    const int masking, const int reverse, const int t, const int rows, const int hidden,
    __local float *restrict scratch) {
  const cell_options_t options = cell_options(
      flags, clip, cell_clip, functions, f_alpha, f_beta, g_alpha, g_beta, h_alpha,
      h_beta);
  const int id = (int)get_local_id(0);
  const int size = (int)get_local_size(0);
  const int n = (int)get_group_id(0);
  const long at = (long)n * hidden;
  const long row = (long)t * rows + n;
  __global float *gate = gates + gates_offset + row * 4 * hidden;
  __global const float *c_before = c_seq + c_seq_offset + slot_before(t, reverse) * c_step + at;
  __global float *c_after = c_seq + c_seq_offset + slot_after(t, reverse) * c_step + at;
  __global float *out =
      projected ? m_seq + m_seq_offset + t * m_step + at
                : h_seq + h_seq_offset + slot_after(t, reverse) * (long)rows * hidden + at;
  const int valid = marks[marks_offset + row] > 0;
  for (int j = id; j < hidden; j += size) {
    if (valid) {
      lstm_step_forward(
          gate, gate[j], gate[(long)hidden + j], gate[2 * (long)hidden + j],
          gate[3 * (long)hidden + j], bias_ih + bias_ih_offset, bias_hh + bias_hh_offset, biases,
          peepholes + peepholes_offset, options, c_before[j], c_after + j, j, hidden);
    } else {
      c_after[j] = padded_state(masking, c_before[j]);
      out[j] = 0.0f;
    }
  }
  if (!valid) {
    return;
  }
  const float mean = row_mean(c_after, hidden, scratch, id, size);
  const float inverse = row_inverse(c_after, mean, epsilon, hidden, scratch, id, size);
  for (int j = id; j < hidden; j += size) {
    const float normal = (c_after[j] - mean) * inverse;
    const float a = gain_c[gain_c_offset + j] * normal + shift_c[shift_c_offset + j];
    out[j] = kept_value(options.f, options, gate[3 * (long)hidden + j]) * activate(options.h, a);
    if (keeps) {
      normal_c[normal_c_offset + row * hidden + j] = normal;
    }
  }
  if (keeps && id == 0) {
    inverses[inverses_offset + 3 * row + 2] = inverse;
  }
}

// lstm_norm_backward: gate gradients of one step from that of o tanh(LN(c)), one work-group per row n.
// in : gates_t [N,4H] activated i,f,g,o; c_seq [T+1,N,H]; what lstm_norm_forward kept; dm [N,H] the
//      gradient of its result, at step t * dm_step; dc [N,H] from the step processed after t
// out: dgates_t [N,4H] gradient of the arguments, 0 in padding; dcell_t [N,H] gradient of gain_c * x^ +
//      shift_c, 0 in padding; dc for the step before, in place
// assumes nothing about H or N
__kernel void lstm_norm_backward(
    __global const float *restrict gates, const long gates_offset,
    __global const float *restrict c_seq, const long c_seq_offset,
    __global const float *restrict peepholes, const long peepholes_offset, const int flags,
    const float clip, const float cell_clip, const int functions, const float f_alpha,
    const float f_beta, const float g_alpha, const float g_beta, const float h_alpha,
    const float h_beta,
    __global const float *restrict gain_c, const long gain_c_offset,
    __global const float *restrict shift_c, const long shift_c_offset,
    __global const float *restrict normal_c, const long normal_c_offset,
    __global const float *restrict inverses, const long inverses_offset,
    __global float *restrict dgates, const long dgates_offset,
    __global const float *restrict dm, const long dm_offset, const long dm_step,
    __global float *restrict dcell, const long dcell_offset,
    __global float *restrict dc, const long dc_offset,
    __global const int *restrict marks, const long marks_offset, const int masking,
    const int reverse, const int t, const int rows, const int hidden,
    __local float *restrict scratch) {
  const cell_options_t options = cell_options(
      flags, clip, cell_clip, functions, f_alpha, f_beta, g_alpha, g_beta, h_alpha,
      h_beta);
  const int id = (int)get_local_id(0);
  const int size = (int)get_local_size(0);
  const int n = (int)get_group_id(0);
  const long at = (long)n * hidden;
  const long row = (long)t * rows + n;
  const long plane = (long)rows * hidden;
  const long o_at = 3 * (long)hidden;
  __global const float *gate = gates + gates_offset + row * 4 * hidden;
  __global float *dgate = dgates + dgates_offset + row * 4 * hidden;
  __global const float *gain = gain_c + gain_c_offset;
  __global const float *normal = normal_c + normal_c_offset + row * hidden;
  __global const float *d_out = dm + dm_offset + t * dm_step + at;
  __global float *through = dcell + dcell_offset + row * hidden;
  __global float *dc_row = dc + dc_offset + at;
  const int valid = marks[marks_offset + row] > 0;
  float sum = 0.0f;
  float product = 0.0f;
  for (int j = id; j < hidden; j += size) {
    if (valid) {
      const float a = gain[j] * normal[j] + shift_c[shift_c_offset + j];
      const float h_a = activate(options.h, a);
      const float o = kept_value(options.f, options, gate[o_at + j]);
      dgate[o_at + j] = gate_gradient(options.f, options, gate[o_at + j], o, d_out[j] * h_a);
      const float d = activation_gradient(options.h, a, h_a, d_out[j] * o);
      through[j] = d;
      sum += gain[j] * d;
      product += gain[j] * d * normal[j];
    } else {
      clear_gates(dgate, 4, j, hidden);
      through[j] = 0.0f;
      dc_row[j] = padded_state(masking, dc_row[j]);
    }
  }
  if (!valid) {
    return;
  }
  const float mean = group_sum(sum, scratch, id, size) / (float)hidden;
  const float slope = group_sum(product, scratch, id, size) / (float)hidden;
  const float inverse = inverses[inverses_offset + 3 * row + 2];
  for (int j = id; j < hidden; j += size) {
    const float c_before = c_seq[c_seq_offset + slot_before(t, reverse) * plane + at + j];
    const float d =
        dc_row[j] + norm_gradient(gain[j] * through[j], normal[j], inverse, mean, slope);
    dc_row[j] = lstm_gates_backward(
        gate, dgate, peepholes + peepholes_offset, options, c_before, dgate[o_at + j], d, j,
        hidden);
  }
}
