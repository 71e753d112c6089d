// A vector clock for each thread that uses fences; barriers need only the stamps of their intervals.
// Fences and flags follow the memory model of CUDA at device scope: what a thread did before a fence
// is published by the flags that it sets after it, and is seen by threads after the fence that
// follows their look at the flag.
#include "order.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <unordered_map>

#include "blocks.h"

OrderNow order_now;
std::vector<Stamp> &stamps = *new std::vector<Stamp>;

namespace {
struct Clock {
  std::map<unsigned, uint32_t> blocks;   // all that the block did until this stamp
  std::map<uint64_t, uint32_t> threads;  // all that the thread did until this stamp

  void join(const Clock &other, unsigned except_threads_of = ~0u) {
    for (const auto &e : other.blocks) {
      blocks[e.first] = std::max(blocks[e.first], e.second);
    }
    for (const auto &e : other.threads) {
      if (e.first >> 32 != except_threads_of) {
        threads[e.first] = std::max(threads[e.first], e.second);
      }
    }
  }

  bool holds(uint32_t when, unsigned block, uint16_t thread) const {
    auto b = blocks.find(block);
    if (b != blocks.end() && b->second >= when) {
      return true;
    }
    auto t = thread == SEVERAL ? threads.end() : threads.find((uint64_t)block << 32 | thread);
    return t != threads.end() && t->second >= when;
  }
};

struct ThreadOrder {
  Clock mine, fenced, pending;
};

struct BlockOrder {
  unsigned number = 0, interval = 0;
  uint32_t first = 0, now = 0;  // stamps: of the begin of its interval, and the newest
  Clock base;
  std::unordered_map<unsigned, ThreadOrder> threads;
};

bool checked = false;  // the checked build of the kernels is loaded
uint32_t next_stamp = 1;
auto &orders = *new std::map<unsigned, BlockOrder>;  // of the live blocks
auto &flags = *new std::map<const void *, Clock>;
BlockOrder *order = nullptr;

void new_stamp(BlockOrder &b) {
  b.now = next_stamp++;
  stamps.push_back({b.number, b.interval});
  if (&b == order) {
    order_now.stamp = b.now;
    order_now.place = stamps.back();
  }
}

void new_interval(BlockOrder &b) {
  b.interval++;
  new_stamp(b);
  b.first = b.now;
}

// What the block's barrier makes known to all its threads.
void gather(BlockOrder &b) {
  for (auto &t : b.threads) {
    b.base.join(t.second.mine, b.number);
    t.second.mine = {};
  }
}

uint64_t key(unsigned thread) { return (uint64_t)order->number << 32 | thread; }
}  // namespace

void checked_build_is_loaded() { checked = true; }

void launch_order_begins() {
  if (next_stamp > 0xF0000000u) {
    report("the checked build has counted 4e9 intervals; restart the process");
    abort();
  }
  order_now.launch_first = next_stamp;
  stamps.clear();
  orders.clear();
  order = nullptr;
  flags.clear();
}

// Of those before nothing is known to these.
void live_orders_begin() {
  orders.clear();
  order = nullptr;
}

void block_order_begins(unsigned number) {
  if (!checked) {
    return;
  }
  BlockOrder &b = orders[number];
  b.number = number;
  new_interval(b);
}

void block_order_resumes(unsigned number) {
  if (checked) {
    order = &orders[number];
    order_now.stamp = order->now;
    order_now.place = {order->number, order->interval};
  }
}

void barrier_passed() {
  if (checked) {
    gather(*order);
    new_interval(*order);
  }
}

void blocks_barrier_passed(unsigned first, unsigned count) {
  if (!checked) {
    return;
  }
  Clock all;
  for (unsigned i = first; i < first + count; i++) {
    gather(orders[i]);
    all.join(orders[i].base);
    all.blocks[i] = orders[i].now;
  }
  for (unsigned i = first; i < first + count; i++) {
    orders[i].base = all;
    new_interval(orders[i]);
  }
}

void warp_barrier_passed(unsigned warp, unsigned lanes) {
  if (!checked) {
    return;
  }
  Clock all;
  for (unsigned lane = 0; lane < LANES; lane++) {
    if (lanes >> lane & 1) {
      all.join(order->threads[warp * LANES + lane].mine);
      all.threads[key(warp * LANES + lane)] = order->now;
    }
  }
  for (unsigned lane = 0; lane < LANES; lane++) {
    if (lanes >> lane & 1) {
      order->threads[warp * LANES + lane].mine = all;
    }
  }
  new_stamp(*order);
}

bool happened_before(uint32_t when, uint16_t thread) {
  const unsigned block = block_of(when);
  if (order->base.holds(when, block, thread)) {
    return true;
  }
  auto own = order->threads.find(running_thread());
  return own != order->threads.end() && own->second.mine.holds(when, block, thread);
}

bool flags_were_used() { return !flags.empty(); }

void flag_used(const void *at, FlagUse use) {
  Clock &flag = flags[at];
  ThreadOrder &t = order->threads[running_thread()];
  if (use != FlagUse::WRITE) {
    t.pending.join(flag);
  }
  if (use == FlagUse::WRITE) {
    flag = {};
  }
  if (use != FlagUse::READ) {
    flag.join(t.fenced);
  }
}

extern "C" __attribute__((visibility("default"))) void swcuda_fence() {
  if (!checked || !kernel_is_running()) {
    return;
  }
  ThreadOrder &t = order->threads[running_thread()];
  t.mine.join(t.pending);
  t.fenced = order->base;
  t.fenced.join(t.mine);
  t.fenced.blocks[order->number] = order->first - 1;
  t.fenced.threads[key(running_thread())] = order->now;
  new_stamp(*order);
}
