// Driver interface: initialisation, the device, its primary context.
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "driver.h"
#include "graphs.h"

std::recursive_mutex &device_lock = *new std::recursive_mutex;
thread_local std::vector<void *> current_contexts;
int context_error = SUCCESS;

namespace {
bool initialised = false;
int primary_references = 0;
char primary_context;

// CUdevice_attribute of cuda.h.
enum Attribute {
  MAX_THREADS_PER_BLOCK = 1,
  MAX_SHARED_MEMORY_PER_BLOCK = 8,
  WARP_SIZE = 10,
  CLOCK_RATE = 13,
  MULTIPROCESSOR_COUNT = 16,
  MAX_THREADS_PER_MULTIPROCESSOR = 39,
  UNIFIED_ADDRESSING = 41,
  CAPABILITY_MAJOR = 75,
  CAPABILITY_MINOR = 76,
  COOPERATIVE_LAUNCH = 95,
  MAX_SHARED_MEMORY_OPTIN = 97,
  CLUSTER_LAUNCH = 120
};
}  // namespace

bool is_initialised() { return initialised; }

void *primary() { return &primary_context; }

void report(const char *format, ...) {
  va_list list;
  va_start(list, format);
  fputs("[software CUDA] ", stderr);
  vfprintf(stderr, format, list);
  fputc('\n', stderr);
  va_end(list);
}

const char *setting(const char *name) {
  const char *value = getenv(name);
  return value != nullptr && *value != 0 ? value : nullptr;
}

long setting(const char *name, long otherwise) {
  const char *value = setting(name);
  return value != nullptr ? strtol(value, nullptr, 0) : otherwise;
}

// For symbols that the device does not implement.
API int swcuda_missing(const char *name) {
  report("%s is not implemented", name);
  return NOT_SUPPORTED;
}

API int cuInit(unsigned) {
  std::lock_guard<std::recursive_mutex> entered(device_lock);
  if (setting("SOFTWARE_CUDA_DEVICES", 1) == 0) {
    return NO_DEVICE;
  }
  initialised = true;
  return SUCCESS;
}

API int cuDriverGetVersion(int *version) {
  *version = (int)setting("SOFTWARE_CUDA_DRIVER", 13000);
  return SUCCESS;
}

API int cuDeviceGetCount(int *count) {
  ENTER;
  *count = 1;
  return SUCCESS;
}

API int cuDeviceGet(int *device, int ordinal) {
  ENTER;
  *device = 0;
  return ordinal == 0 ? SUCCESS : INVALID_DEVICE;
}

API int cuDeviceGetName(char *name, int length, int) {
  ENTER;
  snprintf(name, (size_t)length, "software CUDA (test)");
  return SUCCESS;
}

API int cuDeviceTotalMem_v2(size_t *bytes, int) {
  ENTER;
  *bytes = memory_total();
  return SUCCESS;
}

API int cuDeviceGetAttribute(int *value, int attribute, int) {
  ENTER;
  switch (attribute) {
    case MAX_THREADS_PER_BLOCK:
      *value = 1024;
      break;
    case MAX_SHARED_MEMORY_PER_BLOCK:
      *value = 48 << 10;
      break;
    case MAX_SHARED_MEMORY_OPTIN:
      *value = 227 << 10;
      break;
    case WARP_SIZE:
      *value = 32;
      break;
    case CLOCK_RATE:
      *value = 1000000;
      break;
    case MULTIPROCESSOR_COUNT:
      *value = multiprocessors();
      break;
    case MAX_THREADS_PER_MULTIPROCESSOR:
      *value = 2048;
      break;
    case COOPERATIVE_LAUNCH:
    case UNIFIED_ADDRESSING:
      *value = 1;
      break;
    case CLUSTER_LAUNCH:
      *value = setting("SOFTWARE_CUDA_CAPABILITY", 90) >= 90;
      break;
    case CAPABILITY_MAJOR:
      *value = (int)setting("SOFTWARE_CUDA_CAPABILITY", 90) / 10;
      break;
    case CAPABILITY_MINOR:
      *value = (int)setting("SOFTWARE_CUDA_CAPABILITY", 90) % 10;
      break;
    default:
      *value = 0;
  }
  return SUCCESS;
}

API int cuDevicePrimaryCtxRetain(void **context, int) {
  ENTER;
  primary_references++;
  *context = &primary_context;
  return SUCCESS;
}

API int cuDevicePrimaryCtxRelease_v2(int) {
  std::lock_guard<std::recursive_mutex> entered(device_lock);
  if (primary_references == 0) {
    return INVALID_CONTEXT;
  }
  primary_references--;
  finish_all();
  if (primary_references == 0) {
    write_launch_counts();
  }
  return context_error;
}

// What else of the process does with the context that we share; every later call finds it gone.
API int cuDevicePrimaryCtxReset_v2(int) {
  std::lock_guard<std::recursive_mutex> entered(device_lock);
  finish_all();
  context_error = CONTEXT_IS_DESTROYED;
  return SUCCESS;
}

API int cuCtxPushCurrent_v2(void *context) {
  std::lock_guard<std::recursive_mutex> entered(device_lock);
  if (context_error == CONTEXT_IS_DESTROYED) {
    return context_error;
  }
  if (context != &primary_context || primary_references == 0) {
    return INVALID_CONTEXT;
  }
  current_contexts.push_back(context);
  return SUCCESS;
}

API int cuCtxPopCurrent_v2(void **context) {
  if (current_contexts.empty()) {
    return INVALID_CONTEXT;
  }
  if (context != nullptr) {
    *context = current_contexts.back();
  }
  current_contexts.pop_back();
  return SUCCESS;
}

API int cuCtxGetCurrent(void **context) {
  *context = current_contexts.empty() ? nullptr : current_contexts.back();
  return SUCCESS;
}

API int cuCtxSetCurrent(void *context) {
  if (!current_contexts.empty()) {
    current_contexts.pop_back();
  }
  if (context != nullptr) {
    current_contexts.push_back(context);
  }
  return SUCCESS;
}

API int cuCtxSynchronize() {
  ENTER;
  NEEDS_CONTEXT;
  REFUSE_WHILE_CAPTURING;
  finish_all();
  return context_error;
}
