// cluster_meeting.h: how the blocks of a cluster take steps together: what all need of a step each
// writes into the shared memory of the others, in two buffers that take turns. How many blocks there
// are is told at launch. Needs cluster_pieces.h and persistent_meeting.h.

// Arrival words of a block: two, then room for a number of each block of its cluster, of at most 16.
#define CLUSTER_WORDS 10

// A step ends by a barrier of the cluster or, where there are words, when all bytes that a block needs
// have come. `words` are CLUSTER_WORDS in shared memory, or null.
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

// Bytes that a block has given to each of its cluster in the steps that it began, and those that all give
// to it in these steps: but for the last one, and in that.
struct traffic {
  unsigned given, before, last;
};

// Ends a block's part after so many steps: it leaves when all that its peers gave it has come, because what
// comes later lands in the memory of another block. All have come where nobody gave up. Who has seen the
// end of a step got it from all; so a block has, of those that it has not seen the end of, all of one
// and some of the next, or only some of one, and sends itself what it did not get of that.
PIECE void leave_cluster(
    arrival *words, const unsigned peers, const int steps, const traffic &t,
    const unsigned long long limit) {
  float *given = (float *)(words + 2);
  const unsigned own = cluster_rank();
  if (own < peers && threadIdx.x < peers) {
    put_at_peer(__uint_as_float(t.given), given + own, threadIdx.x);
  }
  cluster_barrier();  // nobody gives any more
  if (own >= peers || threadIdx.x != 0) {
    return;
  }
  unsigned lacking = t.before + t.last;
#pragma unroll 1
  for (unsigned peer = 0; peer < peers; peer++) {
    lacking -= __float_as_uint(given[peer]);
  }
  arrival *word = words + (~steps & 1);
#pragma unroll 1
  for (int i = 0; i < (int)lacking; i += 4) {
    push1(0.0f, given, word, own);
  }
  wait_within(word, (unsigned)(steps - 1) >> 1 & 1u, limit);
  if ((int)lacking < 0) {
    arrive_expecting(words + (steps & 1), -(int)lacking);
    wait_within(words + (steps & 1), (unsigned)steps >> 1 & 1u, limit);
  }
}

// The same of a loop in which a block gets so many bytes in each step, `own` of them from itself.
PIECE void leave_cluster(
    const cluster_meeting &m, const unsigned peers, const int steps, const int bytes,
    const int own) {
  if (m.words == nullptr) {
    cluster_barrier();
    return;
  }
  const unsigned count = (unsigned)steps, each = (unsigned)bytes;
  const unsigned last = count > 0u ? each : 0u;
  leave_cluster(
      m.words, peers, steps, traffic{count * (unsigned)own, count * each - last, last}, m.limit);
}
