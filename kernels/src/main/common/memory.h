// memory.h: spellings of address spaces and of 64-bit offsets, for step functions that read the same
// in OpenCL C and CUDA C.
#ifdef __OPENCL_C_VERSION__
#define GLOBAL __global
typedef long offset_t;
#else
#define GLOBAL
typedef long long offset_t;
#endif

// One gate row's bias: the first `biases` of bias_ih, bias_hh.
CELL_FUNCTION float gate_bias(
    GLOBAL const float *bias_ih, GLOBAL const float *bias_hh, int biases, offset_t at) {
  float b = 0.0f;
  if (biases > 0) {
    b = bias_ih[at];
  }
  if (biases > 1) {
    b += bias_hh[at];
  }
  return b;
}
