// Inputs that are added to every gate without weights.

// repeat_columns: dst[r, g * width + j] = src[r, j] for every gate g, one work-item per (r, j).
// in : src, row r at (r / inner) * outer + (r % inner) * row
// out: dst [rows, gates * width]
extern "C" __global__ void repeat_columns(
    const float *__restrict__ src, const long long src_offset, const long long src_outer,
    const long long src_row, float *__restrict__ dst, const long long dst_offset, const int gates,
    const int inner, const long long rows, const int width) {
  const long long item = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= rows * width) {
    return;
  }
  const long long r = item / width;
  const int j = (int)(item - r * width);
  const float x = src[src_offset + (r / inner) * src_outer + (r % inner) * src_row + j];
  for (int gate = 0; gate < gates; gate++) {
    dst[dst_offset + (r * gates + gate) * width + j] = x;
  }
}

// sum_blocks: dst[r, j] = or += the sum over gates g of src[r, g * width + j], one work-item per
// (r, j).
// in : src [rows, gates * width]
// out: dst, row r at (r / inner) * outer + (r % inner) * row
extern "C" __global__ void sum_blocks(
    const float *__restrict__ src, const long long src_offset, const int gates,
    float *__restrict__ dst, const long long dst_offset, const long long dst_outer,
    const long long dst_row, const int inner, const long long rows, const int width,
    const int accumulate) {
  const long long item = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= rows * width) {
    return;
  }
  const long long r = item / width;
  const int j = (int)(item - r * width);
  float sum = 0.0f;
  for (int gate = 0; gate < gates; gate++) {
    sum += src[src_offset + (r * gates + gate) * width + j];
  }
  const long long at = dst_offset + (r / inner) * dst_outer + (r % inner) * dst_row + j;
  dst[at] = accumulate ? dst[at] + sum : sum;
}
