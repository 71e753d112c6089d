// persistent_2d.h: the loops of persistent_forward.h and persistent_backward.h where the depth of
// the product is divided, too. All blocks of a cluster work on the units of the cluster, each on a run
// of the depth: it reads that run of h (backward: of the gate gradients) only. Their sums go to the
// block that owns the unit, over the shared memory of the cluster, and are added up there in the
// order of the runs. The grid must be resident as a whole. Needs persistent_sequence.h and
// cluster_pieces.h.

// What a block has: of the product of its cluster the slab of a run of the depth, which begins at
// `from` and may be empty; `share` units from `unit` on, of which it keeps [N, share, 2]. Sums come
// from `runs` blocks into [CLUSTER][sums of a unit][TILE * tiles][share], in two buffers of `size`
// in turns: who fills one again has heard from all, since it was read, at the barrier between.
struct portion {
  slab s;
  float *verdict, *received, *kept;
  int from, unit, share, rows, runs, size, turn;

  PIECE_MEMBER float *place(const int run, const int at, const int row, const int u) const {
    return received + (turn & 1) * size + run * (size / CLUSTER) + (at * rows + row) * share + u;
  }
  // The whole sum of an own unit.
  PIECE_MEMBER float gathered(const int at, const int row, const int u) const {
    float sum = 0.0f;
    for (int run = 0; run < runs; run++) {
      sum += *place(run, at, row, u);
    }
    return sum;
  }
};

// `groups` groups of `columns` columns make the units of a cluster; `sums` of each unit.
PIECE portion make_portion(
    float *shared, const int slices, const int columns, const int groups, const int sums,
    const int share, const int tiles, const int hidden, const int operands) {
  const int quads = (hidden + 3) / 4;
  const int run = (quads + CLUSTER - 1) / CLUSTER;
  portion p;
  p.from = 4 * run * (int)cluster_rank();
  p.unit = (int)blockIdx.x * share;
  p.share = share;
  p.rows = TILE * tiles;
  p.runs = (quads + run - 1) / run;
  p.size = CLUSTER * sums * p.rows * share;
  p.turn = 0;
  p.verdict = shared;
  p.received = shared + 4;
  const int depth = max(0, min(4 * run, hidden - p.from));
  p.s = make_slab(p.received + 2 * p.size, slices, columns, groups, tiles, depth, operands);
  p.s.unit = (int)blockIdx.x / CLUSTER * CLUSTER * share;
  p.kept = p.s.kept;
  return p;
}

// All threads of all blocks; false if somebody did not come in time, for all blocks of a cluster or
// for none, since they write into each other's memory. One block speaks for its cluster.
PIECE bool clusters_met(meeting *m, float *verdict) {
  m->round++;
  cluster_barrier();
  if (cluster_rank() == 0 && threadIdx.x == 0) {
    const unsigned target = gridDim.x + (m->round - 1u) * (gridDim.x / CLUSTER);
    add_release(m->counter, 1u);
    const bool met = wait_for(m->counter, target, m->abort, m->limit);
    if (!met) {
      report_gave_up(*m);
    }
    for (unsigned peer = 0; peer < CLUSTER; peer++) {
      put_at_peer(met ? 1.0f : 0.0f, verdict, peer);
    }
  }
  cluster_barrier();
  return *verdict == 1.0f;
}

// What this block's run adds to so many rows, to the owner of each unit. The columns of a group are
// the gates of a unit or, if not `GATED`, units.
template <int COLUMNS, bool GATED>
PIECE void scatter(const portion &p, const int rows) {
  const slab &s = p.s;
  const int run = (int)cluster_rank();
  const int pairs = TILE * s.items;
  for (int i = (int)threadIdx.x; i < COLUMNS * pairs; i += (int)blockDim.x) {
    const int column = GATED ? i / pairs : i % COLUMNS;
    const int pair = GATED ? i % pairs : i / COLUMNS;
    const int item = pair % s.items;
    const int r = pair / s.items;
    const int row = item / s.groups + r * s.tiles;
    if (row < rows) {
      const int group = item % s.groups;
      const int u = GATED ? group : group * COLUMNS + column;
      float *place = p.place(run, GATED ? column : 0, row, u % p.share);
      put_at_peer(total(s, column, item, r), place, (unsigned)(u / p.share));
    }
  }
}

// The product of this block's run with the rows of a chunk, its sums given to their owners: `slices`
// of the depth, which begin `step` apart in a matrix whose rows are `row_step` apart.
template <int COLUMNS, bool GATED>
PIECE void multiply_run(
    const portion &p, const int slices, const float *matrix, const long long step,
    const long long row_step, const int first_row, const int rows) {
  slab s = p.s;
  if (s.quads > 0) {
    const int size = p.rows * s.stride;
    for (int i = 0; i < slices; i++) {
      s.operand = p.s.operand + i * size;
      load_operand(s, matrix + i * step + p.from, row_step, first_row, rows);
    }
    __syncthreads();
    four sum[COLUMNS];
    clear(sum);
    for (int i = 0; i < slices; i++) {
      s.operand = p.s.operand + i * size;
      accumulate(s, i, sum);
    }
    store_sums(s, sum);
    __syncthreads();
    scatter<COLUMNS, GATED>(p, min(p.rows, rows - first_row));
  }
  cluster_barrier();
}

// Ends the step of the rows of a chunk: a thread per row and own unit, of which it keeps what the
// cell says, and h.
template <int GATES, class Cell>
PIECE void finish_own(
    const portion &p, const Cell &cell, const sequence &q, const int t, const int first_row) {
  const int count = p.share * min(p.rows, q.rows - first_row);
  for (int i = (int)threadIdx.x; i < count; i += (int)blockDim.x) {
    const int row = i / p.share;
    const int n = first_row + row;
    const int j = p.unit + i % p.share;
    if (j < q.hidden) {
      float sum[GATES];
#pragma unroll
      for (int gate = 0; gate < GATES; gate++) {
        sum[gate] = p.gathered(gate, row, i % p.share);
      }
      float *kept = p.kept + 2 * (first_row * p.share + i);
      const ending e = end_step(cell, q, t, n, j, sum, kept[1], kept);
      kept[1] = e.h;
      store_step(q, t, n, j, e);
    }
  }
}

template <int GATES, class Cell>
PIECE void forward_2d(
    float *shared, const float *weight, const Cell &cell, const sequence &q, const int share,
    const int tiles, meeting m) {
  if (!all_there(&m)) {
    return;
  }
  portion p =
      make_portion(shared, 1, GATES, CLUSTER * share, GATES, share, tiles, q.hidden, 1);
  load_rows<GATES>(p.s, weight + p.from, q.hidden);
  const long long plane = (long long)q.rows * q.hidden;
  const int begin = q.reverse ? q.steps - 1 - q.first : q.first;
  const float *initial = q.h_seq + slot_before(begin, q.reverse) * plane;
  for (int i = (int)threadIdx.x; i < share * q.rows; i += (int)blockDim.x) {
    const int n = i / share;
    const int j = p.unit + i % share;
    const bool exists = j < q.hidden;
    p.kept[2 * i] = exists ? cell.load(begin, n, j) : 0.0f;
    p.kept[2 * i + 1] = exists ? initial[(long long)n * q.hidden + j] : 0.0f;
  }
  for (int k = q.first; k < q.first + q.count; k++) {
    if (k > q.first && !clusters_met(&m, p.verdict)) {
      return;
    }
    const int t = q.reverse ? q.steps - 1 - k : k;
    const float *h = q.h_seq + slot_before(t, q.reverse) * plane;
    for (int row = 0; row < q.rows; row += p.rows) {
      multiply_run<GATES, true>(p, 1, h, 0, q.hidden, row, q.rows);
      finish_own<GATES>(p, cell, q, t, row);
      p.turn++;
    }
  }
}

template <int GATES, class Cell>
PIECE void backward_2d(
    float *shared, const float *weight, const Cell &cell, const reverse_sequence &q,
    const int share, const int tiles, meeting m) {
  if (!all_there(&m)) {
    return;
  }
  portion p = make_portion(
      shared, GATES, BACK_COLUMNS, CLUSTER * share / BACK_COLUMNS, 1, share, tiles, q.hidden,
      GATES);
  load_columns<GATES>(p.s, weight + (long long)p.from * q.hidden, q.hidden);
  move_gradients(p.kept, p.unit, share, q, true);
  __syncthreads();
  const long long width = (long long)GATES * q.hidden;
  for (int k = q.last; k > q.last - q.count; k--) {
    const int t = q.reverse ? q.steps - 1 - k : k;
    for (int i = (int)threadIdx.x; i < share * q.rows; i += (int)blockDim.x) {
      if (p.unit + i % share < q.hidden) {
        gradient_step(cell, q, t, i / share, p.unit + i % share, p.kept + 2 * i);
      }
    }
    if (!clusters_met(&m, p.verdict)) {
      return;
    }
    const float *step = q.recurrent + t * q.rows * width;
    for (int row = 0; row < q.rows; row += p.rows) {
      multiply_run<BACK_COLUMNS, false>(p, GATES, step, q.hidden, width, row, q.rows);
      const int count = share * min(p.rows, q.rows - row);
      for (int i = (int)threadIdx.x; i < count; i += (int)blockDim.x) {
        p.kept[2 * (row * share + i)] += p.gathered(0, i / share, i % share);
      }
      p.turn++;
    }
    __syncthreads();  // gradients of a unit are another thread's in the next step
  }
  move_gradients(p.kept, p.unit, share, q, false);
}
