// cluster_tensor.h: the loops of mail_forward.h and mail_backward.h on tensor cores inside one cluster of
// blocks per shard of ROW_TILE * tiles rows. The mailbox lies in the shared memory of each block, has
// two planes in turns, and whoever publishes writes to all of them; a step begins when its plane has
// come, see cluster_meeting.h. Needs tensor_product.h and cluster_meeting.h.
#define MOST_WARPS 8

// A panel whose rows begin at `row` of the batch and whose first plane is that of step `start`. Shared
// memory holds between what is kept and the fragments the planes [2][rows][row_words]: an odd number of
// chunks to a row, so that neighbouring rows lie in different banks.
struct shard_panel : panel {
  cluster_meeting meeting;
  unsigned peers;
  int row, batch, start;
};

PIECE void move_own_gradients(
    const shard_panel &p, const reverse_sequence &q, const bool load) {
  move_gradients(p.kept, p.unit, p.share, rows_from(q, p.row, p.rows), load);
}

// tiles: of rows of a shard; rows: of the batch; block: which one of those with the same weights; otherwise
// see make_panel
template <int CHUNKS, int TILES>
PIECE shard_panel make_shard(
    float *shared, unsigned *scratch, const cluster_meeting &m, const int format,
    const int columns, const int gates, const int share, const int tiles, const int rows,
    const int hidden, const int start, const int block) {
  const int row = block / (int)cluster_blocks() * ROW_TILE * tiles;
  const int all = up_to(columns, COLUMN_TILE) / COLUMN_TILE;
  const int groups = min(up_to(all, TILES) / TILES, MOST_WARPS);
  const panel_form form = {share, format, CHUNKS, 0, nullptr};
  shard_panel p;
  (panel &)p = make_panel<TILES>(
      shared, scratch, shared, columns, gates, form, min(rows - row, ROW_TILE * tiles), hidden,
      MEETING_SLOTS, groups);
  p.meeting = m;
  p.peers = blocks_with_units(share, hidden);
  p.unit = (int)cluster_rank() * share;
  p.row = row;
  p.batch = rows;
  p.start = start;
  p.row_words = CHUNK_WORDS * (p.chunks | 1);
  p.mail = (unsigned *)p.fragments;
  p.fragments = (quad *)(p.mail + 2 * p.rows * p.row_words);
  return p;
}

PIECE unsigned *mail_row(const shard_panel &p, const int step, const int n) {
  return p.mail + (((step - p.start) & 1) * p.rows + n) * p.row_words;
}

PIECE void publish(const shard_panel &p, unsigned *row, const int at, const float x) {
  const float word = __uint_as_float(mail_word(p, x));
  if (row != nullptr && at % p.pack == 0) {
    const int plane = row < p.mail + p.rows * p.row_words ? 0 : 1;
    give_peers(p.meeting, plane, (float *)row + at / p.pack, word, p.peers);
  }
}

// How far a loop has come: planes that were waited for, and the bytes of each.
struct planes {
  cluster_meeting meeting;
  int come, bytes;
  bool gave_up;
};

// Of a plane, of `gates` as above, those for so many units that begin at one.
PIECE int plane_bytes(const shard_panel &p, const int gates, const int unit, const int units) {
  return 4 * gates * p.rows * (max(0, min(p.padded - unit, units)) / p.pack);
}

// Zeros everywhere in the mailbox, and nobody writes to a block that has not begun.
PIECE planes begin_planes(const shard_panel &p, const int gates) {
  for (int i = (int)threadIdx.x; i < 2 * p.rows * p.row_words; i += (int)blockDim.x) {
    p.mail[i] = 0u;
  }
  begin_words(p.meeting);
  __syncthreads();
  const planes all = {p.meeting, 0, plane_bytes(p, gates, 0, (int)p.peers * p.share), false};
  expect_step(all.meeting, 0, all.bytes);
  cluster_barrier();
  return all;
}

// Waits for the next plane; then the one after it is expected.
PIECE bool all_met(planes *m) {
  m->gave_up = !step_has_come(m->meeting, m->come);
  if (!m->gave_up) {
    m->come++;
    expect_step(m->meeting, m->come, m->bytes);
  }
  return !m->gave_up;
}

// Nobody leaves while a peer may write to it. So many planes are given, of which the last may be on its way.
PIECE void end_planes(const shard_panel &p, const planes &all, const int gates, const int given) {
  leave_cluster(
      p.meeting, p.peers, given, all.bytes, plane_bytes(p, gates, p.unit, p.share));
}

// The same planes for a loop that takes how it meets by value; a cluster has one loop.
struct planes_of {
  planes *all;
};

PIECE bool all_met(planes_of *m) { return all_met(m->all); }
PIECE bool begin_turn(const int, planes_of *) { return true; }
PIECE bool end_turn(const int, planes_of *) { return true; }

PIECE bool is_multiplied(const shard_panel &p, const int k) { return k < p.mine; }

// They are all there.
PIECE bool load_chunks(
    const shard_panel &p, const int step, const int row, const int k, quad (&low)[AT_ONCE],
    quad (&high)[AT_ONCE], const planes_of &, const bool) {
  const int lane = (int)threadIdx.x % LANES;
  const int n = row + lane / 4;
  const int chunk = first_chunk(p) + k;
  const quad *from = (const quad *)mail_row(p, step, n) + 4 * chunk + lane % 4;
  const int beyond = 2 * p.row_words;  // quads of 8 rows
#pragma unroll
  for (int i = 0; i < AT_ONCE; i++) {
    const bool exists = k + i < p.mine && chunk + i < p.chunks;
    low[i] = exists && n < p.rows ? from[4 * i] : quad{0u, 0u, 0u, 0u};
    high[i] = exists && n + 8 < p.rows ? from[4 * i + beyond] : quad{0u, 0u, 0u, 0u};
  }
  return true;
}

template <int CHUNKS, int TILES>
PIECE bool products_of_step(
    const shard_panel &p, const quad (&own)[CHUNKS][TILES], float *part, const int step,
    const int row, const planes_of &m) {
  multiply(p, own, part, step, row, m);
  __syncthreads();
  return true;
}

template <int GATES, int CHUNKS, int TILES, class Cell>
PIECE void cluster_tensor_forward(
    float *shared, unsigned *scratch, const float *weight, const Cell &cell, const sequence &q,
    const int share, const int tiles, const int format, const cluster_meeting &m) {
  if (!has_all_units(m, share, q.hidden)) {
    return;
  }
  const shard_panel p = make_shard<CHUNKS, TILES>(
      shared, scratch, m, format, GATES * share, 1, share, tiles, q.rows, q.hidden, q.first,
      (int)blockIdx.x);
  quad own[CHUNKS][TILES] = {};
  load_fragments(p, own_rows<GATES>{weight, share, p.unit, q.hidden}, own);
  planes all = begin_planes(p, 1);
  if (takes_part(m, p.unit, q.hidden)) {
    mail_forward<GATES>(p, own, cell, q, no_input{}, planes_of{&all});
  }
  end_planes(p, all, 1, all.come + 1);  // the last plane is read by nobody
}

template <int GATES, int CHUNKS, int TILES, class Cell>
PIECE void cluster_tensor_backward(
    float *shared, unsigned *scratch, const float *weight, const Cell &cell,
    const reverse_sequence &q, const int share, const int tiles, const int format,
    const cluster_meeting &m) {
  if (!has_all_units(m, share, q.hidden)) {
    return;
  }
  const shard_panel p = make_shard<CHUNKS, TILES>(
      shared, scratch, m, format, share, GATES, share, tiles, q.rows, q.hidden, q.last,
      (int)blockIdx.x);
  quad own[CHUNKS][TILES] = {};
  load_fragments(p, own_columns{weight, share, p.unit, q.hidden, p.padded}, own);
  planes all = begin_planes(p, GATES);
  if (takes_part(m, p.unit, q.hidden)) {
    mail_backward<GATES>(p, own, cell, q, no_input{}, planes_of{&all});
  }
  end_planes(p, all, GATES, all.come + all.gave_up);
}
