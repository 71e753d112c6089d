// exchange_pieces.h: what blocks need to talk to each other and C++ has no words for, in PTX, each
// with a plain C++ twin. CUDA only. g++, and nvcc with -DPLAIN_TWINS, compile the twins; the unit
// tests in probes/ hold both to the same expectations. A twin says nothing about memory order.
#if !defined(__CUDACC__) || defined(PLAIN_TWINS)
#define PLAIN_PIECES 1
#else
#define PLAIN_PIECES 0
#endif
#define PIECE [[maybe_unused]] static __device__ __forceinline__

struct alignas(16) quad {
  unsigned x, y, z, w;
};

// "Not yet": prefilled into mailboxes. No float is published with these bits, see published().
#define NOT_YET 0xFFFFFFFFu

PIECE bool has_arrived(const quad v) {
  return v.x != NOT_YET && v.y != NOT_YET && v.z != NOT_YET && v.w != NOT_YET;
}

// The bits to publish for a float: itself, or another NaN in place of the forbidden one.
PIECE unsigned published(const float x) {
  const unsigned bits = __float_as_uint(x);
  return bits == NOT_YET ? 0x7FFFFFFFu : bits;
}

#if PLAIN_PIECES
PIECE unsigned load_relaxed(const unsigned *at) { return *(const volatile unsigned *)at; }
PIECE quad load_relaxed4(const quad *at) {
  quad v;
  v.x = load_relaxed(&at->x);
  v.y = load_relaxed(&at->y);
  v.z = load_relaxed(&at->z);
  v.w = load_relaxed(&at->w);
  return v;
}
PIECE void store_relaxed(unsigned *at, const unsigned v) { *(volatile unsigned *)at = v; }
PIECE void store_relaxed4(quad *at, const quad v) {
  store_relaxed(&at->x, v.x);
  store_relaxed(&at->y, v.y);
  store_relaxed(&at->z, v.z);
  store_relaxed(&at->w, v.w);
}
PIECE unsigned load_acquire(const unsigned *at) {
  const unsigned v = load_relaxed(at);
  __threadfence();
  return v;
}
PIECE void store_release(unsigned *at, const unsigned v) {
  __threadfence();
  store_relaxed(at, v);
}
PIECE void add_release(unsigned *at, const unsigned v) {
  __threadfence();
  atomicAdd(at, v);
}
#ifdef __CUDACC__
PIECE unsigned long long nanoseconds() { return (unsigned long long)clock64() / 2u; }
#else
// Time on the software device is the number of times that somebody asked for it.
PIECE unsigned long long nanoseconds() {
  static unsigned long long now = 1;
  return now += 10000000;
}
#endif
PIECE void poll_pause() { __nanosleep(0); }
#else
PIECE unsigned load_relaxed(const unsigned *at) {
  unsigned v;
  asm volatile("ld.relaxed.gpu.global.u32 %0, [%1];" : "=r"(v) : "l"(at) : "memory");
  return v;
}
PIECE quad load_relaxed4(const quad *at) {
  quad v;
  asm volatile("ld.relaxed.gpu.global.v4.u32 {%0, %1, %2, %3}, [%4];"
               : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w)
               : "l"(at)
               : "memory");
  return v;
}
PIECE void store_relaxed(unsigned *at, const unsigned v) {
  asm volatile("st.relaxed.gpu.global.u32 [%0], %1;" : : "l"(at), "r"(v) : "memory");
}
PIECE void store_relaxed4(quad *at, const quad v) {
  asm volatile("st.relaxed.gpu.global.v4.u32 [%0], {%1, %2, %3, %4};"
               :
               : "l"(at), "r"(v.x), "r"(v.y), "r"(v.z), "r"(v.w)
               : "memory");
}
PIECE unsigned load_acquire(const unsigned *at) {
  unsigned v;
  asm volatile("ld.acquire.gpu.global.u32 %0, [%1];" : "=r"(v) : "l"(at) : "memory");
  return v;
}
PIECE void store_release(unsigned *at, const unsigned v) {
  asm volatile("st.release.gpu.global.u32 [%0], %1;" : : "l"(at), "r"(v) : "memory");
}
PIECE void add_release(unsigned *at, const unsigned v) {
  asm volatile("red.release.gpu.global.add.u32 [%0], %1;" : : "l"(at), "r"(v) : "memory");
}
PIECE unsigned long long nanoseconds() {
  unsigned long long now;
  asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(now));
  return now;
}
PIECE void poll_pause() {}
#endif

// How long somebody has waited: starts as zeros.
struct patience {
  unsigned polls;
  unsigned long long since;
};

// Counts a poll; true every 256th time, when it is worth to look at clocks and other words.
PIECE bool looks_up(patience *p) {
  poll_pause();
  return (++p->polls & 255u) == 0u;
}

// Whether somebody who looks up has done so for more than `limit` nanoseconds.
PIECE bool is_late(patience *p, const unsigned long long limit) {
  const unsigned long long now = nanoseconds();
  if (p->since == 0) {
    p->since = now;
  }
  return now - p->since > limit;
}

// Whether to poll once more: no, if it took longer than `limit` nanoseconds, which sets *abort, or
// if somebody else has set it.
PIECE bool may_wait(patience *p, unsigned *abort, const unsigned long long limit) {
  if (!looks_up(p)) {
    return true;
  }
  const bool late = is_late(p, limit);
  if (load_relaxed(abort) != 0u) {
    return false;
  }
  if (late) {
    store_relaxed(abort, 1u);
    return false;
  }
  return true;
}

// Waits until the counter has reached a target; false if that was given up.
PIECE bool wait_for(
    const unsigned *counter, const unsigned target, unsigned *abort,
    const unsigned long long limit) {
  patience p = {0u, 0u};
  while ((int)(load_acquire(counter) - target) < 0) {
    if (!may_wait(&p, abort, limit)) {
      return false;
    }
  }
  return true;
}

// All threads of all blocks: what each wrote before it, each reads after it. `target` is the number
// of arrivals since the counter was 0, this round included. Every thread of a block gets the same
// answer; false if it was given up. The grid must be resident as a whole.
PIECE bool grid_barrier(
    unsigned *counter, const unsigned target, unsigned *abort, const unsigned long long limit) {
  __syncthreads();
  bool failed = false;
  if (threadIdx.x == 0) {
    add_release(counter, 1u);
    failed = !wait_for(counter, target, abort, limit);
  }
  return __syncthreads_or(failed) == 0;
}

#define GRID_COMPLETE 1u
#define GRID_INCOMPLETE 2u

// One thread of every block, before the grid writes anything: whether all blocks are there. There is
// one answer for all of them, also for those that come later: the block that completes the count and
// the first one whose patience ends both try to write *verdict, and the one who does is obeyed. The
// words are 0 before. *gave_up is set for the one that ended it.
PIECE bool grid_completes(
    unsigned *counter, unsigned *verdict, const unsigned long long limit, bool *gave_up) {
  if (atomicAdd(counter, 1u) + 1u == gridDim.x) {
    atomicCAS(verdict, 0u, GRID_COMPLETE);
  }
  patience p = {0u, 0u};
  unsigned found = load_relaxed(verdict);
  while (found == 0u) {
    if (looks_up(&p) && is_late(&p, limit)) {
      *gave_up = atomicCAS(verdict, 0u, GRID_INCOMPLETE) == 0u;
    }
    found = load_relaxed(verdict);
  }
  return found == GRID_COMPLETE;
}

// How many blocks live at once. Each counts itself and stays until all have come, `stay` nanoseconds
// at most; the first to leave writes how many had. Before, *arrived is 0 and *least no less than the
// number of blocks.
PIECE void count_residents(
    unsigned *arrived, unsigned *least, const unsigned long long stay) {
  if (threadIdx.x == 0) {
    atomicAdd(arrived, 1u);
    const unsigned long long start = nanoseconds();
    unsigned come = load_relaxed(arrived);
    while (come < gridDim.x && nanoseconds() - start < stay) {
      poll_pause();
      come = load_relaxed(arrived);
    }
    atomicMin(least, come);
  }
}
