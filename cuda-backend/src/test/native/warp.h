// The primitives of a warp for g++, and the barrier of a cooperative grid.
#pragma once

template <class T>
inline uint64_t swcuda_bits(T v) {
  static_assert(sizeof(T) <= 8, "at most 8 bytes");
  uint64_t bits = 0;
  memcpy(&bits, &v, sizeof v);
  return bits;
}

// The value of a lane, which must have come.
template <class T>
inline T swcuda_lane(const swcuda_lanes *all, int lane, const char *what, const char *file, int line) {
  if ((all->present >> lane & 1) == 0) {
    swcuda_misuse(what, file, line, lane);
  }
  T v;
  memcpy(&v, &all->value[lane], sizeof v);
  return v;
}

inline int swcuda_own_lane() {
  const swcuda_thread &c = swcuda_current;
  return (int)((c.thread.x + c.block_size.x * (c.thread.y + c.block_size.y * c.thread.z)) % 32);
}

#define SWCUDA_PLACE const char *file = __builtin_FILE(), int line = __builtin_LINE()

template <class T>
inline T __shfl_sync(unsigned mask, T v, int source, int width = 32, SWCUDA_PLACE) {
  const int first = swcuda_own_lane() / width * width;
  const swcuda_lanes *all = swcuda_exchange("__shfl_sync", file, line, mask, swcuda_bits(v));
  return swcuda_lane<T>(all, first + (source & (width - 1)), "__shfl_sync", file, line);
}
template <class T>
inline T __shfl_up_sync(unsigned mask, T v, unsigned delta, int width = 32, SWCUDA_PLACE) {
  const int lane = swcuda_own_lane(), from = lane - (int)delta;
  const swcuda_lanes *all = swcuda_exchange("__shfl_up_sync", file, line, mask, swcuda_bits(v));
  return swcuda_lane<T>(all, from < lane / width * width ? lane : from, "__shfl_up_sync", file, line);
}
template <class T>
inline T __shfl_down_sync(unsigned mask, T v, unsigned delta, int width = 32, SWCUDA_PLACE) {
  const int lane = swcuda_own_lane(), from = lane + (int)delta;
  const swcuda_lanes *all = swcuda_exchange("__shfl_down_sync", file, line, mask, swcuda_bits(v));
  return swcuda_lane<T>(all, from >= (lane / width + 1) * width ? lane : from, "__shfl_down_sync", file, line);
}
template <class T>
inline T __shfl_xor_sync(unsigned mask, T v, int with, int width = 32, SWCUDA_PLACE) {
  const int lane = swcuda_own_lane(), from = lane ^ with;
  const swcuda_lanes *all = swcuda_exchange("__shfl_xor_sync", file, line, mask, swcuda_bits(v));
  return swcuda_lane<T>(all, from >= (lane / width + 1) * width ? lane : from, "__shfl_xor_sync", file, line);
}
inline unsigned __ballot_sync(unsigned mask, int vote, SWCUDA_PLACE) {
  const swcuda_lanes *all = swcuda_exchange("__ballot_sync", file, line, mask, vote != 0);
  unsigned votes = 0;
  for (int lane = 0; lane < 32; lane++) {
    votes |= (all->present >> lane & 1) != 0 && all->value[lane] != 0 ? 1u << lane : 0;
  }
  return votes;
}
inline int __any_sync(unsigned mask, int vote, SWCUDA_PLACE) { return __ballot_sync(mask, vote, file, line) != 0; }
inline int __all_sync(unsigned mask, int vote, SWCUDA_PLACE) { return __ballot_sync(mask, !vote, file, line) == 0; }
inline void __syncwarp(unsigned mask = 0xffffffffu, SWCUDA_PLACE) {
  swcuda_exchange("__syncwarp", file, line, mask, 0);
}

namespace cooperative_groups {
struct grid_group {
  void sync(SWCUDA_PLACE) const { swcuda_grid_barrier(file, line); }
};
inline grid_group this_grid() { return {}; }
}  // namespace cooperative_groups
