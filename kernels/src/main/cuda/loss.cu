#include "cell_math.h"
#include "group_sum.h"

// Losses and softmax: one work-group per row of `width` features, sums as a tree in local memory,
// so in a fixed order for a fixed group size. scratch holds one float per work-item.
#define ERROR_TARGET_CLASS 4
#define LOSS_SIGMOID_CROSS_ENTROPY 1

static __device__ long long row_at(long long r, int inner, long long outer, long long row) {
  return (r / inner) * outer + (r % inner) * row;
}

// The largest value, NaN left out.
static __device__ float group_max(float value, float *scratch, int id, int size) {
  __syncthreads();
  scratch[id] = value;
  for (int width = size; width > 1;) {
    const int upper = (width + 1) / 2;
    __syncthreads();
    if (id + upper < width && scratch[id + upper] > scratch[id]) {
      scratch[id] = scratch[id + upper];
    }
    width = upper;
  }
  __syncthreads();
  return scratch[0];
}

static __device__ float row_max(const float *x, int width, float *scratch, int id, int size) {
  float best = -INFINITY;
  for (int j = id; j < width; j += size) {
    best = x[j] > best ? x[j] : best;
  }
  return group_max(best, scratch, id, size);
}

// softmax_rows: dst = exp(x - max) / sum; dst may be x.
extern "C" __global__ void softmax_rows(
    const float *x, const long long x_offset, const long long x_outer, const long long x_row,
    float *dst, const long long dst_offset, const long long dst_outer, const long long dst_row,
    const int inner, const int width) {
  extern __shared__ float scratch[];
  const int id = (int)threadIdx.x;
  const int size = (int)blockDim.x;
  const long long r = (long long)blockIdx.x;
  const float *from = x + x_offset + row_at(r, inner, x_outer, x_row);
  float *to = dst + dst_offset + row_at(r, inner, dst_outer, dst_row);
  const float best = row_max(from, width, scratch, id, size);
  float sum = 0.0f;
  for (int j = id; j < width; j += size) {
    sum += CELL_EXP(from[j] - best);
  }
  sum = group_sum(sum, scratch, id, size);
  for (int j = id; j < width; j += size) {
    to[j] = CELL_EXP(from[j] - best) / sum;
  }
}

// softmax_cross_entropy: loss and gradient of one row per work-group.
// in : x rows of width; target class per row, negative leaves the row out; weights per row if
//      has_weights, 0 leaves the row out; divisor [1]
// out: row_loss [rows] weight * -log softmax(x)[target]; gradient if has_gradient, may be x
extern "C" __global__ void softmax_cross_entropy(
    const float *x, const long long x_offset, const long long x_outer, const long long x_row,
    const int *__restrict__ target, const long long target_offset, const long long target_outer,
    const long long target_row, const float *__restrict__ weights, const long long weights_offset,
    const long long weights_outer, const long long weights_row, const int has_weights,
    const float *__restrict__ divisor, const long long divisor_offset,
    const float gradient_scale, float *__restrict__ row_loss, const long long row_loss_offset,
    float *gradient, const long long gradient_offset, const long long gradient_outer,
    const long long gradient_row, const int has_gradient, int *__restrict__ errors,
    const long long errors_offset, const int inner, const int width) {
  extern __shared__ float scratch[];
  const int id = (int)threadIdx.x;
  const int size = (int)blockDim.x;
  const long long r = (long long)blockIdx.x;
  const float *from = x + x_offset + row_at(r, inner, x_outer, x_row);
  float *to = gradient + gradient_offset + row_at(r, inner, gradient_outer, gradient_row);
  const int label = target[target_offset + row_at(r, inner, target_outer, target_row)];
  const float weight =
      has_weights ? weights[weights_offset + row_at(r, inner, weights_outer, weights_row)] : 1.0f;
  const int counts = label >= 0 && label < width && weight != 0.0f;
  if (id == 0 && label >= width) {
    atomicOr(errors + errors_offset, ERROR_TARGET_CLASS);
    atomicExch(errors + errors_offset + 1, label);
    atomicExch(errors + errors_offset + 2, width);
  }
  const float at_label = counts ? from[label] : 0.0f;
  const float best = row_max(from, width, scratch, id, size);
  float sum = 0.0f;
  for (int j = id; j < width; j += size) {
    sum += CELL_EXP(from[j] - best);
  }
  sum = group_sum(sum, scratch, id, size);
  if (id == 0) {
    row_loss[row_loss_offset + r] = counts ? weight * (CELL_LOG(sum) + best - at_label) : 0.0f;
  }
  if (has_gradient) {
    const float factor = weight * gradient_scale / divisor[divisor_offset];
    for (int j = id; j < width; j += size) {
      const float p = CELL_EXP(from[j] - best) / sum;
      to[j] = counts ? factor * (p - (j == label ? 1.0f : 0.0f)) : 0.0f;
    }
  }
}

// elementwise_loss: loss and gradient of one row per work-group; kind 1 is the binary cross-entropy
// of sigmoid(x) against target, kind 2 is (x - target)^2.
extern "C" __global__ void elementwise_loss(
    const float *x, const long long x_offset, const long long x_outer, const long long x_row,
    const float *__restrict__ target, const long long target_offset, const long long target_outer,
    const long long target_row, const float *__restrict__ weights, const long long weights_offset,
    const long long weights_outer, const long long weights_row, const int has_weights,
    const float *__restrict__ divisor, const long long divisor_offset,
    const float gradient_scale, float *__restrict__ row_loss, const long long row_loss_offset,
    float *gradient, const long long gradient_offset, const long long gradient_outer,
    const long long gradient_row, const int has_gradient, const int kind, const int inner,
    const int width) {
  extern __shared__ float scratch[];
  const int id = (int)threadIdx.x;
  const int size = (int)blockDim.x;
  const long long r = (long long)blockIdx.x;
  const float *from = x + x_offset + row_at(r, inner, x_outer, x_row);
  const float *wanted =
      target + target_offset + row_at(r, inner, target_outer, target_row);
  float *to = gradient + gradient_offset + row_at(r, inner, gradient_outer, gradient_row);
  const float weight =
      has_weights ? weights[weights_offset + row_at(r, inner, weights_outer, weights_row)] : 1.0f;
  const int counts = weight != 0.0f;
  const float factor = weight * gradient_scale / divisor[divisor_offset];
  float sum = 0.0f;
  for (int j = id; j < width; j += size) {
    const float a = from[j];
    const float b = wanted[j];
    float loss = (a - b) * (a - b);
    float slope = 2.0f * (a - b);
    if (kind == LOSS_SIGMOID_CROSS_ENTROPY) {
      loss = (a < 0.0f ? 0.0f : a) - a * b + CELL_LOG1P(CELL_EXP(-CELL_ABS(a)));
      slope = sigmoid(a) - b;
    }
    sum += loss;
    if (has_gradient) {
      to[j] = counts ? factor * slope : 0.0f;
    }
  }
  sum = group_sum(sum, scratch, id, size);
  if (id == 0) {
    row_loss[row_loss_offset + r] = counts ? weight * sum : 0.0f;
  }
}

// loss_divisor: what loss and gradient are divided by; one work-group.
// in : weights per row if has_weights; target classes if has_target (a negative one does not count)
// out: divisor [1] = sum of the weights of rows that count, times features; 1 if that is 0 or !mean
extern "C" __global__ void loss_divisor(
    const float *__restrict__ weights, const long long weights_offset,
    const long long weights_outer, const long long weights_row, const int has_weights,
    const int *__restrict__ target, const long long target_offset, const long long target_outer,
    const long long target_row, const int has_target, const int mean, const int features,
    float *__restrict__ divisor, const long long divisor_offset, const int inner,
    const long long rows) {
  extern __shared__ float scratch[];
  const int id = (int)threadIdx.x;
  const int size = (int)blockDim.x;
  float sum = 0.0f;
  for (long long r = id; mean && r < rows; r += size) {
    const int counts =
        !has_target || target[target_offset + row_at(r, inner, target_outer, target_row)] >= 0;
    if (counts) {
      sum += has_weights ? weights[weights_offset + row_at(r, inner, weights_outer, weights_row)]
                         : 1.0f;
    }
  }
  sum = group_sum(sum, scratch, id, size) * (float)features;
  if (id == 0) {
    divisor[divisor_offset] = mean && sum != 0.0f ? sum : 1.0f;
  }
}

// loss_total: loss [1] = sum of row losses / divisor; one work-group.
extern "C" __global__ void loss_total(
    const float *__restrict__ row_loss, const long long row_loss_offset,
    const float *__restrict__ divisor, const long long divisor_offset,
    float *__restrict__ loss, const long long loss_offset, const long long rows) {
  extern __shared__ float scratch[];
  const int id = (int)threadIdx.x;
  const int size = (int)blockDim.x;
  float sum = 0.0f;
  for (long long r = id; r < rows; r += size) {
    sum += row_loss[row_loss_offset + r];
  }
  sum = group_sum(sum, scratch, id, size);
  if (id == 0) {
    loss[loss_offset] = sum / divisor[divisor_offset];
  }
}
