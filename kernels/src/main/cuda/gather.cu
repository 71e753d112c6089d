#include "cell_math.h"
#include "memory.h"
#include "packing.h"

// Out-of-range indices are reported in errors [3] instead of reading memory that is not there.
#define ERROR_INPUT_INDEX 1
#define ERROR_TABLE_INDEX 2

// Reports one index: which kind, what it was, what it had to be below.
static __device__ void report(int *errors, int kind, int index, int limit) {
  atomicOr(errors, kind);
  atomicExch(errors + 1, index);
  atomicExch(errors + 2, limit);
}

static __device__ long long row_at(long long r, int inner, long long outer, long long row) {
  return (r / inner) * outer + (r % inner) * row;
}

// gather_columns: input projection of index input, one work-item per (t, n, gate row).
// in : indices [T,N] with strides; weight [gates,columns]; marks [T,N]; batch as in packing.h
// out: dst [T,N,gates] = column of weight named by the index; 0 in padding, whose index is not read
extern "C" __global__ void gather_columns(
    const int *__restrict__ indices, const long long indices_offset, const long long index_step,
    const long long index_row, const float *__restrict__ weight, const long long weight_offset,
    const int columns, float *__restrict__ dst, const long long dst_offset, const int gates,
    const int *__restrict__ marks, const long long marks_offset,
    int *__restrict__ errors, const long long errors_offset, const int batch, const int rows,
    const int steps) {
  const long long item = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= (long long)steps * rows * gates) {
    return;
  }
  const long long r = item / gates;
  const long long gate = item - r * gates;
  const int mark = marks[marks_offset + r];
  float value = 0.0f;
  if (mark > 0) {
    const long long t = site_step(mark, batch, (int)(r / rows));
    const long long n = site_row(mark, batch, (int)(r % rows));
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
extern "C" __global__ void gather_rows(
    const int *__restrict__ indices, const long long indices_offset, const long long index_outer,
    const long long index_row, const float *__restrict__ table, const long long table_offset,
    const long long table_row, const int table_rows, float *__restrict__ dst,
    const long long dst_offset, const long long dst_outer, const long long dst_row,
    int *__restrict__ errors, const long long errors_offset, const int inner, const long long rows,
    const int width) {
  const long long item = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= rows * width) {
    return;
  }
  const long long r = item / width;
  const long long j = item - r * width;
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
extern "C" __global__ void chain_normalise(
    const int *__restrict__ indices, const long long indices_offset, const long long index_outer,
    const long long index_row, const int *__restrict__ marks, const long long marks_offset,
    const int has_marks, int *__restrict__ keys, const long long keys_offset,
    int *__restrict__ linked, const long long linked_offset, const int batch, const int inner,
    const int rows, const int table_rows) {
  const int r = (int)(blockIdx.x * blockDim.x + threadIdx.x);
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
extern "C" __global__ void chain_link(
    const int *__restrict__ keys, const long long keys_offset, int *__restrict__ next,
    const long long next_offset, int *__restrict__ linked, const long long linked_offset,
    const int rows) {
  const int r = (int)(blockIdx.x * blockDim.x + threadIdx.x);
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
extern "C" __global__ void chain_sum(
    const float *__restrict__ src, const long long src_offset, const long long src_outer,
    const long long src_row, const int *__restrict__ keys, const long long keys_offset,
    const int *__restrict__ next, const long long next_offset,
    const int *__restrict__ linked, const long long linked_offset,
    float *__restrict__ dst, const long long dst_offset, const long long key_stride,
    const long long feature_stride, const int inner, const int rows, const int width) {
  const long long item = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= (long long)rows * width) {
    return;
  }
  const int r = (int)(item / width);
  const long long j = item - (long long)r * width;
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
