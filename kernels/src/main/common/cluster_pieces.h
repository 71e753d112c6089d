// cluster_pieces.h: exchange over the shared memory of a cluster's blocks, from compute capability
// 9.0 on. The plain C++ twins run on the software device; compiled by nvcc they know clusters of one
// block only, whose peer is itself.
//
// An arrival word counts what is still missing of a phase: threads that have to arrive and bytes
// that have to be written. When both are nil the phase ends and the next one begins.
typedef unsigned long long arrival;

// As __cluster_dims__ of kernels that have it; every card of compute capability 9.0 has room for it.
#define CLUSTER 8

#if PLAIN_PIECES
// bit 63 phase; bits 62-48 threads per phase; bits 47-32 threads missing; bits 31-0 bytes missing
// Returns the phase that it belongs to.
PIECE unsigned arrival_change(arrival *at, const int threads, const int bytes) {
  arrival old = *(volatile arrival *)at;
  for (;;) {
    arrival phase = old >> 63;
    const arrival all = old >> 48 & 0x7FFFu;
    arrival missing = (old >> 32 & 0xFFFFu) - (arrival)threads;
    const unsigned open = (unsigned)old + (unsigned)bytes;
    if (missing == 0 && open == 0) {
      missing = all;
      phase ^= 1u;
    }
    const arrival now = phase << 63 | all << 48 | missing << 32 | open;
    const arrival seen = atomicCAS(at, old, now);
    if (seen == old) {
      return (unsigned)(old >> 63);
    }
    old = seen;
  }
}
#ifdef __CUDACC__
PIECE unsigned cluster_rank() { return 0; }
PIECE unsigned cluster_blocks() { return 1; }
PIECE void cluster_barrier() { __syncthreads(); }
#define AT_PEER(at, peer) (at)
#define PUSHED(at, peer, phase) ((void)(phase))
#define LOOKED(at, phase, over)
#else
PIECE unsigned cluster_rank() { return swcuda_cluster_rank(); }
PIECE unsigned cluster_blocks() { return swcuda_cluster_size(); }
PIECE void cluster_barrier() { swcuda_cluster_barrier(__FILE__, __LINE__); }
#define AT_PEER(at, peer) ((decltype(at))swcuda_at_peer(at, peer, __FILE__, __LINE__))
// The software device reports blocks that end without having looked for what was pushed to them.
#define PUSHED(at, peer, phase) swcuda_pushed(at, peer, phase)
#define LOOKED(at, phase, over) swcuda_looked(at, phase, over)
#endif
PIECE void put_at_peer(const float x, float *slot, const unsigned peer) {
  *AT_PEER(slot, peer) = x;
}
PIECE void arrival_begin(arrival *at, const unsigned threads) {
  *at = (arrival)threads << 48 | (arrival)threads << 32;
}
PIECE void arrival_fence() {}
PIECE void arrive_expecting(arrival *at, const int bytes) { arrival_change(at, 1, bytes); }
PIECE bool has_ended(arrival *at, const unsigned parity) {
  poll_pause();
  const bool ended = *(volatile arrival *)at >> 63 != (arrival)parity;
  LOOKED(at, parity, ended);
  if (ended) {
    __threadfence();
  }
  return ended;
}
PIECE void push4(const quad v, quad *slot, arrival *at, const unsigned peer) {
  *AT_PEER(slot, peer) = v;
  __threadfence();
  PUSHED(at, peer, arrival_change(AT_PEER(at, peer), 0, -16));
}
PIECE void push1(const float x, float *slot, arrival *at, const unsigned peer) {
  *AT_PEER(slot, peer) = x;
  __threadfence();
  PUSHED(at, peer, arrival_change(AT_PEER(at, peer), 0, -4));
}
#else
PIECE unsigned shared_address(const void *p) {
  return (unsigned)__cvta_generic_to_shared(p);
}
// The same place in a peer's shared memory.
PIECE unsigned at_peer(const void *p, const unsigned peer) {
  unsigned mapped;
  asm volatile("mapa.shared::cluster.u32 %0, %1, %2;"
               : "=r"(mapped)
               : "r"(shared_address(p)), "r"(peer));
  return mapped;
}
PIECE unsigned cluster_rank() {
  unsigned rank;
  asm volatile("mov.u32 %0, %%cluster_ctarank;" : "=r"(rank));
  return rank;
}
PIECE unsigned cluster_blocks() {
  unsigned blocks;
  asm volatile("mov.u32 %0, %%cluster_nctarank;" : "=r"(blocks));
  return blocks;
}
// All threads of all blocks of the cluster. Not `.aligned`: those of a warp may come one by one.
PIECE void cluster_barrier() {
  asm volatile(
      "barrier.cluster.arrive.release;\n\t"
      "barrier.cluster.wait.acquire;" ::
          : "memory");
}
// Writes into a peer's slot, seen after the next barrier of the cluster.
PIECE void put_at_peer(const float x, float *slot, const unsigned peer) {
  asm volatile("st.shared::cluster.f32 [%0], %1;" : : "r"(at_peer(slot, peer)), "f"(x) : "memory");
}
// By one thread; then arrival_fence() by it, then a barrier.
PIECE void arrival_begin(arrival *at, const unsigned threads) {
  asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;"
               :
               : "r"(shared_address(at)), "r"(threads)
               : "memory");
}
PIECE void arrival_fence() {
  asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
}
// One thread arrives, and this phase waits for so many bytes more.
PIECE void arrive_expecting(arrival *at, const int bytes) {
  asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;"
               :
               : "r"(shared_address(at)), "r"(bytes)
               : "memory");
}
// Whether the phase of this parity (0 at first) is over.
PIECE bool has_ended(arrival *at, const unsigned parity) {
  unsigned done;
  asm volatile(
      "{\n\t.reg .pred p;\n\t"
      "mbarrier.try_wait.parity.acquire.cluster.shared::cta.b64 p, [%1], %2;\n\t"
      "selp.u32 %0, 1, 0, p;\n\t}"
      : "=r"(done)
      : "r"(shared_address(at)), "r"(parity)
      : "memory");
  return done != 0u;
}
// Writes 16 bytes into a peer's slot and tells the peer's arrival word when they are there.
PIECE void push4(const quad v, quad *slot, arrival *at, const unsigned peer) {
  asm volatile(
      "st.async.shared::cluster.mbarrier::complete_tx::bytes.v4.u32 [%0], {%1, %2, %3, %4}, [%5];"
      :
      : "r"(at_peer(slot, peer)), "r"(v.x), "r"(v.y), "r"(v.z), "r"(v.w), "r"(at_peer(at, peer))
      : "memory");
}
// The same with 4 bytes.
PIECE void push1(const float x, float *slot, arrival *at, const unsigned peer) {
  asm volatile(
      "st.async.shared::cluster.mbarrier::complete_tx::bytes.b32 [%0], %1, [%2];"
      :
      : "r"(at_peer(slot, peer)), "r"(__float_as_uint(x)), "r"(at_peer(at, peer))
      : "memory");
}
#endif

// Waits for the end of a phase, at most so many looks; each look sleeps a while on a card.
PIECE bool wait_for_end(arrival *at, const unsigned parity, int looks) {
  while (!has_ended(at, parity)) {
    if (--looks == 0) {
      return false;
    }
  }
  return true;
}

// The same for at most `limit` nanoseconds; asks for the time at every 256th look.
PIECE bool wait_within(arrival *at, const unsigned parity, const unsigned long long limit) {
  unsigned looks = 0;
  unsigned long long since = 0;
  while (!has_ended(at, parity)) {
    if ((++looks & 255u) == 0u) {
      const unsigned long long now = nanoseconds();
      since = since == 0 ? now : since;
      if (now - since > limit) {
        return false;
      }
    }
  }
  return true;
}
