#include "cell_math.h"
#include "masking.h"
#include "memory.h"
#include "packing.h"

// add_cell_gradient: a caller's gradient of c after step t, one work-item per (n, j).
// in : cells [T,N,H] with strides; marks [T,N]; batch as in packing.h
// out: dc [N,H] += cells of step t at valid (t, n)
extern "C" __global__ void add_cell_gradient(
    const float *__restrict__ cells, const long long cells_offset, const long long cells_step,
    const long long cells_row, float *__restrict__ dc, const long long dc_offset,
    const int *__restrict__ marks, const long long marks_offset, const int batch, const int t,
    const int rows, const int hidden) {
  const long long item = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= (long long)rows * hidden) {
    return;
  }
  const int n = (int)(item / hidden);
  const int j = (int)(item - (long long)n * hidden);
  const int mark = marks[marks_offset + (long long)t * rows + n];
  if (mark > 0) {
    const long long from = site_step(mark, batch, t) * cells_step + site_row(mark, batch, n) * cells_row;
    dc[dc_offset + item] += cells[cells_offset + from + j];
  }
}

// store_hidden_gradient: the total gradient of h after step t, one work-item per (n, j).
// in : dy_t if has_dy; dh [N,width] from the step processed after t; marks [T,N]; batch as in
//      packing.h
// out: total [T,N,width] with strides, 0 in padding
extern "C" __global__ void store_hidden_gradient(
    const float *__restrict__ dy, const long long dy_offset, const long long dy_step,
    const long long dy_row, const int has_dy, const float *__restrict__ dh, const long long dh_offset,
    float *__restrict__ total, const long long total_offset, const long long total_step,
    const long long total_row, const int *__restrict__ marks, const long long marks_offset,
    const int batch, const int t, const int rows, const int width) {
  const long long item = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= (long long)rows * width) {
    return;
  }
  const int n = (int)(item / width);
  const int j = (int)(item - (long long)n * width);
  const int mark = marks[marks_offset + (long long)t * rows + n];
  float d = 0.0f;
  if (mark > 0) {
    d = dh[dh_offset + item];
    if (has_dy) {
      d += dy[dy_offset + t * dy_step + n * dy_row + j];
    }
  }
  const long long to = site_step(mark, batch, t) * total_step + site_row(mark, batch, n) * total_row;
  total[total_offset + to + j] = d;
}
