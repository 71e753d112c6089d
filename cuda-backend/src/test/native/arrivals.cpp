// Bytes on their way to a peer. A card's st.async lands when it likes: a block that leaves while some may still come to it has
// its shared memory given to others. Here they land at once; so a block has to look for the end of each phase that others have
// told bytes to, before it ends, also one that gave up.
#include <algorithm>

#include "blocks.h"

#define KERNEL_API extern "C" __attribute__((visibility("default")))

namespace {
Arrival arrival_of(const void *word, unsigned phase) {
  SharedPlace place;
  if (!shared_place(word, &place)) {
    fail_launch(ILLEGAL_ADDRESS, "arrival word %p is not in shared memory, block %s", word, where().c_str());
  }
  return {place.offset, place.fixed, phase};
}

// Among those of a block; one past them if it is not there.
std::vector<Arrival>::iterator entry(Block &b, const Arrival &wanted) {
  return std::find_if(b.arrivals.begin(), b.arrivals.end(), [&](const Arrival &a) {
    return a.offset == wanted.offset && a.fixed == wanted.fixed && a.phase == wanted.phase;
  });
}
}  // namespace

KERNEL_API void swcuda_pushed(const void *word, unsigned peer, unsigned phase) {
  const unsigned size = cluster_blocks();
  Block &b = live_block(running_block->number / size * size + peer);
  const Arrival fresh = arrival_of(word, phase);
  if (entry(b, fresh) == b.arrivals.end()) {
    b.arrivals.push_back(fresh);
  }
}

KERNEL_API void swcuda_looked(const void *word, unsigned phase, bool over) {
  Block &b = *running_block;
  const auto own = over ? entry(b, arrival_of(word, phase)) : b.arrivals.end();
  if (own != b.arrivals.end()) {
    b.arrivals.erase(own);
  }
}

void require_no_arrivals(const Block &b) {
  if (!b.arrivals.empty()) {
    const Arrival &a = b.arrivals[0];
    fail_launch(ILLEGAL_ADDRESS, "block %u ends while bytes may be on their way to it: peers have told its arrival word at byte "
                "%zu of its %s shared memory, and nobody has waited for that", b.number, a.offset,
                a.fixed ? "static" : "dynamic");
  }
}
