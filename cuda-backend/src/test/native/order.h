// Which accesses of the running launch happened before others: by barriers, and by flags that are
// set after a fence and seen before one.
#pragma once
#include "device.h"

constexpr uint16_t SEVERAL = 0x7FFF;

// An access is stamped with the block and the interval between barriers in which it lies.
struct Stamp {
  unsigned block, interval;
};

// Of the running block; asked at each access.
struct OrderNow {
  uint32_t launch_first = 1, stamp = 0;
  Stamp place{};
};
extern OrderNow order_now;
extern std::vector<Stamp> &stamps;  // from launch_first on

inline bool in_this_launch(uint32_t when) { return when >= order_now.launch_first; }
inline unsigned block_of(uint32_t when) { return stamps[when - order_now.launch_first].block; }
inline bool in_this_interval(uint32_t when) {
  const Stamp &s = stamps[when - order_now.launch_first];
  return s.block == order_now.place.block && s.interval == order_now.place.interval;
}
// Whether what that thread did at that moment is seen by what the running thread does now.
bool happened_before(uint32_t when, uint16_t thread);
bool flags_were_used();
enum class FlagUse { READ, WRITE, UPDATE };
void flag_used(const void *at, FlagUse use);
