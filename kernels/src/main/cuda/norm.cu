#include "cell_math.h"
#include "memory.h"
#include "group_sum.h"
#include "norm_row.h"

// norm_gates: layer normalisation of W x and of R h- of one step, one work-group per row n.
// in : gates_t [N,G*H] W x; recurrent [N,G*H] R h-; gains [G*H]
// out: gates_t gain_ih * x^ of W x, plus gain_hh * x^ of R h- if adds; without adds the latter is in
//      recurrent. If keeps, x^ of both in normal_ih, normal_hh step t [N,G*H], and
//      1 / sqrt(v + epsilon) of both in the first two of inverses step t [N,3]
// assumes nothing about columns; padded rows may hold NaN
extern "C" __global__ void norm_gates(
    float *__restrict__ gates, const long long gates_offset,
    float *__restrict__ recurrent, const long long recurrent_offset,
    const float *__restrict__ gain_ih, const long long gain_ih_offset,
    const float *__restrict__ gain_hh, const long long gain_hh_offset,
    float *__restrict__ normal_ih, const long long normal_ih_offset,
    float *__restrict__ normal_hh, const long long normal_hh_offset,
    float *__restrict__ inverses, const long long inverses_offset,
    const int keeps, const int adds, const float epsilon, const int t, const int rows,
    const int columns) {
  extern __shared__ float scratch[];
  const int id = (int)threadIdx.x;
  const int size = (int)blockDim.x;
  const int n = (int)blockIdx.x;
  const long long row = (long long)t * rows + n;
  float *x = gates + gates_offset + row * columns;
  float *r = recurrent + recurrent_offset + (long long)n * columns;
  const float x_mean = row_mean(x, columns, scratch, id, size);
  const float x_inverse = row_inverse(x, x_mean, epsilon, columns, scratch, id, size);
  const float r_mean = row_mean(r, columns, scratch, id, size);
  const float r_inverse = row_inverse(r, r_mean, epsilon, columns, scratch, id, size);
  for (int j = id; j < columns; j += size) {
    const float x_normal = (x[j] - x_mean) * x_inverse;
    const float r_normal = (r[j] - r_mean) * r_inverse;
    const float of_x = gain_ih[gain_ih_offset + j] * x_normal;
    const float of_r = gain_hh[gain_hh_offset + j] * r_normal;
    x[j] = adds ? of_x + of_r : of_x;
    r[j] = of_r;
    if (keeps) {
      normal_ih[normal_ih_offset + row * columns + j] = x_normal;
      normal_hh[normal_hh_offset + row * columns + j] = r_normal;
    }
  }
  if (keeps && id == 0) {
    inverses[inverses_offset + 3 * row] = x_inverse;
    inverses[inverses_offset + 3 * row + 1] = r_inverse;
  }
}

// norm_gates_gradient: the way back of norm_gates, one work-group per row n.
// in : dgates_t [N,G*H] gradient on the input side; drecurrent_t that on the recurrent side if
//      separate, else it is the same; what norm_gates kept; marks [T,N]
// out: dargs_t [N,G*H] what dgates_t held, and drecurrent_args_t what drecurrent_t held if separate;
//      dgates_t gradient of W x, drecurrent_t that of R h-, both 0 in padding
extern "C" __global__ void norm_gates_gradient(
    float *__restrict__ dgates, const long long dgates_offset,
    float *__restrict__ drecurrent, const long long drecurrent_offset,
    float *__restrict__ dargs, const long long dargs_offset,
    float *__restrict__ drecurrent_args, const long long drecurrent_args_offset,
    const int separate, const float *__restrict__ gain_ih, const long long gain_ih_offset,
    const float *__restrict__ gain_hh, const long long gain_hh_offset,
    const float *__restrict__ normal_ih, const long long normal_ih_offset,
    const float *__restrict__ normal_hh, const long long normal_hh_offset,
    const float *__restrict__ inverses, const long long inverses_offset,
    const int *__restrict__ marks, const long long marks_offset, const int t, const int rows,
    const int columns) {
  extern __shared__ float scratch[];
  const int id = (int)threadIdx.x;
  const int size = (int)blockDim.x;
  const long long row = (long long)t * rows + (long long)blockIdx.x;
  float *dx = dgates + dgates_offset + row * columns;
  float *dr = drecurrent + drecurrent_offset + row * columns;
  float *x_args = dargs + dargs_offset + row * columns;
  float *r_args = drecurrent_args + drecurrent_args_offset + row * columns;
  const int valid = marks[marks_offset + row] > 0;
  for (int j = id; j < columns; j += size) {
    x_args[j] = dx[j];
    if (separate) {
      r_args[j] = dr[j];
    }
    if (!valid) {
      dr[j] = 0.0f;
    }
  }
  if (valid) {
    row_gradient(
        separate ? r_args : x_args, gain_hh + gain_hh_offset,
        normal_hh + normal_hh_offset + row * columns, inverses[inverses_offset + 3 * row + 1], dr,
        columns, scratch, id, size);
    row_gradient(
        x_args, gain_ih + gain_ih_offset, normal_ih + normal_ih_offset + row * columns,
        inverses[inverses_offset + 3 * row], dx, columns, scratch, id, size);
  }
}
