#include "cell_math.h"
#include "activation.h"
#include "cell_options.h"
#include "masking.h"
#include "memory.h"
#include "tile.h"

// gru_reset_before_forward_sequence: steps first ... first+count-1 in the order of processing, one
// work-group per tile of TILE_ROWS batch rows; any group size. Two exchanges per step: h, then s.
// in : gates [T,N,3H] = W x in order r,z,n; weight [H,3H] = R transposed; biases [3H]; h_seq slot
//      before the first step; marks [T,N]
// out: gates activated; s_seq = r h-, 0 in padding; h_seq slots after each step; y if has_y
// scratch: 2 * TILE_ROWS * H floats, h and s
extern "C" __global__ void gru_reset_before_forward_sequence(
    float *__restrict__ gates, const long long gates_offset,
    const float *__restrict__ weight, const long long weight_offset,
    const float *__restrict__ bias_ih, const long long bias_ih_offset,
    const float *__restrict__ bias_hh, const long long bias_hh_offset, const int biases,
    const int flags, const float clip, const int functions, const float f_alpha,
    const float f_beta, const float g_alpha, const float g_beta,
    float *__restrict__ s_seq, const long long s_seq_offset, const long long s_step,
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
  const int s_tile = TILE_ROWS * hidden;
  const float *b_ih = bias_ih + bias_ih_offset;
  const float *b_hh = bias_hh + bias_hh_offset;
  for (int j = id; j < hidden; j += size) {
    const int t = reverse ? steps - 1 - first : first;
    for (int r = 0; r < TILE_ROWS; r++) {
      const int n = first_row + r;
      const long long at = h_seq_offset + slot_before(t,
          reverse) * plane + (long long)n * hidden + j;
      scratch[TILE_ROWS * j + r] = n < rows ? h_seq[at] : 0.0f;
    }
  }
  __syncthreads();
  for (int k = first; k < first + count; k++) {
    const int t = reverse ? steps - 1 - k : k;
    for (int j = id; j < hidden; j += size) {
      float sum_r[TILE_ROWS];
      float sum_z[TILE_ROWS];
      TILE_CLEAR(sum_r);
      TILE_CLEAR(sum_z);
      const float *w = weight + weight_offset + j;
      for (int m = 0; m < hidden; m++) {
        TILE_ADD(sum_r, scratch, m, w[0]);
        TILE_ADD(sum_z, scratch, m, w[h_at]);
        w += 3 * h_at;
      }
      for (int r = 0; r < TILE_ROWS; r++) {
        const int n = first_row + r;
        float s = 0.0f;
        if (n < rows) {
          if (marks[marks_offset + (long long)t * rows + n] > 0) {
            float *x = gates + gates_offset + ((long long)t * rows + n) * 3 * hidden + j;
            const float a_r = x[0] + sum_r[r] + gate_bias(b_ih, b_hh, biases, j);
            const float a_z = x[h_at] + sum_z[r] + gate_bias(b_ih, b_hh, biases, h_at + j);
            const float reset = gate_value(options.f, options, a_r);
            x[0] = kept_gate(options, a_r, reset);
            x[h_at] = kept_gate(options, a_z, gate_value(options.f, options, a_z));
            s = reset * scratch[TILE_ROWS * j + r];
          }
          s_seq[s_seq_offset + t * s_step + (long long)n * hidden + j] = s;
        }
        scratch[s_tile + TILE_ROWS * j + r] = s;
      }
    }
    __syncthreads();
    for (int j = id; j < hidden; j += size) {
      float sum[TILE_ROWS];
      TILE_CLEAR(sum);
      const float *w = weight + weight_offset + 2 * h_at + j;
      for (int m = 0; m < hidden; m++) {
        TILE_ADD(sum, scratch + s_tile, m, w[0]);
        w += 3 * h_at;
      }
      for (int r = 0; r < TILE_ROWS && first_row + r < rows; r++) {
        const int n = first_row + r;
        const int mark = marks[marks_offset + (long long)t * rows + n];
        const float h_before = scratch[TILE_ROWS * j + r];
        float h;
        float out;
        if (mark > 0) {
          float *x = gates + gates_offset + ((long long)t * rows + n) * 3 * hidden + j;
          const float b = gate_bias(b_ih, b_hh, biases, 2 * h_at + j);
          const float a_n = x[2 * h_at] + sum[r] + b;
          const float candidate = gate_value(options.g, options, a_n);
          x[2 * h_at] = kept_gate(options, a_n, candidate);
          h = gru_hidden(kept_value(options.f, options, x[h_at]), candidate, h_before);
          out = h;
        } else {
          h = padded_state(masking, h_before);
          out = padded_output(masking, reverse, mark, h_before, fill);
        }
        scratch[TILE_ROWS * j + r] = h;
        h_seq[h_seq_offset + slot_after(t, reverse) * plane + (long long)n * hidden + j] = h;
        if (has_y) {
          y[y_offset + t * y_step + n * y_row + j] = out;
        }
      }
    }
    __syncthreads();
  }
}

// gru_reset_before_backward_sequence: steps last ... last-count+1 in reverse order of processing;
// one work-group per tile of TILE_ROWS batch rows; any group size. Two exchanges per step: n,
// then r, z.
// in : gates [T,N,3H] activated; weight [3H,H] = R; h_seq [T+1,N,H]; dy if has_dy; dh [N,H] from
//      the steps after
// out: dgates [T,N,3H], 0 in padding; dh [N,H] for the steps before, in place
// scratch: 3 * TILE_ROWS * H floats, the gate gradients of one step in order r,z,n
extern "C" __global__ void gru_reset_before_backward_sequence(
    const float *__restrict__ gates, const long long gates_offset,
    const float *__restrict__ weight, const long long weight_offset,
    const float *__restrict__ h_seq, const long long h_seq_offset,
    const int flags, const float clip, const int functions, const float f_alpha,
    const float f_beta, const float g_alpha, const float g_beta,
    float *__restrict__ dgates, const long long dgates_offset,
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
  const long long h_at = (long long)hidden;
  const int z_tile = TILE_ROWS * hidden;
  const int n_tile = 2 * TILE_ROWS * hidden;
  for (int k = last; k > last - count; k--) {
    const int t = reverse ? steps - 1 - k : k;
    for (int j = id; j < hidden; j += size) {
      for (int r = 0; r < TILE_ROWS; r++) {
        const int n = first_row + r;
        const long long item = (long long)n * hidden + j;
        float dz = 0.0f;
        float dn = 0.0f;
        if (n < rows) {
          const long long at = ((long long)t * rows + n) * 3 * hidden + j;
          const int mark = marks[marks_offset + (long long)t * rows + n];
          const int valid = mark > 0;
          float d = dh[dh_offset + item];
          if (has_dy && (valid || repeats_output(masking, reverse, mark))) {
            d += dy[dy_offset + t * dy_step + n * dy_row + j];
          }
          if (valid) {
            const float kept_z = gates[gates_offset + at + h_at];
            const float kept_n = gates[gates_offset + at + 2 * h_at];
            const float h_before = h_seq[h_seq_offset + slot_before(t, reverse) * plane + item];
            const float z = kept_value(options.f, options, kept_z);
            const float candidate = kept_value(options.g, options, kept_n);
            dn = gate_gradient(options.g, options, kept_n, candidate, d * (1.0f - z));
            dz = gate_gradient(options.f, options, kept_z, z, d * (h_before - candidate));
            d = d * z;
          } else {
            d = padded_state(masking, d);
          }
          dgates[dgates_offset + at + h_at] = dz;
          dgates[dgates_offset + at + 2 * h_at] = dn;
          dh[dh_offset + item] = d;
        }
        scratch[z_tile + TILE_ROWS * j + r] = dz;
        scratch[n_tile + TILE_ROWS * j + r] = dn;
      }
    }
    __syncthreads();
    for (int j = id; j < hidden; j += size) {
      float ds[TILE_ROWS];
      TILE_CLEAR(ds);
      const float *w = weight + weight_offset + 2 * h_at * hidden + j;
      for (int m = 0; m < hidden; m++) {
        TILE_ADD(ds, scratch + n_tile, m, w[0]);
        w += hidden;
      }
      for (int r = 0; r < TILE_ROWS; r++) {
        const int n = first_row + r;
        const long long item = (long long)n * hidden + j;
        float dr = 0.0f;
        if (n < rows) {
          const long long at = ((long long)t * rows + n) * 3 * hidden + j;
          if (marks[marks_offset + (long long)t * rows + n] > 0) {
            const float kept_r = gates[gates_offset + at];
            const float reset = kept_value(options.f, options, kept_r);
            const float h_before = h_seq[h_seq_offset + slot_before(t, reverse) * plane + item];
            dr = gate_gradient(options.f, options, kept_r, reset, ds[r] * h_before);
            dh[dh_offset + item] += ds[r] * reset;
          }
          dgates[dgates_offset + at] = dr;
        }
        scratch[TILE_ROWS * j + r] = dr;
      }
    }
    __syncthreads();
    for (int j = id; j < hidden; j += size) {
      float sum[TILE_ROWS];
      TILE_CLEAR(sum);
      const float *w = weight + weight_offset + j;
      for (int m = 0; m < 2 * hidden; m++) {
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
