// cell_math.h: the cell equations as by-value scalar functions, valid OpenCL C 1.2, CUDA C and C++.
// Each function is one line of conventions; no pointer, no memory, no double. Activations are taken
// after the non-linearity: i, f, g, o, r, z, n are gate activations, q = R_n h- + b_Rn.
// Accuracy: that of the device's exp, tanh and division (a few ulp); saturates to 0, 1, -1; NaN in,
// NaN out.
#ifdef __OPENCL_C_VERSION__
#define CELL_FUNCTION static inline
#define CELL_EXP(x) exp(x)
#define CELL_TANH(x) tanh(x)
#define CELL_LOG(x) log(x)
#define CELL_LOG1P(x) log1p(x)
#define CELL_SQRT(x) sqrt(x)
#define CELL_ABS(x) fabs(x)
#else
#define CELL_FUNCTION [[maybe_unused]] static __device__ __forceinline__
#define CELL_EXP(x) expf(x)
#define CELL_TANH(x) tanhf(x)
#define CELL_LOG(x) logf(x)
#define CELL_LOG1P(x) log1pf(x)
#define CELL_SQRT(x) sqrtf(x)
#define CELL_ABS(x) fabsf(x)
#endif

CELL_FUNCTION float sigmoid(float x) { return 1.0f / (1.0f + CELL_EXP(-x)); }

CELL_FUNCTION float relu(float x) { return x < 0.0f ? 0.0f : x; }

// Derivatives in terms of the activation.
CELL_FUNCTION float sigmoid_derivative(float s) { return s * (1.0f - s); }

CELL_FUNCTION float tanh_derivative(float y) { return 1.0f - y * y; }

// vanilla: h = tanh(a), or relu(a)
CELL_FUNCTION float vanilla_hidden(float a, int is_relu) {
  return is_relu ? relu(a) : CELL_TANH(a);
}

// dh/da as saved for backward: from a, not from h, because 1 - h*h has no digits left where tanh
// saturates. 4 e / (1 + e)^2 with e = exp(-2 |a|).
CELL_FUNCTION float vanilla_derivative(float a, int is_relu) {
  if (is_relu) {
    return a > 0.0f ? 1.0f : (a != a ? a : 0.0f);
  }
  const float e = CELL_EXP(-2.0f * CELL_ABS(a));
  return 4.0f * e / ((1.0f + e) * (1.0f + e));
}

// selects for relu, so that an infinite dh times a derivative of 0 is 0
CELL_FUNCTION float vanilla_gradient(float dh, float derivative, int is_relu) {
  return is_relu && derivative == 0.0f ? 0.0f : dh * derivative;
}

// LSTM: c = f c- + i g; h = o tanh(c)
CELL_FUNCTION float lstm_cell(float i, float f, float g, float c_prev) {
  return f * c_prev + i * g;
}

CELL_FUNCTION float lstm_hidden(float o, float tanh_c) { return o * tanh_c; }

CELL_FUNCTION float lstm_dc(float dh, float o, float tanh_c, float dc_next) {
  return dh * o * tanh_derivative(tanh_c) + dc_next;
}

CELL_FUNCTION float lstm_di(float dc, float i, float g) { return dc * g * sigmoid_derivative(i); }

CELL_FUNCTION float lstm_df(float dc, float f, float c_prev) {
  return dc * c_prev * sigmoid_derivative(f);
}

CELL_FUNCTION float lstm_dg(float dc, float i, float g) { return dc * i * tanh_derivative(g); }

CELL_FUNCTION float lstm_do(float dh, float o, float tanh_c) {
  return dh * tanh_c * sigmoid_derivative(o);
}

// GRU, both variants: h = (1 - z) n + z h-
CELL_FUNCTION float gru_hidden(float z, float n, float h_prev) {
  return (1.0f - z) * n + z * h_prev;
}

CELL_FUNCTION float gru_dn(float dh, float z, float n) {
  return dh * (1.0f - z) * tanh_derivative(n);
}

CELL_FUNCTION float gru_dz(float dh, float z, float n, float h_prev) {
  return dh * (h_prev - n) * sigmoid_derivative(z);
}

// reset after: n = tanh(x_n + r q), so the factor of r is q; reset before: s = r h-, factor h-
CELL_FUNCTION float gru_dr(float d_product, float factor, float r) {
  return d_product * factor * sigmoid_derivative(r);
}
