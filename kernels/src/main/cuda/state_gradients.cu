#include "cell_math.h"
#include "masking.h"

// add_cell_gradient: a caller's gradient of c after step t, one work-item per (n, j).
// in : cells [T,N,H] with strides; marks [T,N]
// out: dc [N,H] += cells of step t at valid (t, n)
extern "C" __global__ void add_cell_gradient(
    const float *__restrict__ cells, const long long cells_offset, const long long cells_step,
    const long long cells_row, float *__restrict__ dc, const long long dc_offset,
    const int *__restrict__ marks, const long long marks_offset, const int t, const int rows,
    const int hidden) {
  const long long item = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= (long long)rows * hidden) {
    return;
  }
  const int n = (int)(item / hidden);
  const int j = (int)(item - (long long)n * hidden);
  if (marks[marks_offset + (long long)t * rows + n] > 0) {
    dc[dc_offset + item] += cells[cells_offset + t * cells_step + n * cells_row + j];
  }
}

// store_hidden_gradient: the total gradient of h after step t, one work-item per (n, j).
// in : dy_t if has_dy; dh [N,width] from the step processed after t; marks [T,N]
// out: total [T,N,width] with strides, 0 in padding
extern "C" __global__ void store_hidden_gradient(
    const float *__restrict__ dy, const long long dy_offset, const long long dy_step,
    const long long dy_row, const int has_dy, const float *__restrict__ dh, const long long dh_offset,
    float *__restrict__ total, const long long total_offset, const long long total_step,
    const long long total_row, const int *__restrict__ marks, const long long marks_offset, const int t,
    const int rows, const int width) {
  const long long item = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= (long long)rows * width) {
    return;
  }
  const int n = (int)(item / width);
  const int j = (int)(item - (long long)n * width);
  float d = 0.0f;
  if (marks[marks_offset + (long long)t * rows + n] > 0) {
    d = dh[dh_offset + item];
    if (has_dy) {
      d += dy[dy_offset + t * dy_step + n * dy_row + j];
    }
  }
  total[total_offset + t * total_step + n * total_row + j] = d;
}
