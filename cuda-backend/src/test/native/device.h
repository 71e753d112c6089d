// The software device behind the driver interface. Everything here runs under the lock of driver.h.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "abi.h"

// Numbers of cuda.h that this device returns.
enum Result {
  SUCCESS = 0,
  INVALID_VALUE = 1,
  OUT_OF_MEMORY = 2,
  NOT_INITIALIZED = 3,
  NO_DEVICE = 100,
  INVALID_DEVICE = 101,
  INVALID_IMAGE = 200,
  INVALID_CONTEXT = 201,
  NO_BINARY_FOR_GPU = 209,
  UNSUPPORTED_PTX_VERSION = 222,
  INVALID_HANDLE = 400,
  NOT_FOUND = 500,
  NOT_READY = 600,
  ILLEGAL_ADDRESS = 700,
  CONTEXT_IS_DESTROYED = 709,
  LAUNCH_FAILED = 719,
  COOPERATIVE_LAUNCH_TOO_LARGE = 720,
  NOT_PERMITTED = 800,
  NOT_SUPPORTED = 801,
  INVALID_CLUSTER_SIZE = 912
};

// The first fault of the context: every later call returns it.
extern int context_error;
void report(const char *format, ...) __attribute__((format(printf, 1, 2)));
long setting(const char *name, long otherwise);
const char *setting(const char *name);

// ---- memory.cpp: each allocation ends at a guard page, starts as NaN and is never used again
int allocate(uint64_t *address, size_t bytes);
int release(uint64_t address);
bool is_device_address(const void *at);
// Null if [at, at + bytes) lies in one live allocation, or what is wrong.
const char *memory_fault(const void *at, size_t bytes);
bool allocation_of(const void *at, char **begin, size_t *bytes);
char *memory_range();  // all device memory lies in this range of addresses
size_t memory_range_bytes();
size_t memory_total();
size_t memory_free();
void *allocate_pinned(size_t bytes);
bool release_pinned(void *at);
bool is_pinned(const void *at);

// ---- blocks.cpp: runs the threads of a block as fibers
struct Launch {
  const swcuda_kernel *kernel;
  swcuda_dim grid, block;
  unsigned shared_bytes;
  bool cooperative;  // all blocks are live at once, otherwise those of a cluster
  unsigned room;     // but for those that find none, which begin when others have ended
  unsigned cluster;  // blocks of a cluster
  std::vector<char> storage;
  std::vector<void *> arguments;
};
void run(Launch &launch);
// Ends the launch that runs now; called on a fiber or in a signal handler.
[[noreturn]] void fail_launch(int error, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool kernel_is_running();
bool kernel_runs_here();  // in the thread that asks
unsigned live_blocks();    // how many
unsigned cluster_blocks();  // of a cluster of the running launch
// The live block in whose shared memory an address lies.
struct SharedPlace {
  unsigned block;
  bool fixed;  // static shared memory
  size_t offset;
};
bool shared_place(const void *at, SharedPlace *place);
bool launch_is_cooperative();
std::string where();

// ---- barriers.cpp
void atomic_happened();
void begin_grid_barrier();

// ---- order.cpp and access.cpp: what the checked build of the kernels says of each read and write
void checked_build_is_loaded();
void launch_begins(const Launch &launch);
void launch_order_begins();
void live_blocks_begin();  // after this, block_begins of each
void block_begins(unsigned block);
void live_orders_begin();
void block_order_begins(unsigned block);
void block_resumes(unsigned block);
void block_order_resumes(unsigned block);
void barrier_passed();
void blocks_barrier_passed(unsigned first, unsigned count);  // of a cluster, or the grid
void warp_barrier_passed(unsigned warp, unsigned lanes);
void forget_accesses(char *begin, size_t bytes);  // of memory that is freed

// ---- faults.cpp
void catch_faults();

// ---- streams.cpp: work waits until something synchronises
struct Stream;
struct Event;
using Work = std::function<void()>;
Stream *stream_of(void *handle);  // null if it is none
Stream *new_stream(unsigned flags);
void destroy(Stream *stream);
int enqueue(Stream *stream, Work work);
// A grid whose blocks wait for each other is about to be enqueued: reports one that may run at the same time.
void grid_follows(Stream *stream, const char *name);
void finish(Stream *stream);
void finish_all();
bool step(Stream *stream);  // runs one piece of work; false if there was none
Event *new_event();
int record(Event *event, Stream *stream);
bool is_recorded(Event *event);
int wait(Stream *stream, Event *event);
void finish(Event *event);
bool step(Event *event);

// ---- modules.cpp
struct Function {
  const swcuda_kernel *kernel;
  int max_dynamic_shared;
  int cluster[3];  // its size as attributes say; zeros for what the kernel was compiled for
  bool non_portable;
};
// Attributes of a function: its cluster along x, y and z, and whether that may be larger than every card has.
constexpr int CLUSTER_WIDTH = 11, CLUSTER_DEPTH = 13, NON_PORTABLE_CLUSTER = 14;
int set_cluster(Function *function, int attribute, int value);
struct Module;
int load_module(Module **module, const void *image);
int find_function(Function **function, Module *module, const char *name);
void write_launch_counts();  // of each kernel, into the file that SOFTWARE_CUDA_LAUNCHES names
int launch(Function *f, swcuda_dim grid, swcuda_dim block, unsigned shared, bool cooperative, Stream *s,
           void **arguments);
int blocks_per_multiprocessor(unsigned threads, size_t shared);
int multiprocessors();
