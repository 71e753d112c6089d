#include "cell_math.h"
#include "masking.h"

// Outputs of two directions that become one. Order of MERGE_ constants as in
// org.recurrentops.MergeMode.
#define MERGE_SUM 1
#define MERGE_AVERAGE 2
#define MERGE_MULTIPLY 3

// merge_outputs: y = merge(y, other), one work-item per (t, n, j).
// in : y [T,N,width] output of the first direction; other [T,N,width] that of the second;
//      marks [T,N]
// out: y in place; padding that is filled stays what the first direction has filled
extern "C" __global__ void merge_outputs(
    float *__restrict__ y, const long long y_offset, const long long y_step, const long long y_row,
    const float *__restrict__ other, const long long other_offset,
    const int *__restrict__ marks, const long long marks_offset, const int masking,
    const int merge, const int steps, const int rows, const int width) {
  const long long item = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= (long long)steps * rows * width) {
    return;
  }
  const long long r = item / width;
  const int j = (int)(item - r * width);
  const long long t = r / rows;
  const long long n = r - t * rows;
  if (marks[marks_offset + r] <= 0 && masking == MASK_FREEZE_FILL) {
    return;
  }
  const long long at = y_offset + t * y_step + n * y_row + j;
  const float one = y[at];
  const float two = other[other_offset + item];
  if (merge == MERGE_MULTIPLY) {
    y[at] = one * two;
  } else {
    y[at] = merge == MERGE_AVERAGE ? 0.5f * (one + two) : one + two;
  }
}

// merge_gradient: the part of dy that goes to one direction, one work-item per (t, n, j).
// in : dy [T,N,width]; other [T,N,width] h of the other direction; marks [T,N]
// out: part [T,N,width]; of a product 0 where the other direction puts out zeros
extern "C" __global__ void merge_gradient(
    const float *__restrict__ dy, const long long dy_offset, const long long dy_step,
    const long long dy_row, const float *__restrict__ other, const long long other_offset,
    float *__restrict__ part, const long long part_offset,
    const int *__restrict__ marks, const long long marks_offset, const int masking,
    const int merge, const int other_reverse, const int steps, const int rows, const int width) {
  const long long item = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= (long long)steps * rows * width) {
    return;
  }
  const long long r = item / width;
  const int j = (int)(item - r * width);
  const long long t = r / rows;
  const long long n = r - t * rows;
  const float d = dy[dy_offset + t * dy_step + n * dy_row + j];
  float own = merge == MERGE_AVERAGE ? 0.5f * d : d;
  if (merge == MERGE_MULTIPLY) {
    const int mark = marks[marks_offset + r];
    const int shown = mark > 0 || repeats_output(masking, other_reverse, mark);
    own = shown ? d * other[other_offset + item] : 0.0f;
  }
  part[part_offset + item] = own;
}
