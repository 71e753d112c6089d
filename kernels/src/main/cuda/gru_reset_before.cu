#include "cell_math.h"
#include "activation.h"
#include "cell_options.h"
#include "masking.h"
#include "memory.h"

// gru_reset_before_forward_reset: r, z and s = r h- of one step, one work-item per (n, j).
// in : gates_t [N,3H] with pre-activations W x + R h- of r, z; biases [3H]; h_seq slot before t
// out: r and z of gates_t activated; s_seq step t [N,H], 0 in padding (s_step is N*H, or 0 to keep s
//      in one place)
extern "C" __global__ void gru_reset_before_forward_reset(
    float *__restrict__ gates, const long long gates_offset,
    const float *__restrict__ bias_ih, const long long bias_ih_offset,
    const float *__restrict__ bias_hh, const long long bias_hh_offset, const int biases,
    const int flags, const float clip, const int functions, const float f_alpha,
    const float f_beta, const float g_alpha, const float g_beta,
    const float *__restrict__ h_seq, const long long h_seq_offset,
    float *__restrict__ s_seq, const long long s_seq_offset, const long long s_step,
    const int *__restrict__ marks, const long long marks_offset, const int reverse,
    const int t, const int rows, const int hidden) {
  const cell_options_t options = cell_options(
      flags, clip, 0.0f, functions, f_alpha, f_beta, g_alpha, g_beta, 0.0f,
      0.0f);
  const long long item = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= (long long)rows * hidden) {
    return;
  }
  const int n = (int)(item / hidden);
  const int j = (int)(item - (long long)n * hidden);
  const long long plane = (long long)rows * hidden;
  float s = 0.0f;
  if (marks[marks_offset + (long long)t * rows + n] > 0) {
    float *x = gates + gates_offset + ((long long)t * rows + n) * 3 * hidden + j;
    const float *b_ih = bias_ih + bias_ih_offset;
    const float *b_hh = bias_hh + bias_hh_offset;
    const float a_r = x[0] + gate_bias(b_ih, b_hh, biases, j);
    const float a_z = x[hidden] + gate_bias(b_ih, b_hh, biases, (long long)hidden + j);
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
extern "C" __global__ void gru_reset_before_forward(
    float *__restrict__ gates, const long long gates_offset,
    const float *__restrict__ bias_ih, const long long bias_ih_offset,
    const float *__restrict__ bias_hh, const long long bias_hh_offset, const int biases,
    const int flags, const float clip, const int functions, const float f_alpha,
    const float f_beta, const float g_alpha, const float g_beta,
    float *h_seq, const long long h_seq_offset,
    float *__restrict__ y, const long long y_offset, const long long y_step, const long long y_row,
    const int has_y, const int *__restrict__ marks, const long long marks_offset,
    const int masking, const float fill, const int reverse, const int t, const int rows,
    const int hidden) {
  const cell_options_t options = cell_options(
      flags, clip, 0.0f, functions, f_alpha, f_beta, g_alpha, g_beta, 0.0f,
      0.0f);
  const long long item = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= (long long)rows * hidden) {
    return;
  }
  const int n = (int)(item / hidden);
  const int j = (int)(item - (long long)n * hidden);
  const long long plane = (long long)rows * hidden;
  const int mark = marks[marks_offset + (long long)t * rows + n];
  const float h_before = h_seq[h_seq_offset + slot_before(t, reverse) * plane + item];
  float h;
  float out;
  if (mark > 0) {
    float *x = gates + gates_offset + ((long long)t * rows + n) * 3 * hidden + j;
    const long long n_at = 2 * (long long)hidden;
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
extern "C" __global__ void gru_reset_before_backward(
    const float *__restrict__ gates, const long long gates_offset,
    const float *__restrict__ h_seq, const long long h_seq_offset,
    const int flags, const float clip, const int functions, const float f_alpha,
    const float f_beta, const float g_alpha, const float g_beta,
    float *__restrict__ dgates, const long long dgates_offset,
    const float *__restrict__ dy, const long long dy_offset, const long long dy_step,
    const long long dy_row, const int has_dy, float *__restrict__ dh, const long long dh_offset,
    const int *__restrict__ marks, const long long marks_offset, const int masking,
    const int reverse, const int t, const int rows, const int hidden) {
  const cell_options_t options = cell_options(
      flags, clip, 0.0f, functions, f_alpha, f_beta, g_alpha, g_beta, 0.0f,
      0.0f);
  const long long item = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= (long long)rows * hidden) {
    return;
  }
  const int n = (int)(item / hidden);
  const int j = (int)(item - (long long)n * hidden);
  const long long plane = (long long)rows * hidden;
  const long long at = ((long long)t * rows + n) * 3 * hidden + j;
  const int mark = marks[marks_offset + (long long)t * rows + n];
  const int valid = mark > 0;
  float d = dh[dh_offset + item];
  if (has_dy && (valid || repeats_output(masking, reverse, mark))) {
    d += dy[dy_offset + t * dy_step + n * dy_row + j];
  }
  float dz = 0.0f;
  float dn = 0.0f;
  if (valid) {
    const float kept_z = gates[gates_offset + at + hidden];
    const float kept_n = gates[gates_offset + at + 2 * (long long)hidden];
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
  dgates[dgates_offset + at + 2 * (long long)hidden] = dn;
  dh[dh_offset + item] = d;
}

// gru_reset_before_backward_reset: gradient of r of one step, one work-item per (n, j).
// in : gates_t [N,3H]; h_seq [T+1,N,H]; ds [N,H] = dn R_n; marks [T,N]
// out: r of dgates_t, 0 in padding; dh += r ds; the caller adds dr R_r + dz R_z
extern "C" __global__ void gru_reset_before_backward_reset(
    const float *__restrict__ gates, const long long gates_offset,
    const float *__restrict__ h_seq, const long long h_seq_offset,
    const float *__restrict__ ds, const long long ds_offset,
    const int flags, const float clip, const int functions, const float f_alpha,
    const float f_beta, const float g_alpha, const float g_beta,
    float *__restrict__ dgates, const long long dgates_offset,
    float *__restrict__ dh, const long long dh_offset,
    const int *__restrict__ marks, const long long marks_offset, const int reverse,
    const int t, const int rows, const int hidden) {
  const cell_options_t options = cell_options(
      flags, clip, 0.0f, functions, f_alpha, f_beta, g_alpha, g_beta, 0.0f,
      0.0f);
  const long long item = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= (long long)rows * hidden) {
    return;
  }
  const int n = (int)(item / hidden);
  const int j = (int)(item - (long long)n * hidden);
  const long long plane = (long long)rows * hidden;
  const long long at = ((long long)t * rows + n) * 3 * hidden + j;
  float dr = 0.0f;
  if (marks[marks_offset + (long long)t * rows + n] > 0) {
    const float kept_r = gates[gates_offset + at];
    const float r = kept_value(options.f, options, kept_r);
    const float d_product = ds[ds_offset + item];
    const float h_before = h_seq[h_seq_offset + slot_before(t, reverse) * plane + item];
    dr = gate_gradient(options.f, options, kept_r, r, d_product * h_before);
    dh[dh_offset + item] += d_product * r;
  }
  dgates[dgates_offset + at] = dr;
}
