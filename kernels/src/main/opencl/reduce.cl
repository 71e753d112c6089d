// Sums in a fixed order, without atomics: the result depends on the sizes only.

// column_sum_partial: sums of one chunk of rows, one work-item per column (x) and chunk (y).
// in : src [rows,columns], row r at (r / inner) * outer + (r % inner) * row
// out: partial [chunks,columns]
__kernel void column_sum_partial(
    __global const float *restrict src, const long src_offset, const long src_outer,
    const long src_row, const int inner, const long rows, const int columns,
    const int chunk_rows, __global float *restrict partial, const long partial_offset) {
  const int c = (int)get_global_id(0);
  if (c >= columns) {
    return;
  }
  const long chunk = (long)get_group_id(1);
  const long first = chunk * chunk_rows;
  const long end = first + chunk_rows < rows ? first + chunk_rows : rows;
  float sum = 0.0f;
  for (long r = first; r < end; r++) {
    sum += src[src_offset + (r / inner) * src_outer + (r % inner) * src_row + c];
  }
  partial[partial_offset + chunk * columns + c] = sum;
}

// column_product_partial: as column_sum_partial, of left * right over valid steps.
// in : left, right [rows,columns], rows as above, t = r / inner, n = r % inner; marks [rows]
// assumes that padding of either may hold anything
__kernel void column_product_partial(
    __global const float *restrict left, const long left_offset, const long left_outer,
    const long left_row, __global const float *restrict right, const long right_offset,
    const long right_outer, const long right_row, __global const int *restrict marks,
    const long marks_offset, const int inner, const long rows, const int columns,
    const int chunk_rows, __global float *restrict partial, const long partial_offset) {
  const int c = (int)get_global_id(0);
  if (c >= columns) {
    return;
  }
  const long chunk = (long)get_group_id(1);
  const long first = chunk * chunk_rows;
  const long end = first + chunk_rows < rows ? first + chunk_rows : rows;
  float sum = 0.0f;
  for (long r = first; r < end; r++) {
    const long t = r / inner;
    const long n = r % inner;
    if (marks[marks_offset + r] > 0) {
      sum += left[left_offset + t * left_outer + n * left_row + c]
          * right[right_offset + t * right_outer + n * right_row + c];
    }
  }
  partial[partial_offset + chunk * columns + c] = sum;
}

// column_sum_final: dst = or += the sum of the partial sums, one work-item per column.
__kernel void column_sum_final(
    __global const float *restrict partial, const long partial_offset, const int chunks,
    const int columns, __global float *restrict dst, const long dst_offset,
    const int accumulate) {
  const int c = (int)get_global_id(0);
  if (c >= columns) {
    return;
  }
  float sum = 0.0f;
  for (int k = 0; k < chunks; k++) {
    sum += partial[partial_offset + (long)k * columns + c];
  }
  dst[dst_offset + c] = accumulate ? dst[dst_offset + c] + sum : sum;
}
