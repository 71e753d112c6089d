#include "cell_math.h"

// norm_partial: one chunk of a vector per work-item, as scale and sum of squares of x / scale, so
// that nothing overflows before the norm itself does.
// out: partial [2*chunks] at first: scale, sum; a NaN or infinity makes the sum NaN
extern "C" __global__ void norm_partial(
    const float *__restrict__ x, const long long x_offset, const long long count, const int chunks,
    float *__restrict__ partial, const long long partial_offset) {
  const long long chunk = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (chunk >= chunks) {
    return;
  }
  float scale = 0.0f;
  for (long long i = chunk; i < count; i += chunks) {
    const float a = CELL_ABS(x[x_offset + i]);
    scale = a > scale ? a : scale;
  }
  const float unit = scale > 0.0f ? scale : 1.0f;
  float sum = 0.0f;
  for (long long i = chunk; i < count; i += chunks) {
    const float a = x[x_offset + i] / unit;
    sum += a * a;
  }
  partial[partial_offset + 2 * chunk] = scale;
  partial[partial_offset + 2 * chunk + 1] = sum;
}

// norm_final: one work-item.
// in : partial [2*chunks]
// out: norm [1]; nonfinite [1] = 1 if it is not finite, else 0
extern "C" __global__ void norm_final(
    const float *__restrict__ partial, const long long partial_offset, const int chunks,
    float *__restrict__ norm, const long long norm_offset, int *__restrict__ nonfinite,
    const long long nonfinite_offset) {
  if ((blockIdx.x * blockDim.x + threadIdx.x) > 0) {
    return;
  }
  float scale = 0.0f;
  for (int k = 0; k < chunks; k++) {
    const float s = partial[partial_offset + 2 * k];
    scale = s > scale ? s : scale;
  }
  const float unit = scale > 0.0f ? scale : 1.0f;
  float sum = 0.0f;
  for (int k = 0; k < chunks; k++) {
    const float ratio = partial[partial_offset + 2 * k] / unit;
    const float own = partial[partial_offset + 2 * k + 1];
    sum += own * ratio * ratio;
  }
  const float value = unit * CELL_SQRT(sum);
  norm[norm_offset] = value;
  nonfinite[nonfinite_offset] = value - value == 0.0f ? 0 : 1;
}

// copy_word: a 32-bit word to a caller's scalar.
extern "C" __global__ void copy_word(
    const int *__restrict__ src, const long long src_offset, int *__restrict__ dst,
    const long long dst_offset) {
  if ((blockIdx.x * blockDim.x + threadIdx.x) == 0) {
    dst[dst_offset] = src[src_offset];
  }
}

// clip_to_norm: x *= max_norm / norm if the norm is finite and larger; one work-item per element.
extern "C" __global__ void clip_to_norm(
    float *__restrict__ x, const long long x_offset, const long long count,
    const float *__restrict__ norm, const long long norm_offset,
    const int *__restrict__ nonfinite, const long long nonfinite_offset,
    const float max_norm) {
  const long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  const float value = norm[norm_offset];
  if (i < count && !nonfinite[nonfinite_offset] && value > max_norm) {
    x[x_offset + i] *= max_norm / value;
  }
}

// sgd: v = mu v + g + lambda p; p -= eta (nesterov ? g + lambda p + mu v : v); one work-item per
// parameter. Nothing changes if has_skip and skip [1] is not 0.
extern "C" __global__ void sgd(
    float *__restrict__ params, const long long params_offset,
    const float *__restrict__ gradient, const long long gradient_offset,
    float *__restrict__ velocity, const long long velocity_offset, const int has_velocity,
    const float learning_rate, const float momentum, const int nesterov,
    const float weight_decay, const int *__restrict__ skip, const long long skip_offset,
    const int has_skip, const long long count) {
  const long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= count || (has_skip && skip[skip_offset] != 0)) {
    return;
  }
  const float p = params[params_offset + i];
  const float g = gradient[gradient_offset + i] + weight_decay * p;
  float step = g;
  if (has_velocity) {
    const float v = momentum * velocity[velocity_offset + i] + g;
    velocity[velocity_offset + i] = v;
    step = nesterov ? g + momentum * v : v;
  }
  params[params_offset + i] = p - learning_rate * step;
}

// adam: m = b1 m + (1-b1) g; v = b2 v + (1-b2) g^2; p -= eta (lambda p + m^ / (sqrt(v^) + eps));
// one work-item per parameter. correction1 = 1 / (1 - b1^step), correction2 likewise.
extern "C" __global__ void adam(
    float *__restrict__ params, const long long params_offset,
    const float *__restrict__ gradient, const long long gradient_offset,
    float *__restrict__ m, const long long m_offset, float *__restrict__ v,
    const long long v_offset, const float learning_rate, const float beta1, const float beta2,
    const float correction1, const float correction2, const float epsilon,
    const float weight_decay, const int *__restrict__ skip, const long long skip_offset,
    const int has_skip, const long long count) {
  const long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= count || (has_skip && skip[skip_offset] != 0)) {
    return;
  }
  const float p = params[params_offset + i];
  const float g = gradient[gradient_offset + i];
  const float m_new = beta1 * m[m_offset + i] + (1.0f - beta1) * g;
  const float v_new = beta2 * v[v_offset + i] + (1.0f - beta2) * g * g;
  m[m_offset + i] = m_new;
  v[v_offset + i] = v_new;
  const float step = m_new * correction1 / (CELL_SQRT(v_new * correction2) + epsilon);
  params[params_offset + i] = p - learning_rate * (weight_decay * p + step);
}
