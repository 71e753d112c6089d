// Inputs that are added to every gate without weights.

// repeat_columns: dst[r, g * width + j] = src[r, j] for every gate g, one work-item per (r, j).
// in : src, row r at (r / inner) * outer + (r % inner) * row
// out: dst [rows, gates * width]
__kernel void repeat_columns(
    __global const float *restrict src, const long src_offset, const long src_outer,
    const long src_row, __global float *restrict dst, const long dst_offset, const int gates,
    const int inner, const long rows, const int width) {
  const long item = (long)get_global_id(0);
  if (item >= rows * width) {
    return;
  }
  const long r = item / width;
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
__kernel void sum_blocks(
    __global const float *restrict src, const long src_offset, const int gates,
    __global float *restrict dst, const long dst_offset, const long dst_outer,
    const long dst_row, const int inner, const long rows, const int width,
    const int accumulate) {
  const long item = (long)get_global_id(0);
  if (item >= rows * width) {
    return;
  }
  const long r = item / width;
  const int j = (int)(item - r * width);
  float sum = 0.0f;
  for (int gate = 0; gate < gates; gate++) {
    sum += src[src_offset + (r * gates + gate) * width + j];
  }
  const long at = dst_offset + (r / inner) * dst_outer + (r % inner) * dst_row + j;
  dst[at] = accumulate ? dst[at] + sum : sum;
}
