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
extern "C" __global__ void lstm_norm_forward(
    float *__restrict__ gates, const long long gates_offset,
    const float *__restrict__ bias_ih, const long long bias_ih_offset,
    const float *__restrict__ bias_hh, const long long bias_hh_offset, const int biases,
    const float *__restrict__ peepholes, const long long peepholes_offset, const int flags,
    const float clip, const float cell_clip, const int functions, const float f_alpha,
    const float f_beta, const float g_alpha, const float g_beta, const float h_alpha,
    const float h_beta,
    float *c_seq, const long long c_seq_offset, const long long c_step,
    const float *__restrict__ gain_c, const long long gain_c_offset,
    const float *__restrict__ shift_c, const long long shift_c_offset,
    float *__restrict__ normal_c, const long long normal_c_offset,
    float *__restrict__ inverses, const long long inverses_offset, const int keeps,
    const float epsilon, float *__restrict__ m_seq, const long long m_seq_offset,
    const long long m_step, float *__restrict__ h_seq, const long long h_seq_offset,
    const int projected, const int *__restrict__ marks, const long long marks_offset,
    const int masking, const int reverse, const int t, const int rows, const int hidden) {
  extern __shared__ float scratch[];
  const cell_options_t options = cell_options(
      flags, clip, cell_clip, functions, f_alpha, f_beta, g_alpha, g_beta, h_alpha,
      h_beta);
  const int id = (int)threadIdx.x;
  const int size = (int)blockDim.x;
  const int n = (int)blockIdx.x;
  const long long at = (long long)n * hidden;
  const long long row = (long long)t * rows + n;
  float *gate = gates + gates_offset + row * 4 * hidden;
  const float *c_before = c_seq + c_seq_offset + slot_before(t, reverse) * c_step + at;
  float *c_after = c_seq + c_seq_offset + slot_after(t, reverse) * c_step + at;
  float *out =
      projected ? m_seq + m_seq_offset + t * m_step + at
                : h_seq + h_seq_offset + slot_after(t, reverse) * (long long)rows * hidden + at;
  const int valid = marks[marks_offset + row] > 0;
  for (int j = id; j < hidden; j += size) {
    if (valid) {
      lstm_step_forward(
          gate, gate[j], gate[(long long)hidden + j], gate[2 * (long long)hidden + j],
          gate[3 * (long long)hidden + j], bias_ih + bias_ih_offset, bias_hh + bias_hh_offset, biases,
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
    out[j] = kept_value(options.f, options, gate[3 * (long long)hidden + j]) * activate(options.h, a);
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
extern "C" __global__ void lstm_norm_backward(
    const float *__restrict__ gates, const long long gates_offset,
    const float *__restrict__ c_seq, const long long c_seq_offset,
    const float *__restrict__ peepholes, const long long peepholes_offset, const int flags,
    const float clip, const float cell_clip, const int functions, const float f_alpha,
    const float f_beta, const float g_alpha, const float g_beta, const float h_alpha,
    const float h_beta,
    const float *__restrict__ gain_c, const long long gain_c_offset,
    const float *__restrict__ shift_c, const long long shift_c_offset,
    const float *__restrict__ normal_c, const long long normal_c_offset,
    const float *__restrict__ inverses, const long long inverses_offset,
    float *__restrict__ dgates, const long long dgates_offset,
    const float *__restrict__ dm, const long long dm_offset, const long long dm_step,
    float *__restrict__ dcell, const long long dcell_offset,
    float *__restrict__ dc, const long long dc_offset,
    const int *__restrict__ marks, const long long marks_offset, const int masking,
    const int reverse, const int t, const int rows, const int hidden) {
  extern __shared__ float scratch[];
  const cell_options_t options = cell_options(
      flags, clip, cell_clip, functions, f_alpha, f_beta, g_alpha, g_beta, h_alpha,
      h_beta);
  const int id = (int)threadIdx.x;
  const int size = (int)blockDim.x;
  const int n = (int)blockIdx.x;
  const long long at = (long long)n * hidden;
  const long long row = (long long)t * rows + n;
  const long long plane = (long long)rows * hidden;
  const long long o_at = 3 * (long long)hidden;
  const float *gate = gates + gates_offset + row * 4 * hidden;
  float *dgate = dgates + dgates_offset + row * 4 * hidden;
  const float *gain = gain_c + gain_c_offset;
  const float *normal = normal_c + normal_c_offset + row * hidden;
  const float *d_out = dm + dm_offset + t * dm_step + at;
  float *through = dcell + dcell_offset + row * hidden;
  float *dc_row = dc + dc_offset + at;
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
