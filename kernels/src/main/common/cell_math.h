// cell_math.h: the cell equations as by-value scalar functions, valid OpenCL C 1.2, CUDA C and C++.
// Each function is one line of conventions; no pointer, no memory, no double. Activations are taken
// after the non-linearity: i, f, g, o, r, z, n are gate activations, q = R_n h- + b_Rn.
// Accuracy: that of the device's exp, tanh and division (a few ulp); saturates to 0, 1, -1; NaN in,
// NaN out.
#ifdef __OPENCL_C_VERSION__
#define CELL_FUNCTION static inline
#define CELL_EXP(x) exp(x)
#define CELL_EXPM1(x) expm1(x)
#define CELL_TANH(x) tanh(x)
#define CELL_LOG(x) log(x)
#define CELL_LOG1P(x) log1p(x)
#define CELL_SQRT(x) sqrt(x)
#define CELL_ABS(x) fabs(x)
#else
#define CELL_FUNCTION [[maybe_unused]] static __device__ __forceinline__
#define CELL_EXP(x) expf(x)
#define CELL_EXPM1(x) expm1f(x)
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

// LSTM
CELL_FUNCTION float lstm_cell(float i, float f, float g, float c_prev) {
  return f * c_prev + i * g;
}

// GRU, both variants: h = (1 - z) n + z h-
CELL_FUNCTION float gru_hidden(float z, float n, float h_prev) {
  return (1.0f - z) * n + z * h_prev;
}
