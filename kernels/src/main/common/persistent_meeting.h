// persistent_meeting.h: where the blocks of a persistent loop meet, and what they report if somebody
// does not come. Needs exchange_pieces.h.

// Beside the bits of INPUT_INDEX and TABLE_INDEX in the queue's word of reports; the words after
// those of the indices say how many blocks of how many had come where a grid was not complete.
#define REPORT_GAVE_UP 8
#define REPORT_INCOMPLETE 16
#define REPORT_BLOCKS 3

#define PIECE_MEMBER __device__ __forceinline__

// Where the grid meets: three words that are 0 before the launch. A grid may walk several loops
// (roles), with as many blocks each.
struct meeting {
  unsigned *counter, *abort, *verdict;
  int *errors;
  unsigned long long limit;
  unsigned round;
  int block;  // which one of those that walk the same loop
  int role, roles;
};

// From a kernel's parameters; nobody has met yet.
PIECE meeting meeting_at(
    int *sync, int *errors, const long long limit, const int roles = 1) {
  unsigned *words = (unsigned *)sync;
  const int blocks = (int)gridDim.x / roles;
  return meeting{
      words, words + 1, words + 2, errors, (unsigned long long)limit, 0u,
      (int)blockIdx.x % blocks, (int)blockIdx.x / blocks, roles};
}

PIECE void report_gave_up(const meeting &m) {
  if (threadIdx.x == 0) {
    atomicOr(m.errors, REPORT_GAVE_UP);
  }
}

// All threads of all blocks, once, before anything is written: the first round. False, for all of
// them, if somebody did not come in time, which is reported, and if a launch before this one gave up.
PIECE bool all_there(meeting *m) {
  m->round = 1u;
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

// All threads of all blocks; false if somebody did not come in time.
PIECE bool all_met(meeting *m) {
  m->round++;
  if (grid_barrier(m->counter, m->round * gridDim.x, m->abort, m->limit)) {
    return true;
  }
  report_gave_up(*m);
  return false;
}
