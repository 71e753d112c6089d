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

// Whether to poll once more: no, if it took longer than `limit` nanoseconds, which sets *abort, or
// if somebody else has set it. Looks at the clock and the word every 256th time.
PIECE bool may_wait(patience *p, unsigned *abort, const unsigned long long limit) {
  poll_pause();
  if ((++p->polls & 255u) != 0u) {
    return true;
  }
  const unsigned long long now = nanoseconds();
  if (p->since == 0) {
    p->since = now;
  }
  if (load_relaxed(abort) != 0u) {
    return false;
  }
  if (now - p->since > limit) {
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
