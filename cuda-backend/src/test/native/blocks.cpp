// Runs a launch block by block. A fiber runs one thread after the other until one has to wait at a
// barrier; then the next fiber goes on. So kernels without barriers never switch stacks.
#include <sys/mman.h>

#include <csetjmp>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>

#include "device.h"
#include "fiber.h"

__attribute__((visibility("default"))) swcuda_thread swcuda_current;

namespace {
constexpr size_t PAGE = 4096;

struct BlockFiber : Fiber {
  swcuda_dim thread{};
  bool waiting = false, ended = false;
  unsigned generation = 0;
};

struct Runner {
  Launch *launch = nullptr;
  std::deque<BlockFiber> fibers;  // a deque: addresses stay
  size_t fibers_used = 0;
  BlockFiber *current = nullptr;
  void *scheduler = nullptr;
  unsigned threads = 0, started = 0, ended = 0, arrived = 0, generation = 0;
  const char *barrier_file = nullptr;
  int barrier_line = 0;
  bool in_kernel = false;
  sigjmp_buf escape;
  char *shared = nullptr;
  size_t shared_bytes = 0;
};
Runner &runner = *new Runner;

bool reversed() {
  static const bool is = setting("SOFTWARE_CUDA_REVERSED", 0) != 0;
  return is;
}

swcuda_dim position(unsigned linear, const swcuda_dim &extent) {
  return {linear % extent.x, linear / extent.x % extent.y, linear / (extent.x * extent.y)};
}

void run_threads() {
  while (runner.started < runner.threads) {
    unsigned i = runner.started++;
    unsigned linear = reversed() ? runner.threads - 1 - i : i;
    swcuda_current.thread = position(linear, runner.launch->block);
    runner.launch->kernel->call(runner.launch->arguments.data());
    runner.ended++;
  }
  runner.current->ended = true;
  void *unused;
  swcuda_switch(&unused, runner.scheduler);
  abort();  // an ended fiber is never resumed
}

void resume(BlockFiber &fiber) {
  runner.current = &fiber;
  fiber.waiting = false;
  swcuda_current.thread = fiber.thread;
  swcuda_switch(&runner.scheduler, fiber.stack_pointer);
  if (!stack_is_whole(fiber)) {
    report("%s: a thread's stack overflowed", runner.launch->kernel->name);
    abort();
  }
}

bool resume_released() {
  bool any = false;
  for (size_t i = 0; i < runner.fibers_used; i++) {
    BlockFiber &f = runner.fibers[i];
    if (!f.ended && (!f.waiting || f.generation != runner.generation)) {
      any = true;
      resume(f);
    }
  }
  return any;
}

bool start_threads() {
  bool any = false;
  while (runner.started < runner.threads) {
    if (runner.fibers_used == runner.fibers.size()) {
      runner.fibers.emplace_back();
    }
    BlockFiber &f = runner.fibers[runner.fibers_used++];
    prepare(f, run_threads);
    f.ended = f.waiting = false;
    any = true;
    resume(f);
  }
  return any;
}

void run_block() {
  runner.fibers_used = 0;
  runner.started = runner.ended = runner.arrived = runner.generation = 0;
  while (runner.ended < runner.threads) {
    bool progress = resume_released();
    progress |= start_threads();
    if (!progress) {
      fail_launch(
          LAUNCH_FAILED, "divergent barrier: %u threads wait at %s:%d, %u of %u have ended, block %s",
          runner.arrived, runner.barrier_file, runner.barrier_line, runner.ended, runner.threads,
          where().c_str());
    }
  }
}

// Dynamic shared memory ends at a guard page; all shared memory starts as NaN.
void clear_shared(const Launch &launch) {
  size_t bytes = (launch.shared_bytes + 15) / 16 * 16;
  if (bytes > runner.shared_bytes) {
    runner.shared_bytes = (bytes + PAGE - 1) / PAGE * PAGE;
    runner.shared = (char *)mmap(
        nullptr, runner.shared_bytes + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(runner.shared + runner.shared_bytes, PAGE, PROT_NONE);
  }
  swcuda_current.dynamic_shared = bytes > 0 ? runner.shared + runner.shared_bytes - bytes : nullptr;
  if (bytes > 0) {
    memset(swcuda_current.dynamic_shared, 0xFF, bytes);
  }
  const swcuda_kernel &k = *launch.kernel;
  if (k.shared_begin != nullptr) {
    memset(k.shared_begin, 0xFF, (size_t)(k.shared_end - k.shared_begin));
  }
}
}  // namespace

bool kernel_is_running() { return runner.in_kernel; }

std::string where() {
  char text[160];
  const swcuda_thread &c = swcuda_current;
  snprintf(text, sizeof text, "(%u,%u,%u) thread (%u,%u,%u)", c.block.x, c.block.y, c.block.z,
           c.thread.x, c.thread.y, c.thread.z);
  return text;
}

void fail_launch(int error, const char *format, ...) {
  runner.in_kernel = false;
  char text[500];
  va_list list;
  va_start(list, format);
  vsnprintf(text, sizeof text, format, list);
  va_end(list);
  report("%s: %s", runner.launch->kernel->name, text);
  context_error = error;
  siglongjmp(runner.escape, 1);  // the fibers are dropped
}

void run(Launch &launch) {
  catch_faults();
  runner.launch = &launch;
  runner.threads = launch.block.x * launch.block.y * launch.block.z;
  swcuda_current.block_size = launch.block;
  swcuda_current.grid_size = launch.grid;
  if (sigsetjmp(runner.escape, 0) != 0) {
    return;  // fail_launch
  }
  launch_begins(launch);
  runner.in_kernel = true;
  const unsigned blocks = launch.grid.x * launch.grid.y * launch.grid.z;
  for (unsigned i = 0; i < blocks; i++) {
    const unsigned block = reversed() ? blocks - 1 - i : i;
    swcuda_current.block = position(block, launch.grid);
    clear_shared(launch);
    block_begins(block);
    run_block();
  }
  runner.in_kernel = false;
}

extern "C" __attribute__((visibility("default"))) void swcuda_barrier(const char *file, int line) {
  if (runner.arrived > 0 && (line != runner.barrier_line || strcmp(file, runner.barrier_file) != 0)) {
    fail_launch(LAUNCH_FAILED, "divergent barrier: some threads wait at %s:%d, another at line %d, block %s",
                runner.barrier_file, runner.barrier_line, line, where().c_str());
  }
  runner.barrier_file = file;
  runner.barrier_line = line;
  if (++runner.arrived == runner.threads) {
    runner.arrived = 0;
    runner.generation++;
    barrier_passed();
    return;
  }
  BlockFiber &fiber = *runner.current;
  fiber.thread = swcuda_current.thread;
  fiber.generation = runner.generation;
  fiber.waiting = true;
  swcuda_switch(&fiber.stack_pointer, runner.scheduler);
}
