// persistent_meeting.h: where the blocks of a persistent loop meet, and what they report if somebody
// does not come. Needs exchange_pieces.h.

// Beside the bits of INPUT_INDEX and TABLE_INDEX in the queue's word of reports.
#define REPORT_GAVE_UP 8

#define PIECE_MEMBER __device__ __forceinline__

// Where the grid meets: the counter and the abort word are 0 before the launch.
struct meeting {
  unsigned *counter, *abort;
  int *errors;
  unsigned long long limit;
  unsigned round;
};

// From a kernel's parameters; nobody has met yet.
PIECE meeting meeting_at(int *sync, int *errors, const long long limit) {
  unsigned *words = (unsigned *)sync;
  return meeting{words, words + 1, errors, (unsigned long long)limit, 0u};
}

PIECE void report_gave_up(const meeting &m) {
  if (threadIdx.x == 0) {
    atomicOr(m.errors, REPORT_GAVE_UP);
  }
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
