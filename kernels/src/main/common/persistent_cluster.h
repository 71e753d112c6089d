// persistent_cluster.h: the loops of persistent_forward.h and persistent_backward.h inside one
// cluster of blocks per shard of TILE * tiles rows. What all blocks need of a step they write into
// each other's shared memory, see cluster_meeting.h. No two clusters need to be live at the same time.

// What blocks give each other in a step: rows of `stride` words in slices of `slice`, in two buffers
// of `size` in turns. Who fills a buffer again has got, since it was read, what all its readers
// gave after that.
struct exchange {
  cluster_meeting meeting;
  float *buffers;
  int size, slice, stride;
  int bytes, own;  // that a block gets in a step, and gives to each
  unsigned peers;
  int step;

  PIECE_MEMBER float *filled() const { return buffers + (step & 1) * size; }
  PIECE_MEMBER float *other() const { return buffers + (~step & 1) * size; }
  PIECE_MEMBER void begin() const { expect_step(meeting, step, bytes); }
  PIECE_MEMBER void give(const int at, const int row, const int j, const float v) const {
    give_peers(meeting, step, filled() + at * slice + row * stride + j, v, peers);
  }
  PIECE_MEMBER bool end() { return step_has_come(meeting, step++); }
  PIECE_MEMBER void leave() const { leave_cluster(meeting, peers, step, bytes, own); }
};

// What other clusters want of a step or give to it: nothing, see cluster_roles.h.
struct no_other_cluster {
  PIECE_MEMBER void add(const int) const {}
  PIECE_MEMBER no_other_cluster of_step(const int) const { return *this; }
  PIECE_MEMBER void give(const int, const int, const int, const float) const {}
};

// Who gets what a step gives: the peers, and other clusters.
template <class Step>
struct receivers {
  const exchange &peers;
  Step others;

  PIECE_MEMBER void give(const int at, const int row, const int j, const float v) const {
    peers.give(at, row, j, v);
    others.give(at, row, j, v);
  }
};

template <class Others>
PIECE auto receivers_of(const exchange &e, const Others &others, const int k) {
  return receivers<decltype(others.of_step(k))>{e, others.of_step(k)};
}

// The units and rows of this block, number `block` of those with the same weights; `slices` of what is
// exchanged, as zeros.
PIECE exchange begin_shard(
    slab *s, const cluster_meeting &m, const int share, const int slices, const int rows,
    const int block) {
  s->unit = (int)cluster_rank() * share;
  s->row = block / (int)cluster_blocks() * TILE * s->tiles;
  const int slice = TILE * s->tiles * s->stride;
  for (int i = (int)threadIdx.x; i < 2 * slices * slice; i += (int)blockDim.x) {
    s->operand[i] = 0.0f;
  }
  begin_words(m);
  __syncthreads();
  const int unit = 4 * slices * min(rows - s->row, TILE * s->tiles);
  return exchange{
      m, s->operand, slices * slice, slice, s->stride, unit * s->depth,
      unit * max(0, min(share, s->depth - s->unit)), blocks_with_units(share, s->depth), 0};
}

// The steps, of a block that has its weights. `others` add what the input gives to a step, if that is
// not there yet, while h of the step before is still on its way.
template <int GATES, class Cell, class Others>
PIECE void cluster_forward_steps(
    slab s, exchange e, const Cell &cell, const sequence &q, const Others &others) {
  const long long plane = (long long)q.rows * q.hidden;
  const int begin = q.reverse ? q.steps - 1 - q.first : q.first;
  load_kept(s, cell, q, begin, TILE * s.tiles);
  s.operand = e.other();
  load_operand(s, q.h_seq + slot_before(begin, q.reverse) * plane, q.hidden, s.row, q.rows);
  others.add(q.first);
  cluster_barrier();  // nobody writes to a block that has not begun
  const int end = q.first + (takes_part(e.meeting, s.unit, q.hidden) ? q.count : 0);
  for (int k = q.first; k < end; k++) {
    const int t = q.reverse ? q.steps - 1 - k : k;
    e.begin();
    four sum[GATES];
    clear(sum);
    s.operand = e.other();
    accumulate(s, 0, sum);
    store_sums(s, sum);
    __syncthreads();
    finish_rows<GATES>(s, cell, q, receivers_of(e, others, k), t, s.row);
    if (k + 1 < end) {
      others.add(k + 1);
    }
    if (!e.end()) {
      break;
    }
  }
  e.leave();
}

template <int GATES, class Cell>
PIECE void cluster_forward(
    float *shared, const float *weight, const Cell &cell, const sequence &q, const int share,
    const int tiles, const cluster_meeting &m) {
  if (!has_all_units(m, share, q.hidden)) {
    return;
  }
  slab s = make_slab(shared, 1, GATES, share, tiles, q.hidden, 2);
  const exchange e = begin_shard(&s, m, share, 1, q.rows, (int)blockIdx.x);
  load_rows<GATES>(s, weight, q.hidden);
  cluster_forward_steps<GATES>(s, e, cell, q, no_other_cluster{});
}

// The same in reverse time; `others` make dy of a step.
template <int GATES, class Cell, class Others>
PIECE void cluster_backward_steps(
    slab s, exchange e, const Cell &cell, const reverse_sequence &q, const int share,
    const Others &others) {
  const int end = min(q.rows, s.row + TILE * s.tiles);
  const reverse_sequence shard = rows_from(q, s.row, end - s.row);
  move_gradients(s.kept, s.unit, share, shard, true);
  others.add(q.last);
  cluster_barrier();  // nobody writes to a block that has not begun
  const int before = q.last - (takes_part(e.meeting, s.unit, q.hidden) ? q.count : 0);
  for (int k = q.last; k > before; k--) {
    const int t = q.reverse ? q.steps - 1 - k : k;
    e.begin();
    gate_gradients<GATES>(s, cell, q, receivers_of(e, others, k), t, end);
    if (k - 1 > before) {
      others.add(k - 1);
    }
    if (!e.end()) {
      break;
    }
    four sum[BACK_COLUMNS];
    clear(sum);
    for (int gate = 0; gate < GATES; gate++) {
      s.operand = e.other() + gate * e.slice;
      accumulate(s, gate, sum);
    }
    add_totals(s, q, sum, s.row);
  }
  move_gradients(s.kept, s.unit, share, shard, false);
  e.leave();
}

template <int GATES, class Cell>
PIECE void cluster_backward(
    float *shared, const float *weight, const Cell &cell, const reverse_sequence &q,
    const int share, const int tiles, const cluster_meeting &m) {
  if (!has_all_units(m, share, q.hidden)) {
    return;
  }
  slab s = make_slab(
      shared, GATES, BACK_COLUMNS, share / BACK_COLUMNS, tiles, q.hidden, 2 * GATES);
  const exchange e = begin_shard(&s, m, share, GATES, q.rows, (int)blockIdx.x);
  load_columns<GATES>(s, weight, q.hidden);
  cluster_backward_steps<GATES>(s, e, cell, q, share, no_other_cluster{});
}
