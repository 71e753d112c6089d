#include "cell_math.h"
#include "memory.h"
#include "packing.h"

// Out-of-range indices are reported in errors [3] instead of reading memory that is not there.
#define ERROR_INPUT_INDEX 1
#define ERROR_TABLE_INDEX 2

// Reports one index: which kind, what it was, what it had to be below.
static void report(__global int *errors, int kind, int index, int limit) {
  atomic_or(errors, kind);
  atomic_xchg(errors + 1, index);
  atomic_xchg(errors + 2, limit);
}

static long row_at(long r, int inner, long outer, long row) {
  return (r / inner) * outer + (r % inner) * row;
}

// gather_columns: input projection of index input, one work-item per (t, n, gate row).
// in : indices [T,N] with strides; weight [gates,columns]; marks [T,N]; batch as in packing.h
// out: dst [T,N,gates] = column of weight named by the index; 0 in padding, whose index is not read
__kernel void gather_columns(
    __global const int *restrict indices, const long indices_offset, const long index_step,
    const long index_row, __global const float *restrict weight, const long weight_offset,
    const int columns, __global float *restrict dst, const long dst_offset, const int gates,
    __global const int *restrict marks, const long marks_offset,
    __global int *restrict errors, const long errors_offset, const int batch, const int rows,
    const int steps) {
  const long item = (long)get_global_id(0);
  if (item >= (long)steps * rows * gates) {
    return;
  }
  const long r = item / gates;
  const long gate = item - r * gates;
  const int mark = marks[marks_offset + r];
  float value = 0.0f;
  if (mark > 0) {
    const long t = site_step(mark, batch, (int)(r / rows));
    const long n = site_row(mark, batch, (int)(r % rows));
    const int index = indices[indices_offset + t * index_step + n * index_row];
    if (index >= 0 && index < columns) {
      value = weight[weight_offset + gate * columns + index];
    } else {
      report(errors + errors_offset, ERROR_INPUT_INDEX, index, columns);
    }
  }
  dst[dst_offset + item] = value;
}

// gather_rows: table lookup, one work-item per element of rows*width.
__kernel void gather_rows(
    __global const int *restrict indices, const long indices_offset, const long index_outer,
    const long index_row, __global const float *restrict table, const long table_offset,
    const long table_row, const int table_rows, __global float *restrict dst,
    const long dst_offset, const long dst_outer, const long dst_row,
    __global int *restrict errors, const long errors_offset, const int inner, const long rows,
    const int width) {
  const long item = (long)get_global_id(0);
  if (item >= rows * width) {
    return;
  }
  const long r = item / width;
  const long j = item - r * width;
  const int index = indices[indices_offset + row_at(r, inner, index_outer, index_row)];
  float value = 0.0f;
  if (index >= 0 && index < table_rows) {
    value = table[table_offset + index * table_row + j];
  } else {
    report(errors + errors_offset, ERROR_TABLE_INDEX, index, table_rows);
  }
  dst[dst_offset + row_at(r, inner, dst_outer, dst_row) + j] = value;
}

// chain_normalise: dense copy of the indices, one work-item per row; -1 for a row that does not
// count (padding if has_marks, or out of range). Marks are sites, see packing.h, if batch > 0.
// out: keys [rows]; linked [rows] = 0
__kernel void chain_normalise(
    __global const int *restrict indices, const long indices_offset, const long index_outer,
    const long index_row, __global const int *restrict marks, const long marks_offset,
    const int has_marks, __global int *restrict keys, const long keys_offset,
    __global int *restrict linked, const long linked_offset, const int batch, const int inner,
    const int rows, const int table_rows) {
  const int r = (int)get_global_id(0);
  if (r >= rows) {
    return;
  }
  int key = -1;
  const int mark = has_marks ? marks[marks_offset + r] : 1;
  if (mark > 0) {
    const int at = batch > 0 ? mark - 1 : r;
    key = indices[indices_offset + row_at(at, inner, index_outer, index_row)];
    if (key < 0 || key >= table_rows) {
      key = -1;
    }
  }
  keys[keys_offset + r] = key;
  linked[linked_offset + r] = 0;
}

// chain_link: the next row with the same key, one work-item per row.
// in : keys [rows]
// out: next [rows], -1 at the end of a chain; linked = 1 for every row that another one points to
__kernel void chain_link(
    __global const int *restrict keys, const long keys_offset, __global int *restrict next,
    const long next_offset, __global int *restrict linked, const long linked_offset,
    const int rows) {
  const int r = (int)get_global_id(0);
  if (r >= rows) {
    return;
  }
  const int key = keys[keys_offset + r];
  int found = -1;
  for (int q = r + 1; key >= 0 && found < 0 && q < rows; q++) {
    if (keys[keys_offset + q] == key) {
      found = q;
    }
  }
  next[next_offset + r] = found;
  if (found >= 0) {
    linked[linked_offset + found] = 1;
  }
}

// chain_sum: adds rows with one key in row order, one work-item per (row, feature); only the first
// row of a chain works.
// in : src rows of width; keys, next, linked [rows]
// out: dst[key * key_stride + j * feature_stride] += sum; keys that do not occur are left alone
__kernel void chain_sum(
    __global const float *restrict src, const long src_offset, const long src_outer,
    const long src_row, __global const int *restrict keys, const long keys_offset,
    __global const int *restrict next, const long next_offset,
    __global const int *restrict linked, const long linked_offset,
    __global float *restrict dst, const long dst_offset, const long key_stride,
    const long feature_stride, const int inner, const int rows, const int width) {
  const long item = (long)get_global_id(0);
  if (item >= (long)rows * width) {
    return;
  }
  const int r = (int)(item / width);
  const long j = item - (long)r * width;
  const int key = keys[keys_offset + r];
  if (key < 0 || linked[linked_offset + r]) {
    return;
  }
  float sum = 0.0f;
  for (int q = r; q >= 0; q = next[next_offset + q]) {
    sum += src[src_offset + row_at(q, inner, src_outer, src_row) + j];
  }
  dst[dst_offset + key * key_stride + j * feature_stride] += sum;
}
