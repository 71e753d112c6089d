// mail_words.h: what a loop of persistent kernels asks a mailbox for, see mail_forward.h. Needs
// exchange_pieces.h and persistent_meeting.h.
#define ASKED 8  // quads of a lane that are asked for at the same time

// Goes through the quads of some rows, row by row.
struct quad_walk {
  int row, k;

  PIECE_MEMBER void forward(const int rows, const int quads, const int width) {
    row += rows;
    k += quads;
    if (k >= width) {
      k -= width;
      row++;
    }
  }
};

// Copies `width` quads of each of `count` rows, `from_step` quads apart, to rows `to_step` quads apart:
// the work of `team` neighbouring threads. ASKED of each lane are asked for at once, again until all of
// them are there. False if that was given up.
PIECE bool stage_words(
    quad *to, const int to_step, const quad *from, const int from_step, const int width,
    const int count, const int team, const meeting &m) {
  if (width <= 0) {
    return true;
  }
  const int down = team / width, across = team % width;
  quad_walk at = {(int)threadIdx.x % team / width, (int)threadIdx.x % team % width};
  patience patient = {0u, 0u};
  bool arrived = true;
#pragma unroll 1
  while (at.row < count && arrived) {
    quad v[ASKED];
    do {
      quad_walk next = at;
#pragma unroll
      for (int f = 0; f < ASKED; f++) {
        v[f] = quad{0u, 0u, 0u, 0u};
        if (next.row < count) {
          v[f] = load_relaxed4(from + next.row * from_step + next.k);
        }
        next.forward(down, across, width);
      }
      arrived = true;
#pragma unroll
      for (int f = 0; f < ASKED; f++) {
        arrived = arrived && has_arrived(v[f]);
      }
    } while (!arrived && may_wait(&patient, m.abort, m.limit));
#pragma unroll
    for (int f = 0; f < ASKED; f++) {
      if (at.row < count) {
        to[at.row * to_step + at.k] = v[f];
      }
      at.forward(down, across, width);
    }
  }
  return arrived;
}
