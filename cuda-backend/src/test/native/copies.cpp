// Copies from memory to shared memory that go on beside their thread. A card's land when they like; here they land when
// the thread waits for their group, and until then there is NaN, so that a wait that is missing, or one for too few
// groups, shows in the numbers.
#include "blocks.h"

#include <cstring>

#define KERNEL_API extern "C" __attribute__((visibility("default")))

static Copies &own() {
  std::vector<Copies> &all = running_block->copies;
  if (all.empty()) {
    all.resize(running_block->threads);
  }
  return all[running_thread()];
}

KERNEL_API void swcuda_copy_ahead(void *to, const void *bytes) {
  SharedPlace place;
  if (!shared_place(to, &place) || place.block != running_block->number || (size_t)to % 16 != 0) {
    fail_launch(ILLEGAL_ADDRESS, "copy of 16 bytes to %p, which is not a multiple of 16 in the shared memory of block %s", to,
                where().c_str());
  }
  Copies &c = own();
  Copy copy = {(char *)to, {}, c.open};
  memcpy(copy.bytes, bytes, sizeof copy.bytes);
  c.pending.push_back(copy);
}

KERNEL_API void swcuda_end_copies() { own().open++; }

// Those of the latest `left` groups, and of one that has not ended, stay under way.
KERNEL_API void swcuda_await_copies(unsigned left) {
  Copies &c = own();
  while (!c.pending.empty() && c.pending.front().group + left < c.open) {
    memcpy(c.pending.front().to, c.pending.front().bytes, sizeof Copy::bytes);
    c.pending.pop_front();
  }
}

void require_no_copies(const Block &b) {
  if (!b.copies.empty() && !b.copies[running_thread()].pending.empty()) {
    fail_launch(ILLEGAL_ADDRESS, "a thread ends while %zu copies into its shared memory are under way, block %s; look for a "
                "wait that is missing", b.copies[running_thread()].pending.size(), where().c_str());
  }
}
