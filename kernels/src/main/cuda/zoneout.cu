#include "cell_math.h"
#include "masking.h"
#include "memory.h"
#include "packing.h"
#include "philox.h"
#include "zoneout.h"

// zoneout_forward: units of a state that keep the value from before step t, one work-item per (n,
// j).
// in : state slots before and after t, the latter as the cell wrote it; marks [T,N]; random, see
//      run_state, read if draws; share of the new value if not; batch as in packing.h
// out: state slot after t, and y_t if has_y, mixed at valid (t, n); fresh [T,N,width] step t as the
//      cell wrote it, if keeps_fresh
// assumes state_step is rows*width: both slots exist
extern "C" __global__ void zoneout_forward(
    float *state, const long long state_offset, const long long state_step,
    float *__restrict__ fresh, const long long fresh_offset, const int keeps_fresh,
    float *__restrict__ y, const long long y_offset, const long long y_step, const long long y_row,
    const int has_y, const int *__restrict__ marks, const long long marks_offset,
    const int *__restrict__ random,
    const long long random_offset, const int draws, const int kind_layer, const int first_unit,
    const int threshold, const float share, const int batch, const int reverse, const int t,
    const int rows, const int width) {
  const long long item = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= (long long)rows * width) {
    return;
  }
  const int n = (int)(item / width);
  const int j = (int)(item - (long long)n * width);
  const int mark = marks[marks_offset + (long long)t * rows + n];
  if (mark <= 0) {
    return;
  }
  float *after = state + state_offset + slot_after(t, reverse) * state_step + item;
  const float value = *after;
  const float before = state[state_offset + slot_before(t, reverse) * state_step + item];
  const float m = zoneout_share(
      random + random_offset, draws, kind_layer, site_step(mark, batch, t),
      site_row(mark, batch, n), first_unit + j, threshold, share);
  const float mixed = zoneout_mix(m, value, before);
  *after = mixed;
  if (keeps_fresh) {
    fresh[fresh_offset + (long long)t * rows * width + item] = value;
  }
  if (has_y) {
    y[y_offset + t * y_step + n * y_row + j] = mixed;
  }
}

// zoneout_backward: parts the total gradient of a state after step t, one work-item per (n, j).
// in : d [N,width] from the step processed after t; dy_t if has_dy; marks [T,N]; random as above
// out: d the gradient of what the cell wrote, dy_t within; kept [N,width] that of the state
//      before, 0
//      in padding, where d only gets dy_t where the output repeats
extern "C" __global__ void zoneout_backward(
    float *__restrict__ d, const long long d_offset, float *__restrict__ kept,
    const long long kept_offset, const float *__restrict__ dy, const long long dy_offset,
    const long long dy_step, const long long dy_row, const int has_dy, const int *__restrict__ marks,
    const long long marks_offset, const int masking, const int *__restrict__ random,
    const long long random_offset,
    const int draws, const int kind_layer, const int first_unit, const int threshold,
    const float share, const int batch, const int reverse, const int t, const int rows,
    const int width) {
  const long long item = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (item >= (long long)rows * width) {
    return;
  }
  const int n = (int)(item / width);
  const int j = (int)(item - (long long)n * width);
  const int mark = marks[marks_offset + (long long)t * rows + n];
  const int valid = mark > 0;
  float total = d[d_offset + item];
  if (has_dy && (valid || repeats_output(masking, reverse, mark))) {
    total += dy[dy_offset + t * dy_step + n * dy_row + j];
  }
  float m = 1.0f;
  if (valid) {
    m = zoneout_share(
        random + random_offset, draws, kind_layer, site_step(mark, batch, t),
        site_row(mark, batch, n), first_unit + j, threshold, share);
  }
  d[d_offset + item] = zoneout_part(m, total);
  kept[kept_offset + item] = zoneout_part(1.0f - m, total);
}
