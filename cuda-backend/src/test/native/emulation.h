// CUDA C for g++: included before each .cu file of the kernels.
#pragma once
#include <cmath>
#include <cstring>
#include <type_traits>
#include <utility>

#include "abi.h"

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...)
#define __cluster_dims__(...)  // kernels.sh hands it on to SWCUDA_REGISTER
// One block runs at a time: its shared memory is one section, filled with NaN before each block.
#define __shared__ static __attribute__((section("shared_memory")))
#define threadIdx (swcuda_current.thread)
#define blockIdx (swcuda_current.block)
#define blockDim (swcuda_current.block_size)
#define gridDim (swcuda_current.grid_size)
#define __syncthreads() ((void)swcuda_barrier(__FILE__, __LINE__, 0))
#define __syncthreads_or(v) ((int)(swcuda_barrier(__FILE__, __LINE__, (v) != 0) > 0))
#define __syncthreads_count(v) ((int)swcuda_barrier(__FILE__, __LINE__, (v) != 0))
#define __syncthreads_and(v) ((int)(swcuda_barrier(__FILE__, __LINE__, (v) == 0) == 0))
#define __nanosleep(ns) ((void)(ns), swcuda_pause())

#include "warp.h"

inline void __threadfence() {
#ifdef __SANITIZE_THREAD__
  swcuda_fence();
#endif
}
inline void __threadfence_block() {}  // the checked build orders a block's threads by barriers only

// Threads take turns where they wait only, so plain reads and writes are atomic.
template <class T, class F>
__attribute__((no_sanitize("thread"))) inline T swcuda_update(T *at, F change) {
  swcuda_atomic(at, sizeof(T));
  T old = *at;
  *at = change(old);
  return old;
}
template <class T>
inline T atomicAdd(T *at, std::common_type_t<T> v) {
  return swcuda_update(at, [=](T old) { return (T)(old + v); });
}
template <class T>
inline T atomicOr(T *at, std::common_type_t<T> v) {
  return swcuda_update(at, [=](T old) { return (T)(old | v); });
}
template <class T>
inline T atomicMax(T *at, std::common_type_t<T> v) {
  return swcuda_update(at, [=](T old) { return old < v ? v : old; });
}
template <class T>
inline T atomicMin(T *at, std::common_type_t<T> v) {
  return swcuda_update(at, [=](T old) { return v < old ? v : old; });
}
template <class T>
inline T atomicExch(T *at, std::common_type_t<T> v) {
  return swcuda_update(at, [=](T) { return v; });
}
template <class T>
inline T atomicCAS(T *at, std::common_type_t<T> expected, std::common_type_t<T> v) {
  return swcuda_update(at, [=](T old) { return old == expected ? v : old; });
}
inline unsigned int __float_as_uint(float x) {
  unsigned int bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}
inline float __uint_as_float(unsigned int bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}
inline int min(int a, int b) { return a < b ? a : b; }
inline int max(int a, int b) { return a > b ? a : b; }
inline int __popcll(unsigned long long v) { return __builtin_popcountll(v); }

// The bounds of the section, defined by the linker; absent where no kernel has static shared memory.
extern "C" char __start_shared_memory[] __attribute__((weak, visibility("hidden")));
extern "C" char __stop_shared_memory[] __attribute__((weak, visibility("hidden")));

// A kernel's argument sizes come from its type.
template <auto Kernel>
struct SwcudaEntry;
template <class... A, void (*Kernel)(A...)>
struct SwcudaEntry<Kernel> {
  static constexpr int count = sizeof...(A);
  static constexpr size_t sizes[count + 1] = {sizeof(A)..., 0};
  static constexpr unsigned char pointers[count + 1] = {std::is_pointer_v<A>..., 0};
  template <size_t... I>
  static void apply(void **arguments, std::index_sequence<I...>) {
    Kernel(*(std::remove_cv_t<A> *)arguments[I]...);
  }
  static void call(void **arguments) { apply(arguments, std::index_sequence_for<A...>{}); }
};
#define SWCUDA_REGISTER(kernel, cluster)                                                    \
  static const swcuda_kernel swcuda_kernel_##kernel = {                                     \
      #kernel, SwcudaEntry<&kernel>::call, SwcudaEntry<&kernel>::count,                     \
      SwcudaEntry<&kernel>::sizes, SwcudaEntry<&kernel>::pointers, __start_shared_memory,   \
      __stop_shared_memory, cluster};                                                       \
  static const int swcuda_registered_##kernel = (swcuda_register(&swcuda_kernel_##kernel), 0);
