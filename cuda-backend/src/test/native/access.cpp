// What the checked build of the kernels says of each read and write. Its objects are compiled with
// -fsanitize=thread,bounds but linked against the hooks below instead of the compiler's runtime.
// Memory is looked at in cells of two bytes; accesses of one byte are checked for bounds only.
#include <dlfcn.h>
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>

#include "order.h"

#define HOOK extern "C" __attribute__((visibility("default")))

namespace {
constexpr uint16_t ATOMIC = 0x8000;  // beside the number of a thread
constexpr size_t CELL = 2, PAGE = 4096;

struct Cell {
  uint32_t write, read, earlier_read;  // earlier_read: by a block before that of `read`
  uint16_t writer, reader, earlier_reader;
};

struct Region {
  char *begin = nullptr;
  size_t bytes = 0;
  Cell *cells = nullptr;
  bool holds(const char *at) const { return (size_t)(at - begin) < bytes; }
};

struct Page {
  char *number = nullptr, *begin = nullptr;
  size_t bytes = 0;
};

// The cells of a block's shared memory.
struct Shadow {
  std::vector<Cell> fixed, dynamic;
};

enum class Kind { PLAIN, ATOMIC };

bool launched = false, checked_build = false;
std::map<unsigned, Shadow> &shadows = *new std::map<unsigned, Shadow>;
Region &fixed = *new Region, &dynamic = *new Region;
Page pages[256];

// Cells of device memory lie at a fixed place of a range that takes no memory until it is touched.
Cell *global_cells = nullptr;

Cell *global_cell(const char *at) {
  const size_t bytes = memory_range_bytes() / CELL * sizeof(Cell);
  if (global_cells == nullptr) {
    void *range = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (range == MAP_FAILED) {
      fail_launch(OUT_OF_MEMORY, "the checked build found no %zu bytes of address space for its records (%s); "
                  "use the plain build", bytes, strerror(errno));
    }
    global_cells = (Cell *)range;
  }
  return global_cells + (at - memory_range()) / (long)CELL;
}

uint16_t thread_now() {
  const swcuda_thread &c = swcuda_current;
  return (uint16_t)(c.thread.x + c.block_size.x * (c.thread.y + c.block_size.y * c.thread.z));
}

// "file:line" of an instruction of the kernels, if addr2line is here.
std::string source_line(void *instruction) {
  Dl_info library;
  if (dladdr(instruction, &library) == 0) {
    return "?";
  }
  char command[600], line[300] = "";
  snprintf(command, sizeof command, "addr2line -s -e '%s' %#lx 2>/dev/null", library.dli_fname,
           (unsigned long)((char *)instruction - (char *)library.dli_fbase - 1));
  FILE *answer = popen(command, "r");
  if (answer != nullptr) {
    if (fgets(line, sizeof line, answer) == nullptr) {
      line[0] = 0;
    }
    pclose(answer);
  }
  line[strcspn(line, "\n ")] = 0;
  // Its numbers are those of the .cu file, its name that of the copy which g++ takes.
  char *copy = strstr(line, ".cpp:");
  if (copy != nullptr) {
    memmove(copy + 3, copy + 4, strlen(copy + 4) + 1);
    memcpy(copy, ".cu", 3);
  }
  return line[0] != 0 ? line : library.dli_fname;
}

std::string place(const char *at) {
  char text[120];
  char *begin = nullptr;
  size_t bytes = 0;
  SharedPlace shared;
  if (shared_place(at, &shared) && shared.fixed) {
    snprintf(text, sizeof text, "byte %zu of static shared memory", shared.offset);
  } else if (shared_place(at, &shared)) {
    snprintf(text, sizeof text, "byte %zu of %zu of dynamic shared memory", shared.offset, dynamic.bytes);
  } else {
    allocation_of(at, &begin, &bytes);
    snprintf(text, sizeof text, "byte %ld of an allocation of %zu", (long)(at - begin), bytes);
  }
  return text;
}

[[noreturn]] void race(const char *at, bool write, uint32_t when, uint16_t other, bool other_wrote, void *instruction) {
  char whom[48] = "several threads";
  if ((other & ~ATOMIC) != SEVERAL) {
    snprintf(whom, sizeof whom, "thread %d", other & ~ATOMIC);
  }
  const bool inside = in_this_interval(when);
  const char *hint = inside ? "a missing __syncthreads()"
                     : cluster_blocks() > 1 ? "a missing barrier of the cluster, or a wait for bytes that is too short"
                     : flags_were_used() ? "a missing __threadfence() before the flag is set or after it is seen"
                                         : "a missing launch boundary, or an index that two blocks share";
  fail_launch(LAUNCH_FAILED, "race %s: %s at %s by block %s at %s, %s by %s of block %u in the same %s; look for %s",
              inside ? "in a block" : "between blocks", write ? "write" : "read", place(at).c_str(), where().c_str(),
              source_line(instruction).c_str(), other_wrote ? "written" : "read", whom, block_of(when),
              inside ? "interval between barriers" : "launch", hint);
}

// Shared memory of another block is other memory at the same place, where blocks have it in turns.
bool conflict(uint32_t when, uint16_t who, uint16_t now, bool shared) {
  if (!in_this_launch(when) || (when == order_now.stamp && who == now) || (who & now & ATOMIC) != 0) {
    return false;
  }
  const uint16_t thread = who & (uint16_t)~ATOMIC;
  const bool same_block = block_of(when) == order_now.place.block;
  if (same_block ? !in_this_interval(when) || thread == (now & ~ATOMIC) : shared) {
    return false;
  }
  return !happened_before(when, thread);
}

// Blocks that are not live at once have their shared memory in turns.
Shadow &shadow_of(unsigned block) {
  Shadow &shadow = shadows[live_blocks() > 1 ? block : 0];
  shadow.fixed.resize(std::max(shadow.fixed.size(), fixed.bytes / CELL + 8));
  shadow.dynamic.resize(std::max(shadow.dynamic.size(), dynamic.bytes / CELL + 8));
  return shadow;
}

void touch(Cell &cell, const char *at, bool write, Kind kind, bool shared, void *instruction) {
  const uint32_t stamp = order_now.stamp;
  const uint16_t now = thread_now() | (kind == Kind::ATOMIC ? ATOMIC : 0);
  if (conflict(cell.write, cell.writer, now, shared)) {
    race(at, write, cell.write, cell.writer, true, instruction);
  }
  if (write) {
    if (conflict(cell.read, cell.reader, now, shared)) {
      race(at, write, cell.read, cell.reader, false, instruction);
    }
    if (conflict(cell.earlier_read, cell.earlier_reader, now, shared)) {
      race(at, write, cell.earlier_read, SEVERAL, false, instruction);
    }
    cell.write = stamp;
    cell.writer = now;
    return;
  }
  uint16_t reader = now;
  if (in_this_launch(cell.read)) {
    if (block_of(cell.read) != order_now.place.block) {
      cell.earlier_read = cell.read;
      cell.earlier_reader = SEVERAL | (cell.reader & ATOMIC);
    } else if (in_this_interval(cell.read)) {
      const bool same = ((cell.reader ^ now) & ~ATOMIC) == 0;
      reader = (same ? now & ~ATOMIC : SEVERAL) | (cell.reader & now & ATOMIC);
    }
  }
  cell.reader = reader;
  cell.read = stamp;
}

[[noreturn]] void outside(const char *at, size_t bytes, bool write, const char *what, void *instruction) {
  char *begin = nullptr;
  size_t size = 0;
  // The last byte of its page lies in or after the allocation that begins there.
  const char *end_of_page = (const char *)((size_t)at | (PAGE - 1));
  bool known = is_device_address(at) && (allocation_of(at, &begin, &size) || allocation_of(end_of_page, &begin, &size));
  fail_launch(ILLEGAL_ADDRESS, "%s: %s of %zu bytes at %p by block %s at %s: offset %ld of %s of %zu bytes; look at the index and its bound",
              what, write ? "write" : "read", bytes, (const void *)at, where().c_str(), source_line(instruction).c_str(),
              known ? (long)(at - begin) : (long)(at - dynamic.begin), known ? "an allocation" : "dynamic shared memory",
              known ? size : dynamic.bytes);
}

void check_global(const char *at, size_t bytes, bool write, void *instruction) {
  Page &page = pages[(size_t)at / PAGE % 256];
  char *number = (char *)((size_t)at / PAGE * PAGE);
  if (page.number != number || at < page.begin || at + bytes > page.begin + page.bytes) {
    const char *fault = memory_fault(at, bytes);
    char *begin;
    size_t size;
    if (fault == nullptr && allocation_of(at, &begin, &size) && at < begin) {
      fault = "out of bounds";
    }
    if (fault != nullptr) {
      outside(at, bytes, write, fault, instruction);
    }
    page = {number, begin, size};
  }
}

// The first cell of shared memory of another block of the cluster, or null.
Cell *peer_cell(const char *at, size_t bytes, bool write, void *instruction) {
  SharedPlace place;
  if (cluster_blocks() == 1 || !shared_place(at, &place)) {
    return nullptr;  // arguments and the thread's own variables
  }
  if (place.offset + bytes > (place.fixed ? fixed.bytes : dynamic.bytes)) {
    outside(at, bytes, write, "out of bounds", instruction);
  }
  Shadow &shadow = shadow_of(place.block);
  return &(place.fixed ? shadow.fixed : shadow.dynamic)[place.offset / CELL];
}

// What is looked at, or null.
Cell *check(const char *at, size_t bytes, bool write, Kind kind, void *instruction) {
  if (!launched || !kernel_is_running()) {
    return nullptr;
  }
  Cell *first;
  if (is_device_address(at)) {
    check_global(at, bytes, write, instruction);
    first = global_cell(at);
  } else if (fixed.holds(at)) {
    first = &fixed.cells[(size_t)(at - fixed.begin) / CELL];
  } else if (dynamic.begin != nullptr && at >= dynamic.begin - PAGE && at < dynamic.begin + dynamic.bytes + PAGE) {
    if (!dynamic.holds(at) || at + bytes > dynamic.begin + dynamic.bytes) {
      outside(at, bytes, write, "out of bounds", instruction);
    }
    first = &dynamic.cells[(size_t)(at - dynamic.begin) / CELL];
  } else {
    first = peer_cell(at, bytes, write, instruction);
  }
  const bool own = !is_device_address(at) && cluster_blocks() == 1;
  for (size_t i = 0; first != nullptr && i < bytes / CELL; i++) {
    touch(first[i], at + i * CELL, write, kind, own, instruction);
  }
  return first;
}
}  // namespace

void launch_begins(const Launch &next) {
  launch_order_begins();
  launched = true;
  const swcuda_kernel &k = *next.kernel;
  fixed.begin = k.shared_begin;
  fixed.bytes = (size_t)(k.shared_end - k.shared_begin);
  dynamic.bytes = next.shared_bytes;
}

void live_blocks_begin() { live_orders_begin(); }

void block_begins(unsigned block) { block_order_begins(block); }

void block_resumes(unsigned block) {
  block_order_resumes(block);
  if (!checked_build) {
    return;
  }
  Shadow &shadow = shadow_of(block);
  fixed.cells = shadow.fixed.data();
  dynamic.cells = shadow.dynamic.data();
  dynamic.begin = (char *)swcuda_current.dynamic_shared;
}

void forget_accesses(char *begin, size_t bytes) {
  memset((void *)pages, 0, sizeof pages);
  if (global_cells != nullptr) {
    madvise((void *)global_cell(begin), bytes / CELL * sizeof(Cell), MADV_DONTNEED);
  }
}

namespace {
void flag(const void *at, size_t bytes, FlagUse use, void *instruction) {
  const Cell *cell = check((const char *)at, bytes, use != FlagUse::READ, Kind::ATOMIC, instruction);
  if (cell != nullptr && (is_device_address(at) || cluster_blocks() > 1)) {
    flag_used(cell, use);
  }
}
}  // namespace

HOOK void swcuda_atomic(const void *at, size_t bytes) {
  if (checked_build) {
    flag(at, bytes, FlagUse::UPDATE, __builtin_return_address(0));
  }
  atomic_happened();
}

// Volatile reads and writes count as relaxed atomic ones.
#define ACCESSES(bytes)                                                                       \
  HOOK void __tsan_read##bytes(void *at) {                                                    \
    check((char *)at, bytes, false, Kind::PLAIN, __builtin_return_address(0));                \
  }                                                                                           \
  HOOK void __tsan_write##bytes(void *at) {                                                   \
    check((char *)at, bytes, true, Kind::PLAIN, __builtin_return_address(0));                 \
  }                                                                                           \
  HOOK void __tsan_unaligned_read##bytes(void *at) {                                          \
    check((char *)at, bytes, false, Kind::PLAIN, __builtin_return_address(0));                \
  }                                                                                           \
  HOOK void __tsan_unaligned_write##bytes(void *at) {                                         \
    check((char *)at, bytes, true, Kind::PLAIN, __builtin_return_address(0));                 \
  }                                                                                           \
  HOOK void __tsan_volatile_read##bytes(void *at) {                                           \
    flag(at, bytes, FlagUse::READ, __builtin_return_address(0));                              \
  }                                                                                           \
  HOOK void __tsan_volatile_write##bytes(void *at) {                                          \
    flag(at, bytes, FlagUse::WRITE, __builtin_return_address(0));                             \
  }
ACCESSES(1)
ACCESSES(2)
ACCESSES(4)
ACCESSES(8)
ACCESSES(16)

HOOK void __tsan_read_range(void *at, size_t bytes) {
  check((char *)at, bytes, false, Kind::PLAIN, __builtin_return_address(0));
}
HOOK void __tsan_write_range(void *at, size_t bytes) {
  check((char *)at, bytes, true, Kind::PLAIN, __builtin_return_address(0));
}
HOOK void __tsan_init() {
  checked_build = true;
  checked_build_is_loaded();
}
HOOK void __tsan_func_entry(void *) {}
HOOK void __tsan_func_exit() {}

// An index past the end of an array whose length the compiler knows: static shared and local arrays.
struct BoundsFault {
  const char *file;
  uint32_t line, column;
  const struct {
    uint16_t kind, info;
    char name[1];
  } *array, *index;
};

HOOK void __ubsan_handle_out_of_bounds(const BoundsFault *fault, size_t index) {
  if (kernel_is_running()) {
    fail_launch(ILLEGAL_ADDRESS, "out of bounds: index %ld of an array of type %s at %s:%u by block %s; look at the index and its bound",
                (long)index, fault->array->name, fault->file, fault->line, where().c_str());
  }
}
