// persistent_cluster.h: the loops of persistent_forward.h and persistent_backward.h inside one
// cluster of blocks per shard of TILE * tiles rows. What all blocks need of a step they write into
// each other's shared memory, two buffers in turns, and meet once a step: who writes to a buffer
// again has met all who read it. No two clusters need to be live at the same time.

// As __cluster_dims__ of the kernels; every card of compute capability 9.0 has room for it.
#define CLUSTER 8

// Where every block of the cluster has the rows of a step: slices of `slice` words.
struct cluster_peers {
  float *operand;
  int slice, stride;

  PIECE_MEMBER void give(const int at, const int row, const int j, const float v) const {
    float *place = operand + at * slice + row * stride + j;
#pragma unroll
    for (unsigned peer = 0; peer < CLUSTER; peer++) {
      put_at_peer(v, place, peer);
    }
  }
};

// The units and rows of this block; both buffers are zeros.
PIECE void begin_shard(slab *s, const int share, const int words) {
  s->unit = (int)cluster_rank() * share;
  s->row = (int)blockIdx.x / CLUSTER * TILE * s->tiles;
  for (int i = (int)threadIdx.x; i < words; i += (int)blockDim.x) {
    s->operand[i] = 0.0f;
  }
  __syncthreads();
}

template <int GATES, class Cell>
PIECE void cluster_forward(
    float *shared, const float *weight, const Cell &cell, const sequence &q, const int share,
    const int tiles) {
  slab s = make_slab(shared, 1, GATES, share, tiles, q.hidden, 2);
  const int words = TILE * tiles * s.stride;
  begin_shard(&s, share, 2 * words);
  load_rows<GATES>(s, weight, q.hidden);
  const long long plane = (long long)q.rows * q.hidden;
  const int begin = q.reverse ? q.steps - 1 - q.first : q.first;
  load_kept(s, cell, q, begin, TILE * tiles);
  const float *h = q.h_seq + slot_before(begin, q.reverse) * plane;
  load_operand(s, h, q.hidden, s.row, q.rows);
  cluster_barrier();  // nobody writes to a block that has not begun
  float *next = s.operand + words;
  for (int k = q.first; k < q.first + q.count; k++) {
    const int t = q.reverse ? q.steps - 1 - k : k;
    four sum[GATES];
    clear(sum);
    accumulate(s, 0, sum);
    store_sums(s, sum);
    __syncthreads();
    finish_rows<GATES>(s, cell, q, cluster_peers{next, words, s.stride}, t, s.row);
    cluster_barrier();
    float *const before = s.operand;
    s.operand = next;
    next = before;
  }
}

template <int GATES, class Cell>
PIECE void cluster_backward(
    float *shared, const float *weight, const Cell &cell, const reverse_sequence &q,
    const int share, const int tiles) {
  slab s = make_slab(
      shared, GATES, BACK_COLUMNS, share / BACK_COLUMNS, tiles, q.hidden, 2 * GATES);
  const int words = TILE * tiles * s.stride;
  begin_shard(&s, share, 2 * GATES * words);
  const int end = min(q.rows, s.row + TILE * tiles);
  load_columns<GATES>(s, weight, q.hidden);
  reverse_sequence shard = q;
  shard.rows = end - s.row;
  shard.dh += (long long)s.row * q.hidden;
  shard.dc = q.dc != nullptr ? q.dc + (long long)s.row * q.hidden : nullptr;
  move_gradients(s.kept, s.unit, share, shard, true);
  cluster_barrier();  // nobody writes to a block that has not begun
  float *now = s.operand;
  float *next = now + GATES * words;
  for (int k = q.last; k > q.last - q.count; k--) {
    const int t = q.reverse ? q.steps - 1 - k : k;
    gate_gradients<GATES>(s, cell, q, cluster_peers{now, words, s.stride}, t, end);
    cluster_barrier();
    four sum[BACK_COLUMNS];
    clear(sum);
    for (int gate = 0; gate < GATES; gate++) {
      s.operand = now + gate * words;
      accumulate(s, gate, sum);
    }
    add_totals(s, q, sum, s.row);
    float *const before = now;
    now = next;
    next = before;
  }
  move_gradients(s.kept, s.unit, share, shard, false);
}
