// persistent_forward.h: the loop over time of a cell whose recurrent weights stay on the chip. Every
// block owns `groups` units with all their gates; h of each step is written once and read by all
// after a barrier of the grid. Needs persistent_sequence.h.

// weight [GATES*H, H] = R, from the column on where the depth begins: rows of the own units.
template <int GATES>
PIECE void load_rows(const slab &s, const float *weight, const int hidden) {
  for (int row = 0; row < GATES * s.groups; row++) {
    const int gate = row / s.groups;
    const int unit = s.unit + row % s.groups;
    for (int k = (int)threadIdx.x; k < 4 * s.quads; k += (int)blockDim.x) {
      *weight_at(s, GATES, 0, k, gate, row % s.groups) =
          unit < hidden && k < s.depth
              ? weight[((long long)gate * hidden + unit) * hidden + k]
              : 0.0f;
    }
  }
}

// What the cell keeps of the own units and of so many rows, before step `begin`.
template <class Cell>
PIECE void load_kept(
    const slab &s, const Cell &cell, const sequence &q, const int begin, const int rows) {
  for (int i = (int)threadIdx.x; i < s.groups * rows; i += (int)blockDim.x) {
    const int n = s.row + i / s.groups;
    const int j = s.unit + i % s.groups;
    s.kept[i] = n < q.rows && j < q.hidden ? cell.load(begin, n, j) : 0.0f;
  }
}

// Where blocks meet in memory, nobody is given anything beside it.
struct no_peers {
  PIECE_MEMBER void give(const int, const int, const int, const float) const {}
};

// Ends the step of the rows of a chunk: a thread per row and unit, whose new h all peers are given.
template <int GATES, class Cell, class Peers>
PIECE void finish_rows(
    const slab &s, const Cell &cell, const sequence &q, const Peers &peers, const int t,
    const int first_row) {
  for (int p = (int)threadIdx.x; p < TILE * s.items; p += (int)blockDim.x) {
    const int item = p % s.items;
    const int row = item / s.groups + p / s.items * s.tiles;
    const int n = first_row + row;
    const int j = s.unit + item % s.groups;
    if (n >= q.rows || j >= q.hidden) {
      continue;
    }
    const float h_before = s.operand[row * s.stride + j];
    float sum[GATES];
#pragma unroll
    for (int gate = 0; gate < GATES; gate++) {
      sum[gate] = total(s, gate, item, p / s.items);
    }
    float *kept = s.kept + (n - s.row) * s.groups + item % s.groups;
    const ending e = end_step(cell, q, t, n, j, sum, h_before, kept);
    peers.give(0, row, j, e.h);
    store_step(q, t, n, j, e);
  }
}

template <int GATES, class Cell>
PIECE void persistent_forward(
    float *shared, const float *weight, const Cell &cell, const sequence &q, const int share,
    const int tiles, meeting m) {
  if (!all_there(&m)) {
    return;
  }
  slab s = make_slab(shared, 1, GATES, share, tiles, q.hidden, 1);
  s.unit = (int)blockIdx.x * share;
  const long long plane = (long long)q.rows * q.hidden;
  load_rows<GATES>(s, weight, q.hidden);
  const int begin = q.reverse ? q.steps - 1 - q.first : q.first;
  load_kept(s, cell, q, begin, q.rows);
  for (int k = q.first; k < q.first + q.count; k++) {
    if (k > q.first && !all_met(&m)) {
      return;
    }
    const int t = q.reverse ? q.steps - 1 - k : k;
    const float *h = q.h_seq + slot_before(t, q.reverse) * plane;
    for (int row = 0; row < q.rows; row += TILE * tiles) {
      four sum[GATES];
      clear(sum);
      load_operand(s, h, q.hidden, row, q.rows);
      __syncthreads();
      accumulate(s, 0, sum);
      store_sums(s, sum);
      __syncthreads();
      finish_rows<GATES>(s, cell, q, no_peers{}, t, row);
      __syncthreads();  // nobody overwrites rows and sums that somebody still reads
    }
  }
}
