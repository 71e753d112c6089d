#include "cell_math.h"
#include "activation.h"
#include "cell_options.h"
#include "masking.h"
#include "memory.h"
#include "tile.h"
#include "vanilla_step.h"

// vanilla_forward_sequence: steps first ... first+count-1 in the order of processing, one
// work-group per tile of TILE_ROWS batch rows; any group size. h travels through local memory,
// work-group barriers only.
// in : gates [T,N,H] = W x; weight [H,H] = R transposed; biases [H]; h_seq slot before the first
//      step; marks [T,N]
// out: gates = dh/da; h_seq slots after each step; y if has_y
// scratch: 2 * TILE_ROWS * H floats, h before and after a step
extern "C" __global__ void vanilla_forward_sequence(
    float *__restrict__ gates, const long long gates_offset,
    const float *__restrict__ weight, const long long weight_offset,
    const float *__restrict__ bias_ih, const long long bias_ih_offset,
    const float *__restrict__ bias_hh, const long long bias_hh_offset, const int biases,
    const float *__restrict__ own, const long long own_offset, const int flags,
    const float clip, const int functions, const float f_alpha, const float f_beta,
    float *h_seq, const long long h_seq_offset,
    float *__restrict__ y, const long long y_offset, const long long y_step, const long long y_row,
    const int has_y, const int *__restrict__ marks, const long long marks_offset,
    const int masking, const float fill, const int reverse, const int first,
    const int count, const int steps, const int rows, const int hidden) {
  extern __shared__ float scratch[];
  const cell_options_t options = cell_options(
      flags, clip, 0.0f, functions, f_alpha, f_beta, 0.0f, 0.0f, 0.0f, 0.0f);
  const int depth = flags & OPTION_INDEPENDENT ? 0 : hidden; // of the product
  const int id = (int)threadIdx.x;
  const int size = (int)blockDim.x;
  const int first_row = (int)blockIdx.x * TILE_ROWS;
  const long long plane = (long long)rows * hidden;
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
      float sum[TILE_ROWS];
      TILE_CLEAR(sum);
      const float *w = weight + weight_offset + j;
      for (int m = 0; m < depth; m++) {
        TILE_ADD(sum, scratch + now, m, w[0]);
        w += hidden;
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
          h = vanilla_step_forward(
              gates + gates_offset + t * plane + item,
              gates[gates_offset + t * plane + item] + sum[r], bias_ih + bias_ih_offset,
              bias_hh + bias_hh_offset, biases, own + own_offset, options, h_before, j);
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

// vanilla_backward_sequence: steps last ... last-count+1 in reverse order of processing, with the
// product by R inside; one work-group per tile of TILE_ROWS batch rows; any group size.
// in : gates [T,N,H] dh/da; weight [H,H] = R; dy if has_dy; dh [N,H] from the steps after
// out: dgates [T,N,H], 0 in padding; dh [N,H] for the steps before, in place
// scratch: TILE_ROWS * H floats, the gate gradients of one step
extern "C" __global__ void vanilla_backward_sequence(
    const float *__restrict__ gates, const long long gates_offset,
    const float *__restrict__ weight, const long long weight_offset,
    const float *__restrict__ own, const long long own_offset, const int flags,
    const float clip, const int functions, const float f_alpha, const float f_beta,
    float *__restrict__ dgates, const long long dgates_offset,
    const float *__restrict__ dy, const long long dy_offset, const long long dy_step,
    const long long dy_row, const int has_dy, float *__restrict__ dh, const long long dh_offset,
    const int *__restrict__ marks, const long long marks_offset, const int masking,
    const int reverse, const int last, const int count, const int steps,
    const int rows, const int hidden) {
  extern __shared__ float scratch[];
  const cell_options_t options = cell_options(
      flags, clip, 0.0f, functions, f_alpha, f_beta, 0.0f, 0.0f, 0.0f, 0.0f);
  const int depth = flags & OPTION_INDEPENDENT ? 0 : hidden; // of the product
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
        float da = 0.0f;
        if (n < rows) {
          const int mark = marks[marks_offset + (long long)t * rows + n];
          const int valid = mark > 0;
          float d = dh[dh_offset + item];
          if (has_dy && (valid || repeats_output(masking, reverse, mark))) {
            d += dy[dy_offset + t * dy_step + n * dy_row + j];
          }
          if (valid) {
            da = vanilla_gradient(d, gates[gates_offset + t * plane + item], options);
          }
          dgates[dgates_offset + t * plane + item] = da;
          dh[dh_offset + item] = valid ? vanilla_own_gradient(da, own + own_offset, options, j)
                                       : padded_state(masking, d);
        }
        scratch[TILE_ROWS * j + r] = da;
      }
    }
    __syncthreads();
    for (int j = id; j < hidden; j += size) {
      float sum[TILE_ROWS];
      TILE_CLEAR(sum);
      const float *w = weight + weight_offset + j;
      for (int m = 0; m < depth; m++) {
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
