// The blocks of a launch that are live, and how their threads wait for each other.
#pragma once
#include <deque>
#include <memory>

#include "device.h"
#include "fiber.h"

constexpr unsigned LANES = 32;

// A fiber runs one thread after the other until one of them has to wait.
struct ThreadFiber : Fiber {
  swcuda_dim thread{};
  bool ended = false;
  const unsigned *awaited = nullptr;  // goes on when this has changed; null: at once
  unsigned seen = 0;
};

// A place where threads meet; its generation counts how often all had arrived.
struct Meeting {
  unsigned arrived = 0, generation = 0;
  const char *what = nullptr, *file = nullptr;
  int line = 0;
};

struct Exchange : Meeting {
  unsigned mask = 0, came = 0;
  uint64_t value[LANES];
};

struct Warp {
  Exchange pending[LANES];  // by the first lane of the mask
  swcuda_lanes result[LANES];
};

// Bytes that peers have written with a word of the block, in one of its phases whose end it has not seen.
struct Arrival {
  size_t offset;
  bool fixed;
  unsigned phase;
};

// Sixteen bytes on their way into shared memory, of one of the thread's groups.
struct Copy {
  char *to;
  uint64_t bytes[2];
  unsigned group;
};

// Those of a thread that it has not waited for, the earliest first, and the group that is open.
struct Copies {
  std::deque<Copy> pending;
  unsigned open = 0;
};

struct Block {
  unsigned number = 0;
  swcuda_dim index{};
  std::deque<ThreadFiber> fibers;  // a deque: addresses stay
  size_t fibers_used = 0;
  unsigned threads = 0, started = 0, ended = 0;
  Meeting barrier;
  unsigned votes = 0, counted[2] = {};
  std::vector<unsigned> ended_lanes;  // by warp
  std::vector<std::unique_ptr<Warp>> warps;
  char *dynamic_pages = nullptr;  // dynamic shared memory, at the end of pages of its own
  size_t dynamic_bytes = 0;
  void *dynamic_shared = nullptr;
  std::vector<char> fixed_shared;  // static shared memory while another block runs
  Meeting cluster_barrier;         // of the cluster whose first block it is
  std::vector<Arrival> arrivals;
  std::vector<Copies> copies;      // by thread
};

extern Block *running_block;
extern ThreadFiber *running_fiber;
extern unsigned long events;  // something other than polling has happened
unsigned running_thread();  // its number in the block

// Switches to other threads until the counter has changed, or for a moment if it is null.
void wait_for(const unsigned *counter);
Block &live_block(unsigned number);
void lane_ended(Block &block, unsigned thread);
void require_no_arrivals(const Block &block);  // as its last thread ends
void require_no_copies(const Block &block);  // under way as the running thread ends
// Why nobody can go on: what the threads of the block wait for.
[[noreturn]] void fail_deadlock(Block &block);
