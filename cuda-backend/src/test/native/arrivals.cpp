// Bytes on their way to a peer. A card's st.async lands when it likes: a block that leaves while some may still come to it has
// its shared memory given to others. Here they land at once; so a block has to look for the end of each phase that others have
// told bytes to, before it ends. One that has looked for the end of another in vain gave up, and then meets its peers; what it
// looks for in vain after that is lost.
#include "blocks.h"

#define KERNEL_API extern "C" __attribute__((visibility("default")))

namespace {
Arrival arrival_of(const void *word, unsigned phase) {
  SharedPlace place;
  if (!shared_place(word, &place)) {
    fail_launch(ILLEGAL_ADDRESS, "arrival word %p is not in shared memory, block %s", word, where().c_str());
  }
  return {place.offset, place.fixed, phase, false, false};
}

Arrival &entry(Block &b, const Arrival &wanted) {
  for (Arrival &a : b.arrivals) {
    if (a.offset == wanted.offset && a.fixed == wanted.fixed && a.phase == wanted.phase) {
      return a;
    }
  }
  return b.arrivals.emplace_back(wanted);
}
}  // namespace

KERNEL_API void swcuda_pushed(const void *word, unsigned peer, unsigned phase) {
  const unsigned size = cluster_blocks();
  entry(live_block(running_block->number / size * size + peer), arrival_of(word, phase));
}

KERNEL_API void swcuda_looked(const void *word, unsigned phase, bool over) {
  Arrival &own = entry(*running_block, arrival_of(word, phase));
  own.looked = true;
  own.met = false;
  if (over) {
    own = running_block->arrivals.back();
    running_block->arrivals.pop_back();
  }
}

void arrivals_meet(Block &b) {
  for (Arrival &a : b.arrivals) {
    a.met = true;
  }
}

void require_no_arrivals(const Block &b) {
  for (const Arrival &a : b.arrivals) {
    if (a.looked && a.met) {
      return;  // it gave up
    }
  }
  if (!b.arrivals.empty()) {
    const Arrival &a = b.arrivals[0];
    fail_launch(ILLEGAL_ADDRESS, "block %u ends while bytes may be on their way to it: peers have told its arrival word at byte "
                "%zu of its %s shared memory, and nobody has waited for that", b.number, a.offset,
                a.fixed ? "static" : "dynamic");
  }
}
