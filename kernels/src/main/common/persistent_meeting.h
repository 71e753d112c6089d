// persistent_meeting.h: where the blocks of a persistent loop meet, and what they report if somebody
// does not come. Needs exchange_pieces.h.

// Beside the bits of INPUT_INDEX and TABLE_INDEX in the queue's word of reports; the words after
// those of the indices say how many blocks of how many had come where a grid was not complete.
#define REPORT_GAVE_UP 8
#define REPORT_INCOMPLETE 16
#define REPORT_BLOCKS 3

#define PIECE_MEMBER __device__ __forceinline__

// Where the grid meets: words that are 0 before the launch. `steps` counts the blocks that have ended
// a round: the counter of all, or a word of those that share a loop (a role), which are `blocks`.
struct meeting {
  unsigned *counter, *abort, *verdict, *steps;
  int *errors;
  unsigned long long limit;
  unsigned round;
  int blocks, block;  // that walk the same loop, and which of them this one is
};

// From a kernel's parameters; nobody has met yet. Three words.
PIECE meeting meeting_at(int *sync, int *errors, const long long limit) {
  unsigned *words = (unsigned *)sync;
  return meeting{
      words, words + 1, words + 2, words, errors, (unsigned long long)limit, 0u, (int)gridDim.x,
      (int)blockIdx.x};
}

// The same in a grid of `roles` loops of as many blocks each, one word more for each of them.
PIECE meeting role_meeting_at(int *sync, int *errors, const long long limit, const int roles) {
  meeting m = meeting_at(sync, errors, limit);
  m.blocks = (int)gridDim.x / roles;
  m.block = (int)blockIdx.x % m.blocks;
  m.steps = m.verdict + 1 + (int)blockIdx.x / m.blocks;
  return m;
}

PIECE void report_gave_up(const meeting &m) {
  if (threadIdx.x == 0) {
    atomicOr(m.errors, REPORT_GAVE_UP);
  }
}

// All threads of all blocks, once, before anything is written: the first round. False, for all of
// them, if somebody did not come in time, which is reported, and if a launch before this one gave up.
PIECE bool all_there(meeting *m) {
  m->round = m->steps == m->counter ? 1u : 0u;
  bool there = false;
  if (threadIdx.x == 0) {
    const int before = (int)load_relaxed((const unsigned *)m->errors);
    bool gave_up = false;
    there = (before & (REPORT_GAVE_UP | REPORT_INCOMPLETE)) == 0 &&
            grid_completes(m->counter, m->verdict, m->limit, &gave_up);
    if (gave_up) {
      m->errors[REPORT_BLOCKS] = (int)load_relaxed(m->counter);
      m->errors[REPORT_BLOCKS + 1] = (int)gridDim.x;
      atomicOr(m->errors, REPORT_INCOMPLETE);
    }
  }
  return __syncthreads_or(there) != 0;
}

// All threads of a block: what they have written is there for those who wait for this round.
PIECE void end_round(meeting *m) {
  m->round++;
  __syncthreads();
  if (threadIdx.x == 0) {
    add_release(m->steps, 1u);
  }
}

// All threads of a block: waits until all blocks of a loop, which count in `word`, have ended so many
// rounds; false if somebody did not come in time.
PIECE bool have_ended(const meeting &m, const unsigned *word, const unsigned rounds) {
  const unsigned target = rounds * (unsigned)m.blocks;
  const bool failed = threadIdx.x == 0 && !wait_for(word, target, m.abort, m.limit);
  if (__syncthreads_or(failed) == 0) {
    return true;
  }
  report_gave_up(m);
  return false;
}

// All threads of all blocks of a loop; false if somebody did not come in time.
PIECE bool all_met(meeting *m) {
  end_round(m);
  return have_ended(*m, m->steps, m->round);
}
