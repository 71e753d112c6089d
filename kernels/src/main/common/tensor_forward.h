// tensor_forward.h: the loop over time of a cell whose recurrent weights stay on the chip, on tensor
// cores. Every block owns `share` units (an even number) with all their gates, column unit * GATES +
// gate; h of each step goes to all through a mailbox. With MEETING_SLOTS planes of it the grid meets
// before each step; with more, which hold NOT_YET, it meets once, and who needs a word polls for it.
// Needs tensor_product.h and persistent_sequence.h.
#define MEETING_SLOTS 2

// weight [GATES*H, H] = R: rows of the own units.
template <int GATES>
struct own_rows {
  const float *weight;
  int share, unit, hidden;

  PIECE_MEMBER float at(const int column, const int k) const {
    const int j = unit + column / GATES;
    return column < GATES * share && j < hidden && k < hidden
               ? weight[((long long)(column % GATES) * hidden + j) * hidden + k]
               : 0.0f;
  }
};

// What is on the chip before the first step, and h of the own units for all.
template <class Cell>
PIECE void begin_units(const panel &p, const Cell &cell, const sequence &q) {
  const int t = q.reverse ? q.steps - 1 - q.first : q.first;
  const float *h = q.h_seq + slot_before(t, q.reverse) * (long long)q.rows * q.hidden;
#pragma unroll 1
  for (int i = (int)threadIdx.x; i < up_to(q.rows, ROW_TILE) * p.share; i += (int)blockDim.x) {
    const int n = i / p.share;
    const int j = p.unit + i % p.share;
    float before = 0.0f;
    if (n < q.rows && j < q.hidden) {
      before = h[(long long)n * q.hidden + j];
      p.kept[2 * i] = cell.load(t, n, j);
      p.kept[2 * i + 1] = before;
    }
    publish(p, n < q.rows && j < p.padded ? mail_row(p, q.first, n) : nullptr, j, before);
  }
}

// Ends step k of a tile of rows: a thread per row and unit.
template <int GATES, class Cell>
PIECE void finish_tile(
    const panel &p, const Cell &cell, const sequence &q, const float *part, const int k,
    const int row) {
  const int t = q.reverse ? q.steps - 1 - k : k;
#pragma unroll 1
  for (int i = (int)threadIdx.x; i < ROW_TILE * p.share; i += (int)blockDim.x) {
    const int r = i / p.share;
    const int u = i % p.share;
    const int n = row + r;
    const int j = p.unit + u;
    const bool exists = n < q.rows && j < q.hidden;
    ending e = {0.0f, 0.0f};
    if (exists) {
      float sum[GATES];
#pragma unroll
      for (int gate = 0; gate < GATES; gate++) {
        sum[gate] = column_sum(p, part, r, u * GATES + gate);
      }
      float *kept = p.kept + 2 * (n * p.share + u);
      e = end_step(cell, q, t, n, j, sum, kept[1], kept);
      kept[1] = e.h;
    }
    publish(p, n < q.rows && j < p.padded ? mail_row(p, k + 1, n) : nullptr, j, e.h);
    if (exists) {
      store_step(q, t, n, j, e);
    }
  }
}

template <int GATES, int CHUNKS, int TILES, class Cell>
PIECE void tensor_forward(
    float *shared, unsigned *scratch, const float *weight, const Cell &cell, const sequence &q,
    const int share, const int format, float *mail, const int slots, meeting m) {
  if (!all_there(&m)) {
    return;
  }
  const panel p = make_panel<CHUNKS, TILES>(
      shared, scratch, mail, format, GATES * share, 1, share, q.rows, q.hidden, slots);
  quad own[CHUNKS][TILES] = {};
  load_fragments(p, own_rows<GATES>{weight, share, p.unit, q.hidden}, own);
  begin_units(p, cell, q);
  float *part = p.part;
#pragma unroll 1
  for (int k = q.first; k < q.first + q.count; k++) {
    if (slots == MEETING_SLOTS && !all_met(&m)) {
      return;
    }
    if (k + 1 < q.first + q.count) {
      fetch_gates(p, cell.gates, GATES, q.reverse ? q.steps - 2 - k : k + 1, q.hidden);
    }
#pragma unroll 1
    for (int row = 0; row < q.rows; row += ROW_TILE) {
      if (!products_of_step(p, own, part, k, row, m)) {
        return;
      }
      finish_tile<GATES>(p, cell, q, part, k, row);
      part = other_part(p, part);
    }
  }
}
