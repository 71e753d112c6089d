// cluster_meeting.h: how the blocks of a cluster take steps together: what all need of a step each
// writes into the shared memory of the others, in two buffers that take turns. How many blocks there
// are is told at launch. Needs cluster_pieces.h and persistent_meeting.h.

// A step ends by a barrier of the cluster or, where there are words, when all bytes that a block needs
// have come. `words` are two in shared memory, or null.
struct cluster_meeting {
  arrival *words;
  int *errors;
  unsigned long long limit;
};

PIECE cluster_meeting cluster_meeting_at(
    arrival *words, const int pushes, int *errors, const long long limit) {
  return cluster_meeting{pushes ? words : nullptr, errors, (unsigned long long)limit};
}

// Whether the blocks of the cluster have all units, `share` each; otherwise, which is reported, it is
// smaller than the one that was asked for.
PIECE bool has_all_units(const cluster_meeting &m, const int share, const int hidden) {
  const bool all = (long long)share * cluster_blocks() >= hidden;
  if (!all && threadIdx.x == 0) {
    atomicOr(m.errors, REPORT_GAVE_UP);
  }
  return all;
}

// Blocks that have units. Nobody waits for the others, so these get nothing.
PIECE unsigned blocks_with_units(const int share, const int hidden) {
  return (unsigned)((hidden + share - 1) / share);
}

// Whether this block takes part in the steps: all do in barriers.
PIECE bool takes_part(const cluster_meeting &m, const int unit, const int hidden) {
  return m.words == nullptr || unit < hidden;
}

// Before anybody writes; then a barrier of the block, and one of the cluster.
PIECE void begin_words(const cluster_meeting &m) {
  if (m.words != nullptr && threadIdx.x == 0) {
    arrival_begin(m.words, 1);
    arrival_begin(m.words + 1, 1);
    arrival_fence();
  }
}

// So many bytes come in a step, the steps counted from 0.
PIECE void expect_step(const cluster_meeting &m, const int step, const int bytes) {
  if (m.words != nullptr && threadIdx.x == 0) {
    arrive_expecting(m.words + (step & 1), bytes);
  }
}

// Writes a value to the same place of all peers, in the buffer of a step.
PIECE void give_peers(
    const cluster_meeting &m, const int step, float *place, const float v,
    const unsigned peers) {
  if (m.words == nullptr) {
#pragma unroll 4
    for (unsigned peer = 0; peer < peers; peer++) {
      put_at_peer(v, place, peer);
    }
    return;
  }
#pragma unroll 4
  for (unsigned peer = 0; peer < peers; peer++) {
    push1(v, place, m.words + (step & 1), peer);
  }
}

// Whether all of a step has come in time, otherwise this is reported; the same for all threads of a
// block.
PIECE bool step_has_come(const cluster_meeting &m, const int step) {
  if (m.words == nullptr) {
    cluster_barrier();
    return true;
  }
  arrival *word = m.words + (step & 1);
  const unsigned parity = (unsigned)step >> 1 & 1u;
  if (__syncthreads_or(!wait_within(word, parity, m.limit)) == 0) {
    return true;
  }
  if (threadIdx.x == 0) {
    atomicOr(m.errors, REPORT_GAVE_UP);
  }
  return false;
}
