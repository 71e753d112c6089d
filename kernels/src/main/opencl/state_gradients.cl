#include "cell_math.h"
#include "masking.h"
#include "memory.h"
#include "packing.h"

// add_cell_gradient: a caller's gradient of c after step t, one work-item per (n, j).
// in : cells [T,N,H] with strides; marks [T,N]; batch as in packing.h
// out: dc [N,H] += cells of step t at valid (t, n)
__kernel void add_cell_gradient(
    __global const float *restrict cells, const long cells_offset, const long cells_step,
    const long cells_row, __global float *restrict dc, const long dc_offset,
    __global const int *restrict marks, const long marks_offset, const int batch, const int t,
    const int rows, const int hidden) {
  const long item = (long)get_global_id(0);
  if (item >= (long)rows * hidden) {
    return;
  }
  const int n = (int)(item / hidden);
  const int j = (int)(item - (long)n * hidden);
  const int mark = marks[marks_offset + (long)t * rows + n];
  if (mark > 0) {
    const long from = site_step(mark, batch, t) * cells_step + site_row(mark, batch, n) * cells_row;
    dc[dc_offset + item] += cells[cells_offset + from + j];
  }
}

// store_hidden_gradient: the total gradient of h after step t, one work-item per (n, j).
// in : dy_t if has_dy; dh [N,width] from the step processed after t; marks [T,N]; batch as in
//      packing.h
// out: total [T,N,width] with strides, 0 in padding
__kernel void store_hidden_gradient(
    __global const float *restrict dy, const long dy_offset, const long dy_step,
    const long dy_row, const int has_dy, __global const float *restrict dh, const long dh_offset,
    __global float *restrict total, const long total_offset, const long total_step,
    const long total_row, __global const int *restrict marks, const long marks_offset,
    const int batch, const int t, const int rows, const int width) {
  const long item = (long)get_global_id(0);
  if (item >= (long)rows * width) {
    return;
  }
  const int n = (int)(item / width);
  const int j = (int)(item - (long)n * width);
  const int mark = marks[marks_offset + (long)t * rows + n];
  float d = 0.0f;
  if (mark > 0) {
    d = dh[dh_offset + item];
    if (has_dy) {
      d += dy[dy_offset + t * dy_step + n * dy_row + j];
    }
  }
  const long to = site_step(mark, batch, t) * total_step + site_row(mark, batch, n) * total_row;
  total[total_offset + to + j] = d;
}
