// Driver interface: memory and copies.
#include <cstring>

#include "driver.h"
#include "graphs.h"

namespace {
int check(const char *call, uint64_t at, size_t bytes) {
  const char *fault = memory_fault((void *)at, bytes);
  if (fault == nullptr) {
    return SUCCESS;
  }
  report("%s: %zu bytes at %p: %s", call, bytes, (void *)at, fault);
  return INVALID_VALUE;
}
}  // namespace

API int cuMemGetInfo_v2(size_t *free_bytes, size_t *total) {
  ENTER;
  NEEDS_CONTEXT;
  *free_bytes = memory_free();
  *total = memory_total();
  return SUCCESS;
}

API int cuMemAlloc_v2(uint64_t *address, size_t bytes) {
  ENTER;
  NEEDS_CONTEXT;
  REFUSE_WHILE_CAPTURING;
  return allocate(address, bytes);
}

// Waits for queued work, as the driver does.
API int cuMemFree_v2(uint64_t address) {
  ENTER;
  NEEDS_CONTEXT;
  REFUSE_WHILE_CAPTURING;
  finish_all();
  return context_error != SUCCESS ? context_error : address == 0 ? SUCCESS : release(address);
}

API int cuMemGetAddressRange_v2(uint64_t *begin, size_t *bytes, uint64_t at) {
  ENTER;
  char *first;
  size_t size;
  if (memory_fault((void *)at, 1) != nullptr || !allocation_of((void *)at, &first, &size)) {
    return NOT_FOUND;
  }
  if (begin != nullptr) {
    *begin = (uint64_t)first;
  }
  if (bytes != nullptr) {
    *bytes = size;
  }
  return SUCCESS;
}

API int cuMemAllocHost_v2(void **at, size_t bytes) {
  ENTER;
  NEEDS_CONTEXT;
  REFUSE_WHILE_CAPTURING;
  *at = allocate_pinned(bytes);
  return *at != nullptr ? SUCCESS : OUT_OF_MEMORY;
}

API int cuMemHostAlloc(void **at, size_t bytes, unsigned) { return cuMemAllocHost_v2(at, bytes); }

API int cuMemFreeHost(void *at) {
  ENTER;
  NEEDS_CONTEXT;
  REFUSE_WHILE_CAPTURING;
  finish_all();
  return release_pinned(at) ? SUCCESS : INVALID_VALUE;
}

// Pinned memory is read when the copy runs; other memory is staged now.
API int cuMemcpyHtoDAsync_v2(uint64_t to, const void *from, size_t bytes, void *stream) {
  ENTER;
  NEEDS_CONTEXT;
  if (int fault = check(__func__, to, bytes)) {
    return fault;
  }
  if (is_pinned(from)) {
    return enqueue(stream_of(stream), [=] { memcpy((void *)to, from, bytes); });
  }
  auto staged = std::make_shared<std::vector<char>>((const char *)from, (const char *)from + bytes);
  return enqueue(stream_of(stream), [=] { memcpy((void *)to, staged->data(), bytes); });
}

// Into pinned memory it is asynchronous; into other memory it returns when done.
API int cuMemcpyDtoHAsync_v2(void *to, uint64_t from, size_t bytes, void *stream) {
  ENTER;
  NEEDS_CONTEXT;
  if (int fault = check(__func__, from, bytes)) {
    return fault;
  }
  Stream *s = stream_of(stream);
  if (!is_pinned(to)) {
    if (int refused = refuse_captured(__func__, s)) {
      return refused;
    }
  }
  int result = enqueue(s, [=] { memcpy(to, (void *)from, bytes); });
  if (result == SUCCESS && !is_pinned(to)) {
    finish(s);
    result = context_error;
  }
  return result;
}
