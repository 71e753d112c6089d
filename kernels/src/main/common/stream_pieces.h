// stream_pieces.h: weights of a persistent loop that fit neither in registers nor in shared memory are
// read from memory in every step, which is L2 as long as it holds them: a copy of their own, in the
// order in which the threads of the block take them and in the format of the products. Needs
// exchange_pieces.h and PIECE_MEMBER.
//
// Weights come in units, each of which all threads of a block use up together. Those in memory are
// spread evenly among those in shared memory. A thread asks for the next one while it multiplies others,
// and for the first of a step before it waits for the step's words, on which weights do not depend. It
// comes into registers or, where none are left, into shared memory, see tensor_ring.h. A unit is at its
// place in every sum whatever memory it is in, so the bits are the same however many there are. That is
// why they are not gone through back and forth, which would let an L2 that is a little too small keep some
// of them from step to step: sums would be in another order in every second step. Every word is read by
// one multiprocessor only.
struct stream {
  quad *at;        // the block's part of memory
  unsigned long long plan;  // bit i: unit i of a step is in memory; 0 if there are more than 64
  int reach;       // quads of a unit
};

// Where in memory a block's unit i is, of those that are there.
PIECE quad *unit_at(const stream &s, const int i) { return s.at + (long long)i * s.reach; }

PIECE int streamed_units(const stream &s) { return __popcll(s.plan); }

// Of the units before unit i, how many are in memory.
PIECE int streamed_before(const stream &s, const int i) {
  return __popcll(s.plan & ((1ull << i % 64) - 1ull));
}

PIECE bool is_streamed(const stream &s, const int i) { return (s.plan >> i % 64 & 1ull) != 0ull; }

PIECE stream make_stream(float *memory, const long long plan, const int reach) {
  quad *all = (quad *)(((unsigned long long)memory + 15) / 16 * 16);
  quad *own = all + (long long)blockIdx.x * __popcll(plan) * reach;
  return stream{own, (unsigned long long)plan, reach};
}
