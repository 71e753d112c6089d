#include "cell_math.h"
#include "masking.h"

// Rows are addressed in two levels: row r lies at (r / inner) * outer + (r % inner) * row, so that
// time-major, batch-major and windows need no copy of their own.
static long row_at(long r, int inner, long outer, long row) {
  return (r / inner) * outer + (r % inner) * row;
}

// copy_rows: dst = src, one work-item per element of rows*width.
__kernel void copy_rows(
    __global const float *src, const long src_offset, const long src_outer, const long src_row,
    __global float *dst, const long dst_offset, const long dst_outer, const long dst_row,
    const int inner, const long rows, const int width) {
  const long item = (long)get_global_id(0);
  if (item >= rows * width) {
    return;
  }
  const long r = item / width;
  const long j = item - r * width;
  dst[dst_offset + row_at(r, inner, dst_outer, dst_row) + j] =
      src[src_offset + row_at(r, inner, src_outer, src_row) + j];
}

// copy_valid_rows: as copy_rows over [T,N,width], inner = N; rows with mark <= 0 become 0,
// whatever src holds there.
__kernel void copy_valid_rows(
    __global const float *restrict src, const long src_offset, const long src_outer,
    const long src_row, __global float *restrict dst, const long dst_offset,
    const long dst_outer, const long dst_row, __global const int *restrict marks,
    const long marks_offset, const int inner, const long rows, const int width) {
  const long item = (long)get_global_id(0);
  if (item >= rows * width) {
    return;
  }
  const long r = item / width;
  const long j = item - r * width;
  const int valid = marks[marks_offset + r] > 0;
  dst[dst_offset + row_at(r, inner, dst_outer, dst_row) + j] =
      valid ? src[src_offset + row_at(r, inner, src_outer, src_row) + j] : 0.0f;
}

// zero_padding: rows of [T,N,width] with mark <= 0 become 0; one work-item per element.
__kernel void zero_padding(
    __global float *restrict x, const long x_offset, const long x_outer, const long x_row,
    __global const int *restrict marks, const long marks_offset, const int inner,
    const long rows, const int width) {
  const long item = (long)get_global_id(0);
  if (item >= rows * width) {
    return;
  }
  const long r = item / width;
  if (marks[marks_offset + r] <= 0) {
    x[x_offset + row_at(r, inner, x_outer, x_row) + item - r * width] = 0.0f;
  }
}

// fill_rows: x = value, one work-item per element.
__kernel void fill_rows(
    __global float *restrict x, const long x_offset, const long x_outer, const long x_row,
    const int inner, const long rows, const int width, const float value) {
  const long item = (long)get_global_id(0);
  if (item >= rows * width) {
    return;
  }
  const long r = item / width;
  x[x_offset + row_at(r, inner, x_outer, x_row) + item - r * width] = value;
}

// add_rows: dst += scale * src, one work-item per element; src_row = src_outer = 0 broadcasts a
// row.
__kernel void add_rows(
    __global const float *restrict src, const long src_offset, const long src_outer,
    const long src_row, const float scale, __global float *restrict dst, const long dst_offset,
    const long dst_outer, const long dst_row, const int inner, const long rows,
    const int width) {
  const long item = (long)get_global_id(0);
  if (item >= rows * width) {
    return;
  }
  const long r = item / width;
  const long j = item - r * width;
  dst[dst_offset + row_at(r, inner, dst_outer, dst_row) + j] +=
      scale * src[src_offset + row_at(r, inner, src_outer, src_row) + j];
}

// transpose: dst [columns,rows] = src [rows,columns]^T, one work-item per element of dst.
__kernel void transpose(
    __global const float *restrict src, const long src_offset, __global float *restrict dst,
    const long dst_offset, const int rows, const int columns) {
  const long item = (long)get_global_id(0);
  if (item >= (long)rows * columns) {
    return;
  }
  const long c = item / rows;
  const long r = item - c * rows;
  dst[dst_offset + item] = src[src_offset + r * columns + c];
}

// initial_state: state before the first step, one work-item per (n, j).
// in : src [N,width] rows src_row apart, or zero if !has_src; row_marks [N]
// out: dst [N,width]; 0 for rows whose initial state no step reads, so that nothing a caller left
//      there reaches a matrix product
__kernel void initial_state(
    __global const float *src, const long src_offset, const long src_row, const int has_src,
    __global float *dst, const long dst_offset, __global const int *restrict row_marks,
    const long row_marks_offset, const int masking, const int reverse,
    const int rows, const int width) {
  const long item = (long)get_global_id(0);
  if (item >= (long)rows * width) {
    return;
  }
  const int n = (int)(item / width);
  float value = 0.0f;
  if (has_src && uses_initial_state(masking, reverse, row_marks[row_marks_offset + n])) {
    value = src[src_offset + n * src_row + item - (long)n * width];
  }
  dst[dst_offset + item] = value;
}

// final_state: state after the last step, one work-item per (n, j).
// in : last [N,width] the last slot; initial [N,width] rows initial_row apart, or zero if
//      !has_initial; row_marks [N]
// out: dst [N,width] rows dst_row apart; may be the memory of initial
__kernel void final_state(
    __global const float *last, const long last_offset, __global const float *initial,
    const long initial_offset, const long initial_row, const int has_initial,
    __global float *dst, const long dst_offset, const long dst_row,
    __global const int *restrict row_marks, const long row_marks_offset, const int masking,
    const int steps, const int rows, const int width) {
  const long item = (long)get_global_id(0);
  if (item >= (long)rows * width) {
    return;
  }
  const int n = (int)(item / width);
  const long j = item - (long)n * width;
  float value;
  if ((row_marks[row_marks_offset + n] & ROW_HAS_VALID) != 0) {
    value = last[last_offset + item];
  } else {
    const int keeps = has_initial && !(masking == MASK_ZERO_STATE && steps > 0);
    value = keeps ? initial[initial_offset + n * initial_row + j] : 0.0f;
  }
  dst[dst_offset + n * dst_row + j] = value;
}
