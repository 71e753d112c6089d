// What kernels compiled by g++ and the software CUDA device know of each other.
#pragma once
#include <cstddef>
#include <cstdint>

struct swcuda_dim {
  unsigned x, y, z;
};

// What the emulated thread that runs now sees. One thread runs at a time, so there is one of these.
struct swcuda_thread {
  swcuda_dim thread, block, block_size, grid_size;
  void *dynamic_shared;
};

// A __global__ function.
struct swcuda_kernel {
  const char *name;
  void (*call)(void **arguments);
  int arguments;
  const size_t *sizes;                // bytes of each argument
  const unsigned char *is_pointer;    // which of them are pointers
  char *shared_begin, *shared_end;    // static shared memory of its library
  unsigned cluster;                   // blocks of a cluster, from __cluster_dims__; 1 without
};

// What the lanes of a warp brought to a primitive, and which of them came.
struct swcuda_lanes {
  uint64_t value[32];
  unsigned present;
};

extern "C" {
extern swcuda_thread swcuda_current;
void swcuda_register(const swcuda_kernel *kernel);
unsigned swcuda_barrier(const char *file, int line, unsigned vote);  // the sum of the block's votes
void swcuda_grid_barrier(const char *file, int line);
void swcuda_cluster_barrier(const char *file, int line);
unsigned swcuda_cluster_rank();
unsigned swcuda_cluster_size();
// The same place in the shared memory of a block of the cluster.
void *swcuda_at_peer(const void *at, unsigned peer, const char *file, int line);
// A peer's arrival word was told of bytes in a phase; a block has looked whether a phase of a word of its own is over.
void swcuda_pushed(const void *word, unsigned peer, unsigned phase);
void swcuda_looked(const void *word, unsigned phase, bool over);
const swcuda_lanes *swcuda_exchange(const char *what, const char *file, int line, unsigned mask, uint64_t value);
[[noreturn]] void swcuda_misuse(const char *what, const char *file, int line, int lane);
void swcuda_pause();                               // lets other threads run
void swcuda_atomic(const void *at, size_t bytes);  // the checked build says so of each update
void swcuda_fence();                               // and of each fence of the device
// Sixteen bytes that come to a place in shared memory when the thread waits for them: see copy_pieces.h.
void swcuda_copy_ahead(void *to, const void *bytes);
void swcuda_end_copies();
void swcuda_await_copies(unsigned left);
}
