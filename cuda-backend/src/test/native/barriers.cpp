// Where threads wait for each other: barriers of a block and of the grid, primitives of a warp.
#include <cstdio>
#include <cstring>

#include "blocks.h"

#define KERNEL_API extern "C" __attribute__((visibility("default")))

namespace {
Meeting grid_meeting;
unsigned pauses = 0;

// Everybody must have come by the same line.
void arrive(Meeting &m, const char *what, const char *file, int line) {
  if (m.arrived > 0 && (line != m.line || strcmp(file, m.file) != 0)) {
    fail_launch(LAUNCH_FAILED, "divergent %s: some threads wait at %s:%d, another at line %d, block %s", what, m.file,
                m.line, line, where().c_str());
  }
  m.what = what;
  m.file = file;
  m.line = line;
  m.arrived++;
}

void release(Meeting &m) {
  m.arrived = 0;
  m.generation++;
  events++;
}

void finish_exchange(Warp &warp, unsigned number, Exchange &e) {
  for (unsigned lane = 0; lane < LANES; lane++) {
    if (e.came >> lane & 1) {
      memcpy(warp.result[lane].value, e.value, sizeof e.value);
      warp.result[lane].present = e.came;
    }
  }
  if (strcmp(e.what, "__syncwarp") == 0) {
    warp_barrier_passed(number, e.came);
  }
  e.came = 0;
  release(e);
}

Warp &warp_of(Block &b, unsigned number) {
  b.warps.resize(b.ended_lanes.size());
  if (b.warps[number] == nullptr) {
    b.warps[number] = std::make_unique<Warp>();
  }
  return *b.warps[number];
}

std::string lanes_of(unsigned mask) {
  std::string text;
  for (unsigned lane = 0; lane < LANES; lane++) {
    if (mask >> lane & 1) {
      text += (text.empty() ? "" : ",") + std::to_string(lane);
    }
  }
  return text;
}
}  // namespace

void begin_grid_barrier() { grid_meeting = {}; }

void lane_ended(Block &b, unsigned thread) {
  const unsigned number = thread / LANES;
  b.ended_lanes[number] |= 1u << thread % LANES;
  if (b.warps.empty() || b.warps[number] == nullptr) {
    return;
  }
  for (Exchange &e : b.warps[number]->pending) {
    if (e.came != 0 && (e.came | (b.ended_lanes[number] & e.mask)) == e.mask) {
      finish_exchange(*b.warps[number], number, e);
    }
  }
}

void fail_deadlock(Block &b) {
  for (size_t i = 0; i < b.warps.size(); i++) {
    for (unsigned lane = 0; b.warps[i] != nullptr && lane < LANES; lane++) {
      const Exchange &e = b.warps[i]->pending[lane];
      if (e.came != 0) {
        fail_launch(LAUNCH_FAILED, "%s at %s:%d: lanes %s of its mask never came, warp %zu, block %s; look for lanes in the "
                    "mask that took another way", e.what, e.file, e.line, lanes_of(e.mask & ~e.came).c_str(), i,
                    where().c_str());
      }
    }
  }
  const unsigned size = cluster_blocks();
  const Meeting &of_cluster = live_block(b.number / size * size).cluster_barrier;
  const Meeting &m = b.barrier.arrived > 0 ? b.barrier : of_cluster.arrived > 0 ? of_cluster : grid_meeting;
  fail_launch(LAUNCH_FAILED, "divergent %s: %u threads wait at %s:%d, %u of %u of this block have ended, block %s",
              m.what, m.arrived, m.file, m.line, b.ended, b.threads, where().c_str());
}

KERNEL_API unsigned swcuda_barrier(const char *file, int line, unsigned vote) {
  Block &b = *running_block;
  arrive(b.barrier, "barrier", file, line);
  unsigned &counted = b.counted[b.barrier.generation % 2];
  b.votes += vote;
  if (b.barrier.arrived == b.threads) {
    counted = b.votes;
    b.votes = 0;
    release(b.barrier);
    barrier_passed();
  } else {
    wait_for(&b.barrier.generation);
  }
  return counted;
}

KERNEL_API void swcuda_grid_barrier(const char *file, int line) {
  if (!launch_is_cooperative()) {
    fail_launch(LAUNCH_FAILED, "barrier of the grid at %s:%d in a launch that is not cooperative, block %s", file, line,
                where().c_str());
  }
  arrive(grid_meeting, "barrier of the grid", file, line);
  if (grid_meeting.arrived == running_block->threads * live_blocks()) {
    release(grid_meeting);
    blocks_barrier_passed(0, live_blocks());
  } else {
    wait_for(&grid_meeting.generation);
  }
}

// Stricter than a card, which lets blocks that have ended stay away.
KERNEL_API void swcuda_cluster_barrier(const char *file, int line) {
  const unsigned size = cluster_blocks(), first = running_block->number / size * size;
  Meeting &m = live_block(first).cluster_barrier;
  arrive(m, "barrier of the cluster", file, line);
  if (m.arrived == running_block->threads * size) {
    release(m);
    blocks_barrier_passed(first, size);
  } else {
    wait_for(&m.generation);
  }
}

KERNEL_API unsigned swcuda_cluster_rank() { return running_block->number % cluster_blocks(); }
KERNEL_API unsigned swcuda_cluster_size() { return cluster_blocks(); }

KERNEL_API void *swcuda_at_peer(const void *at, unsigned peer, const char *file, int line) {
  const unsigned size = cluster_blocks(), own = running_block->number;
  SharedPlace place;
  if (!shared_place(at, &place) || place.block != own) {
    fail_launch(ILLEGAL_ADDRESS, "address of a peer at %s:%d: %p is not in the block's own shared memory, block %s", file,
                line, at, where().c_str());
  }
  if (peer >= size) {
    fail_launch(ILLEGAL_ADDRESS, "address of a peer at %s:%d: peer %u of a cluster of %u, block %s", file, line, peer, size,
                where().c_str());
  }
  Block &b = live_block(own / size * size + peer);
  if (b.ended == b.threads) {
    fail_launch(ILLEGAL_ADDRESS, "address of a peer at %s:%d: block %u has ended, and its shared memory with it, block %s; "
                "look for a barrier of the cluster at the end", file, line, b.number, where().c_str());
  }
  if (b.number == own) {
    return (void *)at;
  }
  if (b.started == 0) {
    fail_launch(ILLEGAL_ADDRESS, "address of a peer at %s:%d: block %u has not begun, block %s; look for a barrier of the "
                "cluster at the begin", file, line, b.number, where().c_str());
  }
  return (place.fixed ? b.fixed_shared.data() : (char *)b.dynamic_shared) + place.offset;
}

KERNEL_API const swcuda_lanes *swcuda_exchange(const char *what, const char *file, int line, unsigned mask,
                                               uint64_t value) {
  Block &b = *running_block;
  const unsigned thread = running_thread(), number = thread / LANES, lane = thread % LANES;
  if ((mask >> lane & 1) == 0) {
    fail_launch(LAUNCH_FAILED, "%s at %s:%d: lane %u calls it and is not in its mask 0x%08x, block %s", what, file, line,
                lane, mask, where().c_str());
  }
  Warp &warp = warp_of(b, number);
  Exchange &e = warp.pending[__builtin_ctz(mask)];
  if (e.came != 0 && (e.mask != mask || strcmp(e.what, what) != 0)) {
    fail_launch(LAUNCH_FAILED, "%s at %s:%d with mask 0x%08x meets %s at line %d with mask 0x%08x, block %s", what, file,
                line, mask, e.what, e.line, e.mask, where().c_str());
  }
  arrive(e, what, file, line);
  e.mask = mask;
  e.value[lane] = value;
  e.came |= 1u << lane;
  const unsigned beyond = number * LANES + LANES > b.threads ? ~0u << b.threads % LANES : 0;
  b.ended_lanes[number] |= beyond;
  if ((e.came | (b.ended_lanes[number] & mask)) == mask) {
    finish_exchange(warp, number, e);
  } else {
    wait_for(&e.generation);
  }
  return &warp.result[lane];
}

KERNEL_API void swcuda_misuse(const char *what, const char *file, int line, int lane) {
  fail_launch(LAUNCH_FAILED, "%s at %s:%d reads lane %d, which takes no part in it, block %s; look at the mask", what, file,
              line, lane, where().c_str());
}

KERNEL_API void swcuda_pause() { wait_for(nullptr); }

// A loop that polls with atomics gives others a chance now and then.
void atomic_happened() {
  if (++pauses % 256 == 0) {
    wait_for(nullptr);
  }
}
