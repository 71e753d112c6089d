// libcublas.so.12 for the software device: float32 products as plain loops, column-major, queued on
// the handle's stream like those of the real library.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <vector>

#define API extern "C" __attribute__((visibility("default")))

extern "C" int swcuda_enqueue(void *stream, void (*work)(const void *), const void *argument, size_t bytes);
extern "C" const char *swcuda_memory_fault(const void *at, size_t bytes);
extern "C" void swcuda_fail(const char *what);

namespace {
enum Status { SUCCESS = 0, NOT_INITIALIZED = 1, INVALID_VALUE = 7, EXECUTION_FAILED = 13, NOT_SUPPORTED = 15 };
constexpr uint32_t ALIVE = 0xC0B1A5;
constexpr int FLOAT32 = 0, COMPUTE_32F = 68, COMPUTE_32F_PEDANTIC = 69;  // cudaDataType, cublasComputeType_t

struct Handle {
  uint32_t state = ALIVE;
  void *stream = nullptr;
  int math_mode = 0, pointer_mode = 0;
};

struct Operand {
  const float *data;
  int ld;
  long long stride;
  bool transposed;
};

struct Product {
  int m, n, k, batch;
  Operand a, b;
  float *c;
  int ldc;
  long long stride_c;
  float alpha, beta;
};

size_t bytes(int rows, int columns, int ld, long long stride, int batch) {
  return (((size_t)columns - 1) * (size_t)ld + (size_t)rows + (size_t)(batch - 1) * (size_t)stride) * sizeof(float);
}

const char *fault_of(const Product &p) {
  const char *fault = nullptr;
  if (p.k > 0) {
    const bool ta = p.a.transposed, tb = p.b.transposed;
    fault = swcuda_memory_fault(p.a.data, bytes(ta ? p.k : p.m, ta ? p.m : p.k, p.a.ld, p.a.stride, p.batch));
    if (fault == nullptr) {
      fault = swcuda_memory_fault(p.b.data, bytes(tb ? p.n : p.k, tb ? p.k : p.n, p.b.ld, p.b.stride, p.batch));
    }
  }
  return fault != nullptr ? fault : swcuda_memory_fault(p.c, bytes(p.m, p.n, p.ldc, p.stride_c, p.batch));
}

// One column of the result at a time; a is gathered once, so that the inner loop is contiguous.
void multiply(const Product &p, const float *a, const float *b, float *c) {
  std::vector<float> gathered((size_t)p.m * (size_t)p.k), column((size_t)p.m);
  for (int l = 0; l < p.k; l++) {
    for (int i = 0; i < p.m; i++) {
      const size_t at = p.a.transposed ? (size_t)l + (size_t)i * p.a.ld : (size_t)i + (size_t)l * p.a.ld;
      gathered[(size_t)l * p.m + i] = a[at];
    }
  }
  for (int j = 0; j < p.n; j++) {
    column.assign((size_t)p.m, 0.0f);
    for (int l = 0; l < p.k; l++) {
      const float factor = b[p.b.transposed ? (size_t)j + (size_t)l * p.b.ld : (size_t)l + (size_t)j * p.b.ld];
      const float *row = &gathered[(size_t)l * p.m];
      for (int i = 0; i < p.m; i++) {
        column[i] += row[i] * factor;
      }
    }
    float *out = c + (size_t)j * p.ldc;
    for (int i = 0; i < p.m; i++) {
      out[i] = p.alpha * column[i] + (p.beta == 0.0f ? 0.0f : p.beta * out[i]);
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
    multiply(p, p.a.data + z * p.a.stride, p.b.data + z * p.b.stride, p.c + z * p.stride_c);
  }
}

int enqueue(const Handle *h, Product p, const float *alpha, const float *beta) {
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
  p.alpha = *alpha;
  p.beta = *beta;
  return swcuda_enqueue(h->stream, run, &p, sizeof p) == 0 ? SUCCESS : EXECUTION_FAILED;
}
}  // namespace

API int cublasCreate_v2(Handle **h) {
  *h = new Handle;
  return SUCCESS;
}

API int cublasDestroy_v2(Handle *h) {
  if (h == nullptr || h->state != ALIVE) {
    return NOT_INITIALIZED;
  }
  h->state = 0;
  delete h;
  return SUCCESS;
}

API int cublasSetStream_v2(Handle *h, void *stream) {
  h->stream = stream;
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

API int cublasSetWorkspace_v2(Handle *, void *at, size_t bytes) {
  return at != nullptr && swcuda_memory_fault(at, bytes) != nullptr ? INVALID_VALUE : SUCCESS;
}

API int cublasGetVersion_v2(Handle *, int *version) {
  *version = 120600;
  return SUCCESS;
}

API int cublasSgemm_v2(Handle *h, int ta, int tb, int m, int n, int k, const float *alpha, const float *a, int lda,
                       const float *b, int ldb, const float *beta, float *c, int ldc) {
  return enqueue(h, {m, n, k, 1, {a, lda, 0, ta != 0}, {b, ldb, 0, tb != 0}, c, ldc, 0, 0, 0}, alpha, beta);
}

API int cublasSgemmStridedBatched(Handle *h, int ta, int tb, int m, int n, int k, const float *alpha, const float *a,
                                  int lda, long long stride_a, const float *b, int ldb, long long stride_b,
                                  const float *beta, float *c, int ldc, long long stride_c, int batch) {
  return enqueue(h,
                 {m, n, k, batch, {a, lda, stride_a, ta != 0}, {b, ldb, stride_b, tb != 0}, c, ldc, stride_c, 0, 0},
                 alpha, beta);
}

API int cublasGemmEx(Handle *h, int ta, int tb, int m, int n, int k, const void *alpha, const void *a, int type_a,
                     int lda, const void *b, int type_b, int ldb, const void *beta, void *c, int type_c, int ldc,
                     int compute, int) {
  bool float32 = type_a == FLOAT32 && type_b == FLOAT32 && type_c == FLOAT32;
  if (!float32 || (compute != COMPUTE_32F && compute != COMPUTE_32F_PEDANTIC)) {
    return NOT_SUPPORTED;
  }
  return cublasSgemm_v2(h, ta, tb, m, n, k, (const float *)alpha, (const float *)a, lda, (const float *)b, ldb,
                        (const float *)beta, (float *)c, ldc);
}

API int swcublas_missing(const char *name) {
  fprintf(stderr, "[software CUDA] %s is not implemented\n", name);
  return NOT_SUPPORTED;
}
