#include "cell_math.h"
#include "activation.h"
#include "cell_options.h"
#include "masking.h"
#include "memory.h"
#include "lstm_step.h"
#include "tile.h"

// lstm_projected_forward_sequence: steps first ... first+count-1 in the order of processing, one
// work-group per tile of TILE_ROWS batch rows; any group size. h = W_p m travels through local
// memory, work-group barriers only.
// in : gates [T,N,4H] = W x in order i,f,g,o; weight [P,4H] = R transposed; projection [H,P] = W_p
//      transposed; biases [4H]; h_seq, c_seq slot before the first step; marks [T,N]
// out: gates activated; m_seq steps [N,H] = o tanh(c), 0 in padding; h_seq and c_seq slots after
//      each step; y if has_y
// scratch: TILE_ROWS * (P + H) floats, h before a step and its m
__kernel void lstm_projected_forward_sequence(
    __global float *restrict gates, const long gates_offset,
    __global const float *restrict weight, const long weight_offset,
    __global const float *restrict projection, const long projection_offset,
    __global const float *restrict bias_ih, const long bias_ih_offset,
    __global const float *restrict bias_hh, const long bias_hh_offset, const int biases,
    __global const float *restrict peepholes, const long peepholes_offset, const int flags,
    const float clip, const float cell_clip, const int functions, const float f_alpha,
    const float f_beta, const float g_alpha, const float g_beta, const float h_alpha,
    const float h_beta,
    __global float *c_seq, const long c_seq_offset, const long c_step,
    __global float *restrict m_seq, const long m_seq_offset, const long m_step,
    __global float *h_seq, const long h_seq_offset,
    __global float *restrict y, const long y_offset, const long y_step, const long y_row,
    const int has_y, __global const int *restrict marks, const long marks_offset,
    const int masking, const float fill, const int reverse, const int first, const int count,
    const int steps, const int rows, const int hidden, const int width,
    __local float *restrict scratch) {
  const cell_options_t options = cell_options(
      flags, clip, cell_clip, functions, f_alpha, f_beta, g_alpha, g_beta, h_alpha,
      h_beta);
  const int id = (int)get_local_id(0);
  const int size = (int)get_local_size(0);
  const int first_row = (int)get_group_id(0) * TILE_ROWS;
  const long h_plane = (long)rows * width;
  const long h_at = (long)hidden;
  const int m_tile = TILE_ROWS * width;
  for (int p = id; p < width; p += size) {
    const int t = reverse ? steps - 1 - first : first;
    for (int r = 0; r < TILE_ROWS; r++) {
      const int n = first_row + r;
      const long at =
          h_seq_offset + slot_before(t, reverse) * h_plane + (long)n * width + p;
      scratch[TILE_ROWS * p + r] = n < rows ? h_seq[at] : 0.0f;
    }
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  for (int k = first; k < first + count; k++) {
    const int t = reverse ? steps - 1 - k : k;
    for (int j = id; j < hidden; j += size) {
      float sum_i[TILE_ROWS];
      float sum_f[TILE_ROWS];
      float sum_g[TILE_ROWS];
      float sum_o[TILE_ROWS];
      TILE_CLEAR(sum_i);
      TILE_CLEAR(sum_f);
      TILE_CLEAR(sum_g);
      TILE_CLEAR(sum_o);
      __global const float *w = weight + weight_offset + j;
      for (int p = 0; p < width; p++) {
        TILE_ADD(sum_i, scratch, p, w[0]);
        TILE_ADD(sum_f, scratch, p, w[h_at]);
        TILE_ADD(sum_g, scratch, p, w[2 * h_at]);
        TILE_ADD(sum_o, scratch, p, w[3 * h_at]);
        w += 4 * h_at;
      }
      for (int r = 0; r < TILE_ROWS; r++) {
        const int n = first_row + r;
        float m = 0.0f;
        if (n < rows) {
          const long item = (long)n * hidden + j;
          const float c_before = c_seq[c_seq_offset + slot_before(t, reverse) * c_step + item];
          __global float *c_after = c_seq + c_seq_offset + slot_after(t, reverse) * c_step + item;
          if (marks[marks_offset + (long)t * rows + n] > 0) {
            __global float *row = gates + gates_offset + ((long)t * rows + n) * 4 * hidden;
            m = lstm_step_forward(
                row, row[j] + sum_i[r], row[h_at + j] + sum_f[r], row[2 * h_at + j] + sum_g[r],
                row[3 * h_at + j] + sum_o[r], bias_ih + bias_ih_offset, bias_hh + bias_hh_offset,
                biases, peepholes + peepholes_offset, options, c_before, c_after,
                j, hidden);
          } else {
            *c_after = padded_state(masking, c_before);
          }
          m_seq[m_seq_offset + t * m_step + item] = m;
        }
        scratch[m_tile + TILE_ROWS * j + r] = m;
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int p = id; p < width; p += size) {
      float sum[TILE_ROWS];
      TILE_CLEAR(sum);
      __global const float *w = projection + projection_offset + p;
      for (int j = 0; j < hidden; j++) {
        TILE_ADD(sum, scratch + m_tile, j, w[0]);
        w += width;
      }
      for (int r = 0; r < TILE_ROWS && first_row + r < rows; r++) {
        const int n = first_row + r;
        const int mark = marks[marks_offset + (long)t * rows + n];
        const float h_before = scratch[TILE_ROWS * p + r];
        const int valid = mark > 0;
        const float h = valid ? sum[r] : padded_state(masking, h_before);
        scratch[TILE_ROWS * p + r] = h;
        h_seq[h_seq_offset + slot_after(t, reverse) * h_plane + (long)n * width + p] = h;
        if (has_y) {
          y[y_offset + t * y_step + n * y_row + p] =
              valid ? h : padded_output(masking, reverse, mark, h_before, fill);
        }
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
}

// lstm_projected_backward_sequence: steps last ... last-count+1 in reverse order, both
// products inside; one work-group per tile of TILE_ROWS batch rows; any group
// size.
// in : gates [T,N,4H] activated; weight [4H,P] = R; projection [P,H] = W_p; c_seq [T+1,N,H]; dy if
//      has_dy; dh [N,P] and dc [N,H] from the steps after
// out: dgates [T,N,4H] and dh_seq [T,N,P] = dL/dh_t, 0 in padding; dh, dc for the steps before, in
//      place
// scratch: TILE_ROWS * (P + 4H) floats, dL/dh_t and the gate gradients of one step
__kernel void lstm_projected_backward_sequence(
    __global const float *restrict gates, const long gates_offset,
    __global const float *restrict weight, const long weight_offset,
    __global const float *restrict projection, const long projection_offset,
    __global const float *restrict c_seq, const long c_seq_offset,
    __global const float *restrict peepholes, const long peepholes_offset, const int flags,
    const float clip, const float cell_clip, const int functions, const float f_alpha,
    const float f_beta, const float g_alpha, const float g_beta, const float h_alpha,
    const float h_beta,
    __global float *restrict dgates, const long dgates_offset,
    __global const float *restrict dy, const long dy_offset, const long dy_step,
    const long dy_row, const int has_dy, __global float *restrict dh, const long dh_offset,
    __global float *restrict dh_seq, const long dh_seq_offset,
    __global float *restrict dc, const long dc_offset, __global const int *restrict marks,
    const long marks_offset, const int masking, const int reverse, const int last,
    const int count, const int steps, const int rows, const int hidden, const int width,
    __local float *restrict scratch) {
  const cell_options_t options = cell_options(
      flags, clip, cell_clip, functions, f_alpha, f_beta, g_alpha, g_beta, h_alpha,
      h_beta);
  const int id = (int)get_local_id(0);
  const int size = (int)get_local_size(0);
  const int first_row = (int)get_group_id(0) * TILE_ROWS;
  const long plane = (long)rows * hidden;
  const int gate_tile = TILE_ROWS * width;
  for (int k = last; k > last - count; k--) {
    const int t = reverse ? steps - 1 - k : k;
    for (int p = id; p < width; p += size) {
      for (int r = 0; r < TILE_ROWS; r++) {
        const int n = first_row + r;
        const int mark = n < rows ? marks[marks_offset + (long)t * rows + n] : 0;
        const int valid = mark > 0;
        float d = 0.0f;
        if (n < rows) {
          const long item = (long)n * width + p;
          d = dh[dh_offset + item];
          if (has_dy && (valid || repeats_output(masking, reverse, mark))) {
            d += dy[dy_offset + t * dy_step + n * dy_row + p];
          }
          dh_seq[dh_seq_offset + (long)t * rows * width + item] = valid ? d : 0.0f;
          dh[dh_offset + item] = valid ? 0.0f : padded_state(masking, d);
        }
        scratch[TILE_ROWS * p + r] = valid ? d : 0.0f;
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int j = id; j < hidden; j += size) {
      float dm[TILE_ROWS];
      TILE_CLEAR(dm);
      __global const float *w = projection + projection_offset + j;
      for (int p = 0; p < width; p++) {
        TILE_ADD(dm, scratch, p, w[0]);
        w += hidden;
      }
      for (int r = 0; r < TILE_ROWS; r++) {
        const int n = first_row + r;
        const long item = (long)n * hidden + j;
        const long row_at = ((long)t * rows + n) * 4 * hidden;
        const int valid = n < rows && marks[marks_offset + (long)t * rows + n] > 0;
        if (valid) {
          dc[dc_offset + item] = lstm_step_backward(
              gates + gates_offset + row_at, dgates + dgates_offset + row_at,
              peepholes + peepholes_offset, options,
              c_seq[c_seq_offset + slot_before(t, reverse) * plane + item],
              c_seq[c_seq_offset + slot_after(t, reverse) * plane + item], dm[r],
              dc[dc_offset + item], j, hidden);
        } else if (n < rows) {
          clear_gates(dgates + dgates_offset + row_at, 4, j, hidden);
          dc[dc_offset + item] = padded_state(masking, dc[dc_offset + item]);
        }
        for (int gate = 0; gate < 4; gate++) {
          const long g = (long)gate * hidden + j;
          scratch[gate_tile + TILE_ROWS * g + r] =
              valid ? dgates[dgates_offset + row_at + g] : 0.0f;
        }
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int p = id; p < width; p += size) {
      float sum[TILE_ROWS];
      TILE_CLEAR(sum);
      __global const float *w = weight + weight_offset + p;
      for (int m = 0; m < 4 * hidden; m++) {
        TILE_ADD(sum, scratch + gate_tile, m, w[0]);
        w += width;
      }
      for (int r = 0; r < TILE_ROWS && first_row + r < rows; r++) {
        dh[dh_offset + (long)(first_row + r) * width + p] += sum[r];
      }
    }
  }
}
