// libcublas for the software device: products as plain loops, column-major, queued on the handle's stream like those of
// the real library. Operands are really rounded to what the call's types say; sums are float32.
// Built twice, as libcublas.so.12 and as libcublas.so.13.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "half.h"

#define API extern "C" __attribute__((visibility("default")))

extern "C" int swcuda_enqueue(void *stream, void (*work)(const void *), const void *argument, size_t bytes);
extern "C" int swcuda_is_capturing(void *stream);
extern "C" const char *swcuda_memory_fault(const void *at, size_t bytes);
extern "C" void swcuda_fail(const char *what);

namespace {
enum Status { SUCCESS = 0, NOT_INITIALIZED = 1, INVALID_VALUE = 7, EXECUTION_FAILED = 13, NOT_SUPPORTED = 15 };
constexpr uint32_t ALIVE = 0xC0B1A5;
constexpr uintptr_t WORKSPACE_ALIGNMENT = 256;
// cudaDataType and cublasComputeType_t.
constexpr int FLOAT32 = 0, FLOAT64 = 1, FLOAT16 = 2, BFLOAT16 = 14;
constexpr int COMPUTE_64F = 70, COMPUTE_32F = 68, COMPUTE_32F_PEDANTIC = 69, COMPUTE_32F_FAST_TF32 = 77;
int handles_made = 0, handles_left = 0;

struct Handle {
  uint32_t state = ALIVE;
  void *stream = nullptr;
  int math_mode = 0, pointer_mode = 0;
  void *workspace = nullptr;
  size_t workspace_bytes = 0;
};

struct Operand {
  const void *data;
  int ld;
  long long stride;
  bool transposed;
  int type;
  bool to_tf32;

  size_t element() const { return type == FLOAT64 ? 8 : type == FLOAT32 ? 4 : 2; }
  double at(size_t index) const {
    if (type == FLOAT64) {
      return ((const double *)data)[index];
    }
    if (type == FLOAT32) {
      const float value = ((const float *)data)[index];
      return to_tf32 ? tf32_of(value) : value;
    }
    const uint16_t bits = ((const uint16_t *)data)[index];
    return type == FLOAT16 ? float_of_half(bits) : float_of_bfloat(bits);
  }
};

struct Product {
  int m, n, k, batch;
  Operand a, b;
  void *c;
  int ldc;
  long long stride_c;
  double alpha, beta;
  void *workspace;
  size_t workspace_bytes;
};

size_t bytes(int rows, int columns, int ld, long long stride, int batch, size_t element) {
  return (((size_t)columns - 1) * (size_t)ld + (size_t)rows + (size_t)(batch - 1) * (size_t)stride) * element;
}

const char *fault_of(const Product &p) {
  const char *fault = nullptr;
  if (p.k > 0) {
    const bool ta = p.a.transposed, tb = p.b.transposed;
    fault = swcuda_memory_fault(p.a.data, bytes(ta ? p.k : p.m, ta ? p.m : p.k, p.a.ld, p.a.stride, p.batch, p.a.element()));
    if (fault == nullptr) {
      fault = swcuda_memory_fault(p.b.data, bytes(tb ? p.n : p.k, tb ? p.k : p.n, p.b.ld, p.b.stride, p.batch, p.b.element()));
    }
  }
  if (fault == nullptr && p.workspace != nullptr) {
    fault = swcuda_memory_fault(p.workspace, p.workspace_bytes);
  }
  return fault != nullptr ? fault : swcuda_memory_fault(p.c, bytes(p.m, p.n, p.ldc, p.stride_c, p.batch, p.a.type == FLOAT64 ? 8 : 4));
}

// One column of the result at a time; a is gathered once, so that the inner loop is contiguous.
template <typename Sum>
void multiply(const Product &p, size_t a, size_t b, Sum *c) {
  std::vector<Sum> gathered((size_t)p.m * (size_t)p.k), column((size_t)p.m);
  for (int l = 0; l < p.k; l++) {
    for (int i = 0; i < p.m; i++) {
      const size_t at = p.a.transposed ? (size_t)l + (size_t)i * p.a.ld : (size_t)i + (size_t)l * p.a.ld;
      gathered[(size_t)l * p.m + i] = (Sum)p.a.at(a + at);
    }
  }
  // A planted fault: sums in bfloat16, as a product with 16-bit arithmetic would have them.
  const bool rounds = getenv("SOFTWARE_CUBLAS_ROUNDS_SUMS") != nullptr && (p.a.type != FLOAT32 || p.a.to_tf32);
  for (int j = 0; j < p.n; j++) {
    column.assign((size_t)p.m, 0);
    for (int l = 0; l < p.k; l++) {
      const Sum factor = (Sum)p.b.at(b + (p.b.transposed ? (size_t)j + (size_t)l * p.b.ld : (size_t)l + (size_t)j * p.b.ld));
      const Sum *row = &gathered[(size_t)l * p.m];
      for (int i = 0; i < p.m; i++) {
        column[i] += row[i] * factor;
        column[i] = rounds ? (Sum)bfloat_of((float)column[i]) : column[i];
      }
    }
    const Sum alpha = (Sum)p.alpha, beta = (Sum)p.beta;
    Sum *out = c + (size_t)j * p.ldc;
    for (int i = 0; i < p.m; i++) {
      out[i] = alpha * column[i] + (beta == 0 ? 0 : beta * out[i]);
    }
  }
}

void run(const void *argument) {
  const Product &p = *(const Product *)argument;
  if (const char *fault = fault_of(p)) {
    char text[160];
    snprintf(text, sizeof text, "cublas product m=%d n=%d k=%d: %s", p.m, p.n, p.k, fault);
    swcuda_fail(text);
    return;
  }
  for (int z = 0; z < p.batch; z++) {
    const size_t a = (size_t)(z * p.a.stride), b = (size_t)(z * p.b.stride);
    if (p.a.type == FLOAT64) {
      multiply(p, a, b, (double *)p.c + z * p.stride_c);
    } else {
      multiply(p, a, b, (float *)p.c + z * p.stride_c);
    }
  }
  // The real library leaves anything there, so nobody else may keep something in it.
  if (p.workspace != nullptr) {
    memset(p.workspace, 0xFF, p.workspace_bytes < 4096 ? p.workspace_bytes : 4096);
  }
}

int enqueue(const Handle *h, Product p, double alpha, double beta) {
  if (h == nullptr || h->state != ALIVE) {
    return NOT_INITIALIZED;
  }
  if (h->pointer_mode != 0) {
    return NOT_SUPPORTED;  // scalars on the device
  }
  if (p.m < 0 || p.n < 0 || p.k < 0 || p.batch < 0 || p.ldc < p.m || p.a.ld < (p.a.transposed ? p.k : p.m) ||
      p.b.ld < (p.b.transposed ? p.n : p.k)) {
    return INVALID_VALUE;
  }
  if (p.m == 0 || p.n == 0 || p.batch == 0) {
    return SUCCESS;
  }
  // Memory that the library takes of its own is no node of a graph.
  if (h->workspace == nullptr &&
      (swcuda_is_capturing(h->stream) || getenv("SOFTWARE_CUBLAS_NEEDS_WORKSPACE") != nullptr)) {
    return NOT_SUPPORTED;
  }
  p.workspace = h->workspace;
  p.workspace_bytes = h->workspace_bytes;
  p.alpha = alpha;
  p.beta = beta;
  return swcuda_enqueue(h->stream, run, &p, sizeof p) == 0 ? SUCCESS : EXECUTION_FAILED;
}
}  // namespace

API int cublasCreate_v2(Handle **h) {
  *h = new Handle;
  handles_made++;
  handles_left++;
  return SUCCESS;
}

API int cublasDestroy_v2(Handle *h) {
  if (h == nullptr || h->state != ALIVE) {
    return NOT_INITIALIZED;
  }
  h->state = 0;
  delete h;
  handles_left--;
  if (getenv("SOFTWARE_CUBLAS_TRACE") != nullptr) {
    fprintf(stderr, "software cuBLAS: handles made %d, left %d\n", handles_made, handles_left);
  }
  return SUCCESS;
}

// As in the real library, setting a stream takes the workspace away.
API int cublasSetStream_v2(Handle *h, void *stream) {
  h->stream = stream;
  h->workspace = nullptr;
  return SUCCESS;
}

API int cublasSetMathMode(Handle *h, int mode) {
  h->math_mode = mode;
  return SUCCESS;
}

API int cublasSetPointerMode_v2(Handle *h, int mode) {
  h->pointer_mode = mode;
  return SUCCESS;
}

API int cublasSetWorkspace_v2(Handle *h, void *at, size_t bytes) {
  if (at != nullptr && ((uintptr_t)at % WORKSPACE_ALIGNMENT != 0 || swcuda_memory_fault(at, bytes) != nullptr)) {
    return INVALID_VALUE;
  }
  h->workspace = at;
  h->workspace_bytes = bytes;
  return SUCCESS;
}

API int cublasGetVersion_v2(Handle *, int *version) {
  *version = 10000 * MAJOR_VERSION + 600;
  return SUCCESS;
}

API int cublasGetProperty(int type, int *value) {
  *value = type == 0 ? MAJOR_VERSION : type == 1 ? 6 : 0;
  return SUCCESS;
}

API int cublasSgemm_v2(Handle *h, int ta, int tb, int m, int n, int k, const float *alpha, const float *a, int lda,
                       const float *b, int ldb, const float *beta, float *c, int ldc) {
  const Operand left{a, lda, 0, ta != 0, FLOAT32, false}, right{b, ldb, 0, tb != 0, FLOAT32, false};
  return enqueue(h, {m, n, k, 1, left, right, c, ldc, 0, 0, 0, nullptr, 0}, *alpha, *beta);
}

API int cublasGemmEx(Handle *h, int ta, int tb, int m, int n, int k, const void *alpha, const void *a, int type_a,
                     int lda, const void *b, int type_b, int ldb, const void *beta, void *c, int type_c, int ldc,
                     int compute, int) {
  const bool tf32 = compute == COMPUTE_32F_FAST_TF32, strict = compute == COMPUTE_32F || compute == COMPUTE_32F_PEDANTIC;
  const bool float32 = type_a == FLOAT32, half = type_a == FLOAT16 || type_a == BFLOAT16;
  if (type_a == FLOAT64 && type_b == FLOAT64 && type_c == FLOAT64 && compute == COMPUTE_64F) {
    const Operand left{a, lda, 0, ta != 0, FLOAT64, false}, right{b, ldb, 0, tb != 0, FLOAT64, false};
    return enqueue(h, {m, n, k, 1, left, right, c, ldc, 0, 0, 0, nullptr, 0}, *(const double *)alpha,
                   *(const double *)beta);
  }
  if (type_a != type_b || type_c != FLOAT32 || !((float32 && (tf32 || strict)) || (half && strict))) {
    return NOT_SUPPORTED;
  }
  const Operand left{a, lda, 0, ta != 0, type_a, tf32}, right{b, ldb, 0, tb != 0, type_b, tf32};
  return enqueue(h, {m, n, k, 1, left, right, c, ldc, 0, 0, 0, nullptr, 0}, *(const float *)alpha,
                 *(const float *)beta);
}

API int swcublas_missing(const char *name) {
  fprintf(stderr, "[software CUDA] %s is not implemented\n", name);
  return NOT_SUPPORTED;
}
