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
extern "C" __global__ void gru_forward(
    float *__restrict__ gates, const long long gates_offset,
    const float *__restrict__ recurrent, const long long recurrent_offset,
    const float *__restrict__ bias_ih, const long long bias_ih_offset,
    const float *__restrict__ bias_hh, const long long bias_hh_offset, const int biases,
    const int flags, const float clip, const int functions, const float f_alpha,
    const float f_beta, const float g_alpha, const float g_beta,
    float *__restrict__ q_seq, const long long q_seq_offset, const long long q_step,
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
    const float *r_side = recurrent + recurrent_offset + (long long)n * 3 * hidden + j;
    h = gru_step_forward(
        x, r_side[0], r_side[hidden], r_side[2 * (long long)hidden], bias_ih + bias_ih_offset,
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
extern "C" __global__ void gru_backward(
    const float *__restrict__ gates, const long long gates_offset,
    const float *__restrict__ q_seq, const long long q_seq_offset,
    const float *__restrict__ h_seq, const long long h_seq_offset,
    const int flags, const float clip, const int functions, const float f_alpha,
    const float f_beta, const float g_alpha, const float g_beta,
    float *__restrict__ dgates, const long long dgates_offset,
    float *__restrict__ drecurrent, const long long drecurrent_offset,
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
  if (valid) {
    d = gru_step_backward(
        gates + gates_offset + at, options, q_seq[q_seq_offset + t * plane + item],
        h_seq[h_seq_offset + slot_before(t, reverse) * plane + item], d,
        dgates + dgates_offset + at, drecurrent + drecurrent_offset + at, hidden);
  } else {
    d = padded_state(masking, d);
    for (int gate = 0; gate < 3; gate++) {
      dgates[dgates_offset + at + (long long)gate * hidden] = 0.0f;
      drecurrent[drecurrent_offset + at + (long long)gate * hidden] = 0.0f;
    }
  }
  dh[dh_offset + item] = d;
}
