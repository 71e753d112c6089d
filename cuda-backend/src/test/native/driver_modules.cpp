// Driver interface: modules, functions, launches; and what the other libraries of the device call.
#include "driver.h"
#include "graphs.h"

namespace {
constexpr int MAX_THREADS = 0, MAX_DYNAMIC_SHARED = 8;  // CUfunction_attribute
}

API int cuModuleLoadData(void **module, const void *image) {
  ENTER;
  NEEDS_CONTEXT;
  REFUSE_WHILE_CAPTURING;
  return load_module((Module **)module, image);
}

API int cuModuleLoadDataEx(void **module, const void *image, unsigned, int *, void **) {
  return cuModuleLoadData(module, image);
}

// The object stays: queued launches may name its functions.
API int cuModuleUnload(void *module) {
  ENTER;
  NEEDS_CONTEXT;
  return module != nullptr ? SUCCESS : INVALID_HANDLE;
}

API int cuModuleGetFunction(void **function, void *module, const char *name) {
  ENTER;
  return find_function((Function **)function, (Module *)module, name);
}

API int cuFuncSetAttribute(void *function, int attribute, int value) {
  ENTER;
  if (attribute == MAX_DYNAMIC_SHARED) {
    ((Function *)function)->max_dynamic_shared = value;
  }
  return attribute >= CLUSTER_WIDTH && attribute <= NON_PORTABLE_CLUSTER
             ? set_cluster((Function *)function, attribute, value)
             : SUCCESS;
}

API int cuFuncGetAttribute(int *value, int attribute, void *function) {
  ENTER;
  *value = attribute == MAX_THREADS ? 1024
                                    : attribute == MAX_DYNAMIC_SHARED ? ((Function *)function)->max_dynamic_shared : 0;
  return SUCCESS;
}

API int cuOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, void *function, int threads, size_t shared) {
  ENTER;
  if (function == nullptr || threads < 1 || threads > 1024) {
    return INVALID_VALUE;
  }
  *blocks = blocks_per_multiprocessor((unsigned)threads, shared);
  return SUCCESS;
}

namespace {
int start(void *function, swcuda_dim grid, swcuda_dim block, unsigned shared, bool cooperative, void *stream,
          void **arguments) {
  if (function == nullptr || stream_of(stream) == nullptr) {
    return INVALID_HANDLE;
  }
  return launch((Function *)function, grid, block, shared, cooperative, stream_of(stream), arguments);
}
}  // namespace

API int cuLaunchKernel(void *function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x,
                       unsigned block_y, unsigned block_z, unsigned shared, void *stream, void **arguments,
                       void **extra) {
  ENTER;
  NEEDS_CONTEXT;
  if (extra != nullptr) {
    return NOT_SUPPORTED;
  }
  return start(function, {grid_x, grid_y, grid_z}, {block_x, block_y, block_z}, shared, false, stream, arguments);
}

API int cuLaunchCooperativeKernel(void *function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x,
                                  unsigned block_y, unsigned block_z, unsigned shared, void *stream,
                                  void **arguments) {
  ENTER;
  NEEDS_CONTEXT;
  return start(function, {grid_x, grid_y, grid_z}, {block_x, block_y, block_z}, shared, true, stream, arguments);
}

// For libcublas: queues work that reads a copy of its argument.
API int swcuda_enqueue(void *stream, void (*work)(const void *), const void *argument, size_t bytes) {
  ENTER;
  auto copy = std::make_shared<std::vector<char>>((const char *)argument, (const char *)argument + bytes);
  return enqueue(stream_of(stream), [=] { work(copy->data()); });
}

// For libcublas: whether what is queued on a stream is recorded.
API int swcuda_is_capturing(void *stream) {
  ENTER;
  Stream *s = stream_of(stream);
  return s != nullptr && capture_of(s) != nullptr;
}

API const char *swcuda_memory_fault(const void *at, size_t bytes) { return memory_fault(at, bytes); }

API void swcuda_fail(const char *what) {
  report("%s", what);
  context_error = ILLEGAL_ADDRESS;
}
