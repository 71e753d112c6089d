// strip_2d.h: products of persistent_2d.h in FP32. A thread keeps a strip of weights as in
// strip_pieces.h, but all threads of the block are one team: `lanes` have four columns of the cluster
// each, `parts` such groups of lanes take turns with the quads of the run, and columns beyond 4 * lanes
// are left to further passes. Needs persistent_2d.h and strip_quad.h.

// Shared memory holds the weights that have no register [lists][STRIP][used] and two buffers of sums
// [STRIP][threads][TILE] in turns.
template <int HELD>
struct team_strips {
  four own[HELD][STRIP];
  four *weights;
  float *sums;
  int lanes, parts, used, passes, turns, width;  // used = lanes * parts
};

// Writes a number into a row of the mailbox; those without a number have row = null.
template <int SIZE>
PIECE void publish(const portion<SIZE> &, unsigned *row, const int at, const float x) {
  if (row != nullptr) {
    store_relaxed(row + at, published(x));
  }
}

// Divides the rest of the block's shared memory.
template <int SIZE, int HELD>
PIECE void place_strips(portion<SIZE> *p, team_strips<HELD> *s, const int lanes) {
  s->lanes = lanes;
  s->parts = min((int)blockDim.x / lanes, p->longest);
  s->used = lanes * s->parts;
  s->width = SIZE * p->columns;
  s->passes = up_to(s->width, STRIP * lanes) / (STRIP * lanes);
  s->turns = up_to(p->longest, s->parts) / s->parts;
  p->stride = s->turns * s->parts;
  const int lists = s->passes * s->turns - min(HELD, s->turns);
  s->weights = (four *)(p->staged + p->chunk * p->stride);
  s->sums = (float *)(s->weights + lists * STRIP * s->used);
  p->kept = s->sums + 2 * STRIP * TILE * (int)blockDim.x;
}

// The lane whose work this one does: its own, or that of the last one, once more.
template <int HELD>
PIECE int lane_of(const team_strips<HELD> &s) {
  return min((int)threadIdx.x, s.used - 1);
}

// Where four weights of a lane's column lie that have no register; STRIP of them, `used` apart.
template <int HELD>
PIECE four *strip_at(const team_strips<HELD> &s, const int pass, const int turn) {
  const int list = pass * s.turns + turn - min(HELD, s.turns);
  return s.weights + list * STRIP * s.used + lane_of(s);
}

// All weights of the thread. The loop makes sixteen at a time and moves them to where they belong,
// because the code to make them is long; the place of sums serves in between.
template <int SIZE, int HELD, class Source>
PIECE void load_strips(const portion<SIZE> &p, const Source &source, team_strips<HELD> &s) {
  four *fresh = (four *)s.sums + STRIP * (int)threadIdx.x;
  const int lane = lane_of(s);
#pragma unroll 1
  for (int i = 0; i < s.passes * s.turns; i++) {
    const int pass = i / s.turns, turn = i % s.turns;
    const int k = turn * s.parts + lane / s.lanes;
    const bool held = pass == 0 && turn < HELD;
    four *to = held ? fresh : strip_at(s, pass, turn);
    const int stride = held ? 1 : s.used;
    const int column = STRIP * (pass * s.lanes + lane % s.lanes);
#pragma unroll 1
    for (int e = 0; e < 4 * STRIP && (held || lane == (int)threadIdx.x); e++) {
      to[e / 4 * stride].v[e % 4] =
          k < p.quads ? source.at(column + e / 4, 4 * k + e % 4) : 0.0f;
    }
#pragma unroll
    for (int t = 0; t < HELD; t++) {
      if (held && t == turn) {
#pragma unroll
        for (int c = 0; c < STRIP; c++) {
          s.own[t][c] = fresh[c];
        }
      }
    }
  }
}

// Adds up the sums of the parts and sends them: of ROWS rows from `row` on of those at once.
template <int SIZE, int ROWS, int HELD>
PIECE void send_parts(
    const team_strips<HELD> &s, const float (&sum)[STRIP][ROWS], float *sums, const int pass,
    const owners<SIZE> &to, const int row, const int count) {
  const int lane = (int)threadIdx.x, team = (int)blockDim.x;
#pragma unroll
  for (int c = 0; c < STRIP && lane < s.used; c++) {
#pragma unroll
    for (int r = 0; r < ROWS; r++) {
      sums[(c * team + lane) * ROWS + r] = sum[c][r];
    }
  }
  __syncthreads();
#pragma unroll 1
  for (int i = lane; i < s.lanes * ROWS; i += team) {
    const int r = i % ROWS, column = STRIP * (pass * s.lanes + i / ROWS);
    four total = {{0.0f, 0.0f, 0.0f, 0.0f}};
#pragma unroll 1
    for (int k = 0; k < s.parts; k++) {
#pragma unroll
      for (int c = 0; c < STRIP; c++) {
        total.v[c] += sums[(c * team + k * s.lanes) * ROWS + i];
      }
    }
    if (column < s.width && row + r < count) {
      to.give(row + r, column, total);
    }
  }
}

// The run's product with ROWS staged rows; buffer counts those of sums.
template <int SIZE, int ROWS, int HELD>
PIECE void multiply_rows(
    const portion<SIZE> &p, const team_strips<HELD> &s, const owners<SIZE> &to, const int row,
    const int count, int *buffer) {
  const four *x = (const four *)p.staged + row * p.stride + lane_of(s) / s.lanes;
#pragma unroll 1
  for (int pass = 0; pass < s.passes; pass++) {
    float sum[STRIP][ROWS] = {};
    if (pass == 0) {
#pragma unroll
      for (int turn = 0; turn < HELD; turn++) {
        if (turn < s.turns) {
          multiply_quad(x + turn * s.parts, p.stride, s.own[turn], sum);
        }
      }
    }
#pragma unroll 1
    for (int turn = pass == 0 ? HELD : 0; turn < s.turns; turn++) {
      const four *from = strip_at(s, pass, turn);
      four w[STRIP];
#pragma unroll
      for (int c = 0; c < STRIP; c++) {
        w[c] = from[c * s.used];
      }
      multiply_quad(x + turn * s.parts, p.stride, w, sum);
    }
    float *sums = s.sums + (*buffer & 1) * STRIP * TILE * (int)blockDim.x;
    send_parts(s, sum, sums, pass, to, row, count);
    ++*buffer;
  }
}

template <int SIZE, int HELD>
PIECE void multiply_staged(
    const portion<SIZE> &p, const team_strips<HELD> &s, const owners<SIZE> &to, const int count) {
  int buffer = 0;
  if (p.rows == 1) {
    multiply_rows<SIZE, 1>(p, s, to, 0, count, &buffer);
  } else {
#pragma unroll 1
    for (int row = 0; row < count; row += TILE) {
      multiply_rows<SIZE, TILE>(p, s, to, row, count, &buffer);
    }
  }
}

template <int SIZE, int GATES, int HELD, class Cell>
PIECE void strip_forward_2d(
    float *shared, const float *weight, const Cell &cell, const sequence &q, const int share,
    const int tiles, const int lanes, float *mail, const int slots, meeting m) {
  if (!all_there(&m)) {
    return;
  }
  portion<SIZE> p = make_portion<SIZE>(
      shared, mail, 0, 1, GATES, 1, share, TILE * tiles, q.rows, q.hidden, slots);
  team_strips<HELD> own = {};
  place_strips(&p, &own, lanes);
  load_strips(p, forward_columns<SIZE, GATES>(p, weight, q.hidden), own);
  open_cluster(p);
  mail_forward<GATES>(p, own, cell, q, no_input{}, m);
  close_cluster(p, m.limit);
}

template <int SIZE, int GATES, int HELD, class Cell>
PIECE void strip_backward_2d(
    float *shared, const float *weight, const Cell &cell, const reverse_sequence &q,
    const int share, const int tiles, const int lanes, float *mail, const int slots, meeting m) {
  if (!all_there(&m)) {
    return;
  }
  portion<SIZE> p = make_portion<SIZE>(
      shared, mail, 0, 1, 1, GATES, share, TILE * tiles, q.rows, q.hidden, slots);
  team_strips<HELD> own = {};
  place_strips(&p, &own, lanes);
  load_strips(p, backward_columns<SIZE>(p, weight, q.hidden), own);
  open_cluster(p);
  mail_backward<GATES>(p, own, cell, q, no_input{}, m);
  close_cluster(p, m.limit);
}
