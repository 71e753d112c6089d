#include "cell_math.h"
#include "masking.h"

// projection_forward: masks the projected h of one step and writes y, one work-item per (n, p).
// in : h_seq slot after t [N,P] = W_p m; slot before t; marks [T,N]
// out: h_seq slot after t, frozen or zero in padding; y_t if has_y
__kernel void projection_forward(
    __global float *h_seq, const long h_seq_offset,
    __global float *restrict y, const long y_offset, const long y_step, const long y_row,
    const int has_y, __global const int *restrict marks, const long marks_offset,
    const int masking, const float fill, const int reverse, const int t, const int rows,
    const int width) {
  const long item = (long)get_global_id(0);
  if (item >= (long)rows * width) {
    return;
  }
  const int n = (int)(item / width);
  const int j = (int)(item - (long)n * width);
  const long plane = (long)rows * width;
  const int mark = marks[marks_offset + (long)t * rows + n];
  __global float *h_after = h_seq + h_seq_offset + slot_after(t, reverse) * plane + item;
  float out = *h_after;
  if (mark <= 0) {
    const float h_before = h_seq[h_seq_offset + slot_before(t, reverse) * plane + item];
    *h_after = padded_state(masking, h_before);
    out = padded_output(masking, reverse, mark, h_before, fill);
  }
  if (has_y) {
    y[y_offset + t * y_step + n * y_row + j] = out;
  }
}

// projection_backward: the total gradient of the projected h of one step, one work-item per (n, p).
// in : dy_t if has_dy; dh [N,P] from the step processed after t
// out: dh_seq_t [N,P] dL/dh_t, 0 in padding; dh without the recurrent product, which the caller
//      adds
__kernel void projection_backward(
    __global const float *restrict dy, const long dy_offset, const long dy_step,
    const long dy_row, const int has_dy, __global float *restrict dh, const long dh_offset,
    __global float *restrict dh_seq, const long dh_seq_offset,
    __global const int *restrict marks, const long marks_offset, const int masking,
    const int reverse, const int t, const int rows, const int width) {
  const long item = (long)get_global_id(0);
  if (item >= (long)rows * width) {
    return;
  }
  const int n = (int)(item / width);
  const int j = (int)(item - (long)n * width);
  const long plane = (long)rows * width;
  const int mark = marks[marks_offset + (long)t * rows + n];
  const int valid = mark > 0;
  float d = dh[dh_offset + item];
  if (has_dy && (valid || repeats_output(masking, reverse, mark))) {
    d += dy[dy_offset + t * dy_step + n * dy_row + j];
  }
  dh_seq[dh_seq_offset + t * plane + item] = valid ? d : 0.0f;
  dh[dh_offset + item] = valid ? 0.0f : padded_state(masking, d);
}
