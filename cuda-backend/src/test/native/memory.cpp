// Device memory: a reserved range of addresses of which each allocation gets pages of its own, so
// that a write past its end, or into it after it was freed, faults.
#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <map>

#include "device.h"

namespace {
constexpr size_t RANGE = 1ull << 42, PAGE = 4096, ALIGNMENT = 16;
constexpr char FILL = (char)0xFF;  // reads as NaN, or -1

struct Allocation {
  size_t bytes;
  char *pages;
  size_t page_bytes;
};

char *const range = (char *)mmap(
    nullptr, RANGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
size_t top = PAGE, used = 0;
// Never destroyed: threads of the JVM may still run when it exits.
auto &live = *new std::map<char *, Allocation>;
auto &freed = *new std::map<char *, Allocation>;
auto &pinned = *new std::map<char *, size_t>;

size_t round_up(size_t n, size_t to) { return (n + to - 1) / to * to; }

bool find(const std::map<char *, Allocation> &in, const void *at, char **begin, Allocation *found) {
  auto next = in.upper_bound((char *)at);
  if (next == in.begin()) {
    return false;
  }
  --next;
  // The slack and the guard page after it belong to the allocation, for messages.
  if ((char *)at >= next->second.pages + next->second.page_bytes + PAGE) {
    return false;
  }
  *begin = next->first;
  *found = next->second;
  return true;
}

bool slack_is_untouched(const char *begin, const Allocation &a) {
  for (const char *p = a.pages; p < begin; p++) {
    if (*p != FILL) {
      return false;
    }
  }
  for (const char *p = begin + a.bytes; p < a.pages + a.page_bytes; p++) {
    if (*p != FILL) {
      return false;
    }
  }
  return true;
}
}  // namespace

char *memory_range() { return range; }

size_t memory_range_bytes() { return RANGE; }

size_t memory_total() {
  static const size_t total = (size_t)setting("SOFTWARE_CUDA_MEMORY", 4L << 30);
  return total;
}

size_t memory_free() { return memory_total() - used; }

int allocate(uint64_t *address, size_t bytes) {
  if (bytes == 0) {
    return INVALID_VALUE;
  }
  if (bytes > memory_free()) {
    return OUT_OF_MEMORY;
  }
  size_t aligned = round_up(bytes, ALIGNMENT), page_bytes = round_up(aligned, PAGE);
  char *pages = range + top;
  if (range == MAP_FAILED || top + page_bytes + PAGE > RANGE ||
      mprotect(pages, page_bytes, PROT_READ | PROT_WRITE) != 0) {
    return OUT_OF_MEMORY;
  }
  top += page_bytes + PAGE;
  memset(pages, FILL, page_bytes);
  char *begin = pages + page_bytes - aligned;
  live[begin] = {bytes, pages, page_bytes};
  used += bytes;
  *address = (uint64_t)begin;
  return SUCCESS;
}

int release(uint64_t address) {
  auto it = live.find((char *)address);
  if (it == live.end()) {
    report("free of %p: not the begin of a live allocation", (void *)address);
    return INVALID_VALUE;
  }
  Allocation a = it->second;
  bool whole = slack_is_untouched(it->first, a);
  // Mapped anew, so that the memory goes back to the system.
  mmap(a.pages, a.page_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
  forget_accesses(a.pages, a.page_bytes);
  freed[it->first] = a;
  live.erase(it);
  used -= a.bytes;
  if (!whole) {
    report("bytes just outside an allocation of %zu bytes were overwritten", a.bytes);
    return context_error = ILLEGAL_ADDRESS;
  }
  return SUCCESS;
}

bool is_device_address(const void *at) { return (char *)at >= range && (char *)at < range + RANGE; }

bool allocation_of(const void *at, char **begin, size_t *bytes) {
  Allocation a;
  if (!find(live, at, begin, &a) && !find(freed, at, begin, &a)) {
    return false;
  }
  *bytes = a.bytes;
  return true;
}

const char *memory_fault(const void *at, size_t bytes) {
  char *begin;
  Allocation a;
  if (!is_device_address(at)) {
    return "not a device address";
  }
  if (find(live, at, &begin, &a)) {
    return (char *)at + bytes <= begin + a.bytes ? nullptr : "out of bounds";
  }
  return find(freed, at, &begin, &a) ? "use after free" : "out of bounds";
}

void *allocate_pinned(size_t bytes) {
  void *at = aligned_alloc(PAGE, round_up(bytes, PAGE));
  if (at != nullptr) {
    memset(at, FILL, bytes);
    pinned[(char *)at] = bytes;
  }
  return at;
}

bool release_pinned(void *at) {
  if (pinned.erase((char *)at) == 0) {
    return false;
  }
  free(at);
  return true;
}

bool is_pinned(const void *at) {
  auto next = pinned.upper_bound((char *)at);
  if (next == pinned.begin()) {
    return false;
  }
  --next;
  return (char *)at < next->first + next->second;
}
