// Sums in a fixed order, without atomics: the result depends on the sizes only.

// column_sum_partial: sums of one chunk of rows, one work-item per column (x) and chunk (y).
// in : src [rows,columns], row r at (r / inner) * outer + (r % inner) * row
// out: partial [chunks,columns]
extern "C" __global__ void column_sum_partial(
    const float *__restrict__ src, const long long src_offset, const long long src_outer,
    const long long src_row, const int inner, const long long rows, const int columns,
    const int chunk_rows, float *__restrict__ partial, const long long partial_offset) {
  const int c = (int)(blockIdx.x * blockDim.x + threadIdx.x);
  if (c >= columns) {
    return;
  }
  const long long chunk = (long long)blockIdx.y;
  const long long first = chunk * chunk_rows;
  const long long end = first + chunk_rows < rows ? first + chunk_rows : rows;
  float sum = 0.0f;
  for (long long r = first; r < end; r++) {
    sum += src[src_offset + (r / inner) * src_outer + (r % inner) * src_row + c];
  }
  partial[partial_offset + chunk * columns + c] = sum;
}

// column_product_partial: as column_sum_partial, of left * right over valid steps.
// in : left, right [rows,columns], rows as above, t = r / inner, n = r % inner; marks [rows]
// assumes that padding of either may hold anything
extern "C" __global__ void column_product_partial(
    const float *__restrict__ left, const long long left_offset, const long long left_outer,
    const long long left_row, const float *__restrict__ right, const long long right_offset,
    const long long right_outer, const long long right_row, const int *__restrict__ marks,
    const long long marks_offset, const int inner, const long long rows, const int columns,
    const int chunk_rows, float *__restrict__ partial, const long long partial_offset) {
  const int c = (int)(blockIdx.x * blockDim.x + threadIdx.x);
  if (c >= columns) {
    return;
  }
  const long long chunk = (long long)blockIdx.y;
  const long long first = chunk * chunk_rows;
  const long long end = first + chunk_rows < rows ? first + chunk_rows : rows;
  float sum = 0.0f;
  for (long long r = first; r < end; r++) {
    const long long t = r / inner;
    const long long n = r % inner;
    if (marks[marks_offset + r] > 0) {
      sum += left[left_offset + t * left_outer + n * left_row + c]
          * right[right_offset + t * right_outer + n * right_row + c];
    }
  }
  partial[partial_offset + chunk * columns + c] = sum;
}

// column_sum_final: dst = or += the sum of the partial sums, one work-item per column.
extern "C" __global__ void column_sum_final(
    const float *__restrict__ partial, const long long partial_offset, const int chunks,
    const int columns, float *__restrict__ dst, const long long dst_offset,
    const int accumulate) {
  const int c = (int)(blockIdx.x * blockDim.x + threadIdx.x);
  if (c >= columns) {
    return;
  }
  float sum = 0.0f;
  for (int k = 0; k < chunks; k++) {
    sum += partial[partial_offset + (long long)k * columns + c];
  }
  dst[dst_offset + c] = accumulate ? dst[dst_offset + c] + sum : sum;
}
