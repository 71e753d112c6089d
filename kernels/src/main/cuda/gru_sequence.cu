#include "cell_math.h"
#include "activation.h"
#include "cell_options.h"
#include "masking.h"
#include "memory.h"
#include "gru_step.h"
#include "tile.h"

// gru_forward_sequence: reset-after GRU, steps first ... first+count-1 in the order of
// processing, one work-group per tile of TILE_ROWS batch rows; any group size. h travels through
// local memory, work-group barriers only.
// in : gates [T,N,3H] = W x in order r,z,n; weight [H,3H] = R transposed; biases [3H]; h_seq slot
//      before the first step; marks [T,N]
// out: gates activated; q_seq = R_n h- + b_Rn; h_seq slots after each step; y if has_y
// scratch: 2 * TILE_ROWS * H floats, h before and after a step
extern "C" __global__ void gru_forward_sequence(
    float *__restrict__ gates, const long long gates_offset,
    const float *__restrict__ weight, const long long weight_offset,
    const float *__restrict__ bias_ih, const long long bias_ih_offset,
    const float *__restrict__ bias_hh, const long long bias_hh_offset, const int biases,
    const int flags, const float clip, const int functions, const float f_alpha,
    const float f_beta, const float g_alpha, const float g_beta,
    float *__restrict__ q_seq, const long long q_seq_offset, const long long q_step,
    float *h_seq, const long long h_seq_offset,
    float *__restrict__ y, const long long y_offset, const long long y_step, const long long y_row,
    const int has_y, const int *__restrict__ marks, const long long marks_offset,
    const int masking, const float fill, const int reverse, const int first, const int count,
    const int steps, const int rows, const int hidden) {
  extern __shared__ float scratch[];
  const cell_options_t options = cell_options(
      flags, clip, 0.0f, functions, f_alpha, f_beta, g_alpha, g_beta, 0.0f,
      0.0f);
  const int id = (int)threadIdx.x;
  const int size = (int)blockDim.x;
  const int first_row = (int)blockIdx.x * TILE_ROWS;
  const long long plane = (long long)rows * hidden;
  const long long h_at = (long long)hidden;
  int now = 0;
  int next = TILE_ROWS * hidden;
  for (int j = id; j < hidden; j += size) {
    const int t = reverse ? steps - 1 - first : first;
    for (int r = 0; r < TILE_ROWS; r++) {
      const int n = first_row + r;
      const long long at = h_seq_offset + slot_before(t,
          reverse) * plane + (long long)n * hidden + j;
      scratch[now + TILE_ROWS * j + r] = n < rows ? h_seq[at] : 0.0f;
      scratch[next + TILE_ROWS * j + r] = 0.0f;
    }
  }
  __syncthreads();
  for (int k = first; k < first + count; k++) {
    const int t = reverse ? steps - 1 - k : k;
    for (int j = id; j < hidden; j += size) {
      float sum_r[TILE_ROWS];
      float sum_z[TILE_ROWS];
      float sum_n[TILE_ROWS];
      TILE_CLEAR(sum_r);
      TILE_CLEAR(sum_z);
      TILE_CLEAR(sum_n);
      const float *w = weight + weight_offset + j;
      for (int m = 0; m < hidden; m++) {
        TILE_ADD(sum_r, scratch + now, m, w[0]);
        TILE_ADD(sum_z, scratch + now, m, w[h_at]);
        TILE_ADD(sum_n, scratch + now, m, w[2 * h_at]);
        w += 3 * h_at;
      }
      for (int r = 0; r < TILE_ROWS; r++) {
        const int n = first_row + r;
        if (n >= rows) {
          continue;
        }
        const int mark = marks[marks_offset + (long long)t * rows + n];
        const long long item = (long long)n * hidden + j;
        const float h_before = scratch[now + TILE_ROWS * j + r];
        float h;
        float out;
        if (mark > 0) {
          h = gru_step_forward(
              gates + gates_offset + ((long long)t * rows + n) * 3 * hidden + j, sum_r[r], sum_z[r],
              sum_n[r], bias_ih + bias_ih_offset, bias_hh + bias_hh_offset, biases, options,
              h_before,
              q_seq + q_seq_offset + t * q_step + item, j, hidden);
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
    __syncthreads();
    now = next;
    next = TILE_ROWS * hidden - next;
  }
}

// gru_backward_sequence: steps last ... last-count+1 in reverse order of processing, gate
// gradients and their product with R inside; one work-group per tile of TILE_ROWS batch rows; any
// group size.
// in : gates [T,N,3H] activated; weight [3H,H] = R; q_seq [T,N,H]; h_seq [T+1,N,H]; dy if has_dy;
//      dh [N,H] from the steps after
// out: dgates, drecurrent [T,N,3H], 0 in padding; dh [N,H] for the steps before, in place
// scratch: 3 * TILE_ROWS * H floats, the recurrent-side gradients of one step
extern "C" __global__ void gru_backward_sequence(
    const float *__restrict__ gates, const long long gates_offset,
    const float *__restrict__ weight, const long long weight_offset,
    const float *__restrict__ q_seq, const long long q_seq_offset,
    const float *__restrict__ h_seq, const long long h_seq_offset,
    const int flags, const float clip, const int functions, const float f_alpha,
    const float f_beta, const float g_alpha, const float g_beta,
    float *__restrict__ dgates, const long long dgates_offset,
    float *__restrict__ drecurrent, const long long drecurrent_offset,
    const float *__restrict__ dy, const long long dy_offset, const long long dy_step,
    const long long dy_row, const int has_dy, float *__restrict__ dh, const long long dh_offset,
    const int *__restrict__ marks, const long long marks_offset, const int masking,
    const int reverse, const int last, const int count, const int steps, const int rows,
    const int hidden) {
  extern __shared__ float scratch[];
  const cell_options_t options = cell_options(
      flags, clip, 0.0f, functions, f_alpha, f_beta, g_alpha, g_beta, 0.0f,
      0.0f);
  const int id = (int)threadIdx.x;
  const int size = (int)blockDim.x;
  const int first_row = (int)blockIdx.x * TILE_ROWS;
  const long long plane = (long long)rows * hidden;
  for (int k = last; k > last - count; k--) {
    const int t = reverse ? steps - 1 - k : k;
    for (int j = id; j < hidden; j += size) {
      for (int r = 0; r < TILE_ROWS; r++) {
        const int n = first_row + r;
        const long long item = (long long)n * hidden + j;
        const long long at = ((long long)t * rows + n) * 3 * hidden + j;
        const int mark = n < rows ? marks[marks_offset + (long long)t * rows + n] : 0;
        const int valid = mark > 0;
        if (n < rows) {
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
          }
          dh[dh_offset + item] = d;
        }
        for (int gate = 0; gate < 3; gate++) {
          const long long g = (long long)gate * hidden;
          if (n < rows && !valid) {
            dgates[dgates_offset + at + g] = 0.0f;
            drecurrent[drecurrent_offset + at + g] = 0.0f;
          }
          scratch[TILE_ROWS * (g + j) + r] =
              valid ? drecurrent[drecurrent_offset + at + g] : 0.0f;
        }
      }
    }
    __syncthreads();
    for (int j = id; j < hidden; j += size) {
      float sum[TILE_ROWS];
      TILE_CLEAR(sum);
      const float *w = weight + weight_offset + j;
      for (int m = 0; m < 3 * hidden; m++) {
        TILE_ADD(sum, scratch, m, w[0]);
        w += hidden;
      }
      for (int r = 0; r < TILE_ROWS && first_row + r < rows; r++) {
        dh[dh_offset + (long long)(first_row + r) * hidden + j] += sum[r];
      }
    }
    __syncthreads();
  }
}
