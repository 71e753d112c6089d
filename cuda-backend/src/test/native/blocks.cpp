// Runs a launch. The blocks of an ordinary launch run one after the other, or cluster after cluster; those of
// a cluster, or of a cooperative launch, are live at once and take turns. A fiber runs one thread after the other until one has to
// wait; then the next fiber goes on. So kernels without barriers never switch stacks.
#include "blocks.h"

#include <pthread.h>
#include <sys/mman.h>

#include <algorithm>
#include <csetjmp>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

__attribute__((visibility("default"))) swcuda_thread swcuda_current;
Block *running_block = nullptr;
ThreadFiber *running_fiber = nullptr;
unsigned long events = 0;

namespace {
constexpr size_t PAGE = 4096;
constexpr int ROUNDS_OF_POLLING = 20000;

Launch *running = nullptr;
void *scheduler = nullptr;
bool in_kernel = false;
pthread_t kernel_thread;
sigjmp_buf escape;
std::deque<Block> &blocks = *new std::deque<Block>;  // the first `live` of them
unsigned live = 0, begun = 0, count = 0;

bool reversed() {
  static const bool is = setting("SOFTWARE_CUDA_REVERSED", 0) != 0;
  return is;
}

swcuda_dim position(unsigned linear, const swcuda_dim &extent) {
  return {linear % extent.x, linear / extent.x % extent.y, linear / (extent.x * extent.y)};
}

void run_threads() {
  Block &b = *running_block;
  while (b.started < b.threads) {
    const unsigned i = b.started++, linear = reversed() ? b.threads - 1 - i : i;
    swcuda_current.thread = position(linear, running->block);
    running->kernel->call(running->arguments.data());
    require_no_copies(b);
    b.ended++;
    events++;
    lane_ended(b, running_thread());
    if (b.ended == b.threads) {
      require_no_arrivals(b);
    }
  }
  running_fiber->ended = true;
  void *unused;
  swcuda_switch(&unused, scheduler);
  abort();  // an ended fiber is never resumed
}

void resume(ThreadFiber &fiber) {
  running_fiber = &fiber;
  fiber.awaited = nullptr;
  swcuda_current.thread = fiber.thread;
  swcuda_switch(&scheduler, fiber.stack_pointer);
  if (!stack_is_whole(fiber)) {
    report("%s: a thread's stack overflowed", running->kernel->name);
    abort();
  }
}

bool resume_released(Block &b) {
  bool any = false;
  for (size_t i = 0; i < b.fibers_used; i++) {
    ThreadFiber &f = b.fibers[i];
    if (!f.ended && (f.awaited == nullptr || *f.awaited != f.seen)) {
      any = true;
      resume(f);
    }
  }
  return any;
}

bool start_threads(Block &b) {
  bool any = false;
  while (b.started < b.threads) {
    if (b.fibers_used == b.fibers.size()) {
      b.fibers.emplace_back();
    }
    ThreadFiber &f = b.fibers[b.fibers_used++];
    prepare(f, run_threads);
    f.ended = false;
    any = true;
    events++;
    resume(f);
  }
  return any;
}

// Dynamic shared memory ends at a guard page, and another one keeps what lies before it away, such as a
// fiber's stack; all shared memory starts as NaN.
void clear_shared(Block &b, const Launch &launch) {
  const size_t bytes = (launch.shared_bytes + 15) / 16 * 16;
  if (bytes > b.dynamic_bytes) {
    b.dynamic_bytes = (bytes + PAGE - 1) / PAGE * PAGE;
    char *pages = (char *)mmap(
        nullptr, b.dynamic_bytes + 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    b.dynamic_pages = pages + PAGE;
    mprotect(b.dynamic_pages, b.dynamic_bytes, PROT_READ | PROT_WRITE);
  }
  b.dynamic_shared = bytes > 0 ? b.dynamic_pages + b.dynamic_bytes - bytes : nullptr;
  if (bytes > 0) {
    memset(b.dynamic_shared, 0xFF, bytes);
  }
}

size_t fixed_shared_bytes() { return (size_t)(running->kernel->shared_end - running->kernel->shared_begin); }

void begin_block(Block &b) {
  const unsigned number = reversed() ? count - 1 - begun : begun;
  begun++;
  b.number = number;
  b.index = position(number, running->grid);
  b.threads = running->block.x * running->block.y * running->block.z;
  b.fibers_used = 0;
  b.started = b.ended = b.votes = 0;
  b.barrier = {};
  b.cluster_barrier = {};
  b.arrivals.clear();
  b.copies.clear();
  b.ended_lanes.assign((b.threads + LANES - 1) / LANES, 0);
  b.warps.clear();
  clear_shared(b, *running);
  const size_t fixed = fixed_shared_bytes();
  if (live > 1) {
    b.fixed_shared.assign(fixed, (char)0xFF);
  } else if (fixed > 0) {
    memset(running->kernel->shared_begin, 0xFF, fixed);
  }
  block_begins(number);
}

// Static shared memory is one section for all blocks: it is exchanged where several are live.
void enter(Block &b) {
  running_block = &b;
  swcuda_current.block = b.index;
  swcuda_current.dynamic_shared = b.dynamic_shared;
  block_resumes(b.number);
  if (live > 1 && fixed_shared_bytes() > 0) {
    memcpy(running->kernel->shared_begin, b.fixed_shared.data(), fixed_shared_bytes());
  }
}

void leave(Block &b) {
  if (live > 1 && fixed_shared_bytes() > 0) {
    memcpy(b.fixed_shared.data(), running->kernel->shared_begin, fixed_shared_bytes());
  }
}

bool has_ended(const Block &b) { return b.ended == b.threads && b.started == b.threads; }

// Runs the live blocks to their end, a turn each: to the next barrier or, where the order is reversed, as far as
// they get without the others. A block that found no room begins in the place of one that has ended.
void run_live() {
  int polling = 0;
  bool more = true;
  while (more) {
    const unsigned long before = events;
    bool progress = false;
    more = false;
    Block *stuck = nullptr;
    for (unsigned i = 0; i < live; i++) {
      Block &b = blocks[i];
      if (has_ended(b)) {
        continue;
      }
      enter(b);
      unsigned long turn;
      do {
        turn = events;
        progress |= resume_released(b);
        progress |= start_threads(b);
      } while (reversed() && events != turn && b.ended < b.threads);
      leave(b);
      if (has_ended(b) && running->cooperative && begun < count) {
        begin_block(b);
      }
      if (b.ended < b.threads) {
        more = true;
        stuck = &b;
      }
    }
    polling = events == before ? polling + 1 : 0;
    if (more && (!progress || polling > ROUNDS_OF_POLLING)) {
      enter(*stuck);
      if (!progress) {
        fail_deadlock(*stuck);
      }
      fail_launch(LAUNCH_FAILED, "hang: after %d rounds of polling no thread goes on, block %s; look for a flag that "
                  "nobody sets, or blocks that wait for each other outside a cooperative launch",
                  ROUNDS_OF_POLLING, where().c_str());
    }
  }
}
}  // namespace

unsigned live_blocks() { return live; }

unsigned cluster_blocks() { return running->cluster; }

// They have successive numbers, in either order.
Block &live_block(unsigned number) {
  const unsigned first = blocks[0].number;
  return blocks[number > first ? number - first : first - number];
}

bool shared_place(const void *at, SharedPlace *place) {
  char *const section = running->kernel->shared_begin;
  for (unsigned i = 0; i < live; i++) {
    const Block &b = blocks[i];
    const size_t fixed = (size_t)((char *)at - (&b == running_block ? section : b.fixed_shared.data()));
    const size_t offset = (size_t)((char *)at - (char *)b.dynamic_shared);
    const bool is_dynamic = b.dynamic_shared != nullptr && offset < running->shared_bytes;
    if (is_dynamic || fixed < fixed_shared_bytes()) {
      *place = {b.number, !is_dynamic, is_dynamic ? offset : fixed};
      return true;
    }
  }
  return false;
}

unsigned running_thread() {
  const swcuda_thread &c = swcuda_current;
  return c.thread.x + c.block_size.x * (c.thread.y + c.block_size.y * c.thread.z);
}

void wait_for(const unsigned *counter) {
  ThreadFiber &fiber = *running_fiber;
  fiber.thread = swcuda_current.thread;
  fiber.awaited = counter;
  fiber.seen = counter != nullptr ? *counter : 0;
  swcuda_switch(&fiber.stack_pointer, scheduler);
}

bool kernel_is_running() { return in_kernel; }

bool kernel_runs_here() { return in_kernel && pthread_equal(kernel_thread, pthread_self()) != 0; }

bool launch_is_cooperative() { return running->cooperative; }

std::string where() {
  char text[160];
  const swcuda_thread &c = swcuda_current;
  snprintf(text, sizeof text, "(%u,%u,%u) thread (%u,%u,%u)", c.block.x, c.block.y, c.block.z,
           c.thread.x, c.thread.y, c.thread.z);
  return text;
}

void fail_launch(int error, const char *format, ...) {
  in_kernel = false;
  char text[600];
  va_list list;
  va_start(list, format);
  vsnprintf(text, sizeof text, format, list);
  va_end(list);
  report("%s: %s", running->kernel->name, text);
  context_error = error;
  siglongjmp(escape, 1);  // the fibers are dropped
}

// SOFTWARE_CUDA_LOST="5:999": the launch after the fifth finds no device any more; the driver answers 999 from then on.
static bool device_is_lost() {
  static const char *lost = setting("SOFTWARE_CUDA_LOST");
  static long left = lost != nullptr ? strtol(lost, nullptr, 10) : 0;
  if (lost == nullptr || left-- > 0) {
    return false;
  }
  context_error = (int)strtol(strchr(lost, ':') + 1, nullptr, 10);
  return true;
}

void run(Launch &launch) {
  if (device_is_lost()) {
    return;
  }
  catch_faults();
  running = &launch;
  swcuda_current.block_size = launch.block;
  swcuda_current.grid_size = launch.grid;
  if (sigsetjmp(escape, 0) != 0) {
    return;  // fail_launch
  }
  launch_begins(launch);
  kernel_thread = pthread_self();
  in_kernel = true;
  count = launch.grid.x * launch.grid.y * launch.grid.z;
  begun = 0;
  live = launch.cooperative ? std::min(count, launch.room) : launch.cluster;
  while (blocks.size() < live) {
    blocks.emplace_back();
  }
  begin_grid_barrier();
  while (begun < count) {
    live_blocks_begin();
    for (unsigned j = 0; j < live; j++) {
      begin_block(blocks[j]);
    }
    run_live();
  }
  in_kernel = false;
}
