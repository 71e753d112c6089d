// persistent_backward.h: back-propagation through time of a cell whose recurrent weights stay on the
// chip. Every block owns the columns of R of some units and keeps their dh (and dc) in shared
// memory; the gate gradients of each step are written once, as the products over all steps need
// them, and read by all after a barrier of the grid. Needs persistent_sequence.h.

#define BACK_COLUMNS 4  // units of a group

// weight [GATES*H, H] = R, from the row on where the depth begins: columns of the own units, a slice
// per gate.
template <int GATES>
PIECE void load_columns(const slab &s, const float *weight, const int hidden) {
  const int own = BACK_COLUMNS * s.groups;
  for (int i = (int)threadIdx.x; i < GATES * 4 * s.quads * own; i += (int)blockDim.x) {
    const int u = i % own;
    const int k = i / own % (4 * s.quads);
    const int gate = i / own / (4 * s.quads);
    *weight_at(s, BACK_COLUMNS, gate, k, u % BACK_COLUMNS, u / BACK_COLUMNS) =
        s.unit + u < hidden && k < s.depth
            ? weight[((long long)gate * hidden + k) * hidden + s.unit + u]
            : 0.0f;
  }
}

// Gate gradients of the own units: a thread per row (s.row ... end-1) and unit, which all peers are
// given.
template <int GATES, class Cell, class Peers>
PIECE void gate_gradients(
    const slab &s, const Cell &cell, const reverse_sequence &q, const Peers &peers, const int t,
    const int end) {
  const int own = BACK_COLUMNS * s.groups;
  for (int i = (int)threadIdx.x; i < own * (end - s.row); i += (int)blockDim.x) {
    const int n = s.row + i / own;
    const int j = s.unit + i % own;
    if (j >= q.hidden) {
      continue;
    }
    gradient_step(cell, q, t, n, j, s.kept + 2 * i);
    const float *d_gates = q.recurrent + ((long long)t * q.rows + n) * GATES * q.hidden + j;
    for (int gate = 0; gate < GATES; gate++) {
      peers.give(gate, n - s.row, j, d_gates[(long long)gate * q.hidden]);
    }
  }
}

// end(n, own unit, sum) for what the threads have summed up for the rows of a chunk.
template <class End>
PIECE void each_column_total(
    const slab &s, const reverse_sequence &q, const four (&sum)[BACK_COLUMNS],
    const int first_row, const End &end) {
  store_sums(s, sum);
  __syncthreads();
  const int pairs = BACK_COLUMNS * TILE * s.items;
  for (int p = (int)threadIdx.x; p < pairs; p += (int)blockDim.x) {
    const int column = p % BACK_COLUMNS;
    const int item = p / BACK_COLUMNS % s.items;
    const int r = p / BACK_COLUMNS / s.items;
    const int n = first_row + item / s.groups + r * s.tiles;
    const int u = item % s.groups * BACK_COLUMNS + column;
    if (n < q.rows && s.unit + u < q.hidden) {
      end(n, u, total(s, column, item, r));
    }
  }
  __syncthreads();  // nobody overwrites sums that somebody still reads
}

// dh of the own units += what the threads have summed up for the rows of a chunk.
PIECE void add_totals(
    const slab &s, const reverse_sequence &q, const four (&sum)[BACK_COLUMNS],
    const int first_row) {
  each_column_total(s, q, sum, first_row, [&](const int n, const int u, const float total) {
    s.kept[2 * ((n - s.row) * BACK_COLUMNS * s.groups + u)] += total;
  });
}
