// persistent_backward.h: back-propagation through time of a cell whose recurrent weights stay on the
// chip. Every block owns the columns of R of some units and keeps their dh (and dc) in shared
// memory; the gate gradients of each step are written once, as the products over all steps need
// them, and read by all after a barrier of the grid. A cell has
//   step(t, n, j, d, kept)  gate gradients of a valid step from dL/dh; returns what of dh goes to
//                           the step before without R
//   pad(t, n, j, kept)      writes gate gradients of 0

#define BACK_COLUMNS 4  // units of a group

struct reverse_sequence {
  const float *recurrent;  // gate gradients that R is multiplied by [T,N,GATES*H]
  const float *dy;
  long long dy_step, dy_row;
  float *dh;  // [N,H]
  float *dc;  // [N,H], or null
  const int *marks;
  int has_dy, masking, reverse, last, count, steps, rows, hidden;
};

// weight [GATES*H, H] = R: columns of the own units, a slice per gate.
template <int GATES>
PIECE void load_columns(const slab &s, const float *weight, const int hidden) {
  const int own = BACK_COLUMNS * s.groups;
  for (int i = (int)threadIdx.x; i < GATES * 4 * s.quads * own; i += (int)blockDim.x) {
    const int u = i % own;
    const int k = i / own % (4 * s.quads);
    const int gate = i / own / (4 * s.quads);
    *weight_at(s, BACK_COLUMNS, gate, k, u % BACK_COLUMNS, u / BACK_COLUMNS) =
        s.unit + u < hidden && k < hidden
            ? weight[((long long)gate * hidden + k) * hidden + s.unit + u]
            : 0.0f;
  }
}

// Between memory and the chip: dh of the own units, then dc.
PIECE void move_gradients(const slab &s, const reverse_sequence &q, const bool load) {
  const int own = BACK_COLUMNS * s.groups;
  for (int i = (int)threadIdx.x; i < own * q.rows; i += (int)blockDim.x) {
    const int j = s.unit + i % own;
    const long long at = (long long)(i / own) * q.hidden + j;
    float *kept = s.kept + 2 * i;
    if (j < q.hidden && load) {
      kept[0] = q.dh[at];
      kept[1] = q.dc != nullptr ? q.dc[at] : 0.0f;
    } else if (j < q.hidden) {
      q.dh[at] = kept[0];
      if (q.dc != nullptr) {
        q.dc[at] = kept[1];
      }
    }
  }
}

// Gate gradients of the own units: a thread per row and unit.
template <class Cell>
PIECE void gate_gradients(
    const slab &s, const Cell &cell, const reverse_sequence &q, const int t) {
  const int own = BACK_COLUMNS * s.groups;
  for (int i = (int)threadIdx.x; i < own * q.rows; i += (int)blockDim.x) {
    const int n = i / own;
    const int j = s.unit + i % own;
    if (j >= q.hidden) {
      continue;
    }
    const int mark = q.marks[(long long)t * q.rows + n];
    float *kept = s.kept + 2 * i;
    float d = kept[0];
    if (q.has_dy && (mark > 0 || repeats_output(q.masking, q.reverse, mark))) {
      d += q.dy[t * q.dy_step + n * q.dy_row + j];
    }
    if (mark > 0) {
      kept[0] = cell.step(t, n, j, d, kept + 1);
    } else {
      kept[0] = padded_state(q.masking, d);
      kept[1] = padded_state(q.masking, kept[1]);
      cell.pad(t, n, j);
    }
  }
}

// dh of the own units += gate gradients of the step times R, for the rows of a chunk.
template <int GATES>
PIECE void add_recurrent(
    const slab &s, const reverse_sequence &q, const int t, const int first_row) {
  const long long width = (long long)GATES * q.hidden;
  const float *step = q.recurrent + t * q.rows * width;
  four sum[BACK_COLUMNS];
  clear(sum);
  for (int gate = 0; gate < GATES; gate++) {
    load_operand(s, step + (long long)gate * q.hidden, width, first_row, q.rows);
    __syncthreads();
    accumulate(s, gate, sum);
    __syncthreads();
  }
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
      s.kept[2 * (n * BACK_COLUMNS * s.groups + u)] += total(s, column, item, r);
    }
  }
  __syncthreads();  // nobody overwrites sums that somebody still reads
}

template <int GATES, class Cell>
PIECE void persistent_backward(
    float *shared, const float *weight, const Cell &cell, const reverse_sequence &q,
    const int share, const int tiles, meeting m) {
  slab s = make_slab(shared, GATES, BACK_COLUMNS, share / BACK_COLUMNS, tiles, q.hidden);
  s.unit = (int)blockIdx.x * share;
  load_columns<GATES>(s, weight, q.hidden);
  move_gradients(s, q, true);
  if (!all_met(&m)) {  // nobody writes before all have come
    return;
  }
  for (int k = q.last; k > q.last - q.count; k--) {
    const int t = q.reverse ? q.steps - 1 - k : k;
    gate_gradients(s, cell, q, t);
    if (!all_met(&m)) {
      return;
    }
    for (int row = 0; row < q.rows; row += TILE * tiles) {
      add_recurrent<GATES>(s, q, t, row);
    }
  }
  move_gradients(s, q, false);
}
