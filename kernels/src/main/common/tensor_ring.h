// tensor_ring.h: how weights in memory come to a thread that has no registers to ask for them: by way of
// a ring of RING units in shared memory, before the fragments, see tensor_pieces.h. Copies go on while
// blocks exchange what they have, too, from one step to the next. All units in memory go through the ring
// in their order, a round for each tile of rows, and each takes the slot that its place in the order of
// all rounds names, so that any number of them will do. A thread has fragments of its own there: nobody
// has to meet for them. Needs copy_pieces.h and tensor_pieces.h.

// The slot of the unit in memory that `before` others are before; sums take turns by rounds, too.
PIECE int slot_of(const panel &p, const int before, const float *part) {
  return (part == p.part ? before : before + streamed_units(p.rest)) & 1;
}

PIECE quad *slot_at(const panel &p, const int slot) {
  return p.fragments - (slot + 1) * p.rest.reach + (int)threadIdx.x;
}

// One after the other: registers are what there is none of.
template <int TILES>
PIECE void copy_unit(const panel &p, const int before, const int slot) {
  const quad *from = unit_at(p.rest, before) + (int)threadIdx.x;
  quad *to = slot_at(p, slot);
#pragma unroll 1
  for (int n = 0; n < TILES; n++) {
    copy_ahead(to + n * (int)blockDim.x, from + n * (int)blockDim.x);
  }
  end_copies();
}

// The unit whose slot is free takes the one that comes RING places later in the order of the rounds.
template <int TILES>
PIECE void copy_next(const panel &p, const int before, const int slot) {
  const int count = streamed_units(p.rest);
  const int next = before + RING;
  copy_unit<TILES>(p, next < count ? next : count > 1 ? next - count : 0, slot);
}

// What is under way before the first round, and nothing when the loop is over.
template <int TILES>
PIECE void begin_ring(const panel &p) {
  static_assert(ASKS_AHEAD<TILES> || AHEAD<TILES> == 1, "a unit of the ring is one chunk");
  if (!ASKS_AHEAD<TILES> && streamed_units(p.rest) > 0) {
#pragma unroll 1
    for (int i = 0; i < RING; i++) {
      copy_unit<TILES>(p, min(i, streamed_units(p.rest) - 1), i);
    }
  }
}

template <int TILES>
PIECE void end_ring() {
  if (!ASKS_AHEAD<TILES>) {
    await_copies<0>();
  }
}
