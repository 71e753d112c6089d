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

// end(row of the chunk, n, own unit, j, sums) for all rows and own units of a chunk: a thread each.
template <int GATES, class End>
PIECE void each_total(
    const slab &s, const sequence &q, const int first_row, const End &end) {
  for (int p = (int)threadIdx.x; p < TILE * s.items; p += (int)blockDim.x) {
    const int item = p % s.items;
    const int unit = item % s.groups;
    const int row = item / s.groups + p / s.items * s.tiles;
    if (first_row + row >= q.rows || s.unit + unit >= q.hidden) {
      continue;
    }
    float sum[GATES];
#pragma unroll
    for (int gate = 0; gate < GATES; gate++) {
      sum[gate] = total(s, gate, item, p / s.items);
    }
    end(row, first_row + row, unit, s.unit + unit, sum);
  }
}

// Ends the step of the rows of a chunk: a thread per row and unit, whose new h all peers are given.
template <int GATES, class Cell, class Peers>
PIECE void finish_rows(
    const slab &s, const Cell &cell, const sequence &q, const Peers &peers, const int t,
    const int first_row) {
  each_total<GATES>(
      s, q, first_row,
      [&](const int row, const int n, const int unit, const int j, const float *sum) {
        const float h_before = s.operand[row * s.stride + j];
        float *kept = s.kept + (n - s.row) * s.groups + unit;
        const ending e = end_step(cell, q, t, n, j, sum, h_before, kept);
        peers.give(0, row, j, e.h);
        store_step(q, t, n, j, e);
      });
}
