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
extern "C" __global__ void vanilla_forward(
    float *__restrict__ gates, const long long gates_offset,
    const float *__restrict__ bias_ih, const long long bias_ih_offset,
    const float *__restrict__ bias_hh, const long long bias_hh_offset, const int biases,
    const float *__restrict__ own, const long long own_offset, const int flags,
    const float clip, const int functions, const float f_alpha, const float f_beta,
    float *h_seq, const long long h_seq_offset,
    float *__restrict__ y, const long long y_offset, const long long y_step, const long long y_row,
    const int has_y, const int *__restrict__ marks, const long long marks_offset,
    const int masking, const float fill, const int reverse, const int t,
    const int rows, const int hidden) {
  const cell_options_t options = cell_options(
      flags, clip, 0.0f, functions, f_alpha, f_beta, 0.0f, 0.0f, 0.0f, 0.0f);
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
extern "C" __global__ void vanilla_backward(
    const float *__restrict__ gates, const long long gates_offset,
    const float *__restrict__ own, const long long own_offset, const int flags,
    const float clip, const int functions, const float f_alpha, const float f_beta,
    float *__restrict__ dgates, const long long dgates_offset,
    const float *__restrict__ dy, const long long dy_offset, const long long dy_step,
    const long long dy_row, const int has_dy, float *__restrict__ dh, const long long dh_offset,
    const int *__restrict__ marks, const long long marks_offset, const int masking,
    const int reverse, const int t, const int rows, const int hidden) {
  const cell_options_t options = cell_options(
      flags, clip, 0.0f, functions, f_alpha, f_beta, 0.0f, 0.0f, 0.0f, 0.0f);
  const long long item = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= (long long)rows * hidden) {
    return;
  }
  const int n = (int)(item / hidden);
  const int j = (int)(item - (long long)n * hidden);
  const long long plane = (long long)rows * hidden;
  const int mark = marks[marks_offset + (long long)t * rows + n];
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
