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
__kernel void norm_gates(
    __global float *restrict gates, const long gates_offset,
    __global float *restrict recurrent, const long recurrent_offset,
    __global const float *restrict gain_ih, const long gain_ih_offset,
    __global const float *restrict gain_hh, const long gain_hh_offset,
    __global float *restrict normal_ih, const long normal_ih_offset,
    __global float *restrict normal_hh, const long normal_hh_offset,
    __global float *restrict inverses, const long inverses_offset,
    const int keeps, const int adds, const float epsilon, const int t, const int rows,
    const int columns, __local float *restrict scratch) {
  const int id = (int)get_local_id(0);
  const int size = (int)get_local_size(0);
  const int n = (int)get_group_id(0);
  const long row = (long)t * rows + n;
  __global float *x = gates + gates_offset + row * columns;
  __global float *r = recurrent + recurrent_offset + (long)n * columns;
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
__kernel void norm_gates_gradient(
    __global float *restrict dgates, const long dgates_offset,
    __global float *restrict drecurrent, const long drecurrent_offset,
    __global float *restrict dargs, const long dargs_offset,
    __global float *restrict drecurrent_args, const long drecurrent_args_offset,
    const int separate, __global const float *restrict gain_ih, const long gain_ih_offset,
    __global const float *restrict gain_hh, const long gain_hh_offset,
    __global const float *restrict normal_ih, const long normal_ih_offset,
    __global const float *restrict normal_hh, const long normal_hh_offset,
    __global const float *restrict inverses, const long inverses_offset,
    __global const int *restrict marks, const long marks_offset, const int t, const int rows,
    const int columns, __local float *restrict scratch) {
  const int id = (int)get_local_id(0);
  const int size = (int)get_local_size(0);
  const long row = (long)t * rows + (long)get_group_id(0);
  __global float *dx = dgates + dgates_offset + row * columns;
  __global float *dr = drecurrent + drecurrent_offset + row * columns;
  __global float *x_args = dargs + dargs_offset + row * columns;
  __global float *r_args = drecurrent_args + drecurrent_args_offset + row * columns;
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
