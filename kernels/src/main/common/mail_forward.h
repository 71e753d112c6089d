// mail_forward.h: the loop over time of a cell whose recurrent weights stay on the chip. Every block owns
// `share` units with all their gates, column unit * GATES + gate; h of each step goes to all through a
// mailbox. With MEETING_SLOTS planes of it the grid meets before each step; with more, which hold
// NOT_YET, it meets once, and who needs a word polls for it. What a block does with its weights is a
// Panel's matter: that of tensor_product.h, or of strip_product.h. Needs one and persistent_sequence.h.
#define MEETING_SLOTS 2
#define FETCHED 16  // floats that one hint brings

// Asks memory for what a step after this one reads of a row [GATES, H]; only a hint, without result.
#if PLAIN_PIECES
PIECE void fetch_ahead(const float *) {}
#else
PIECE void fetch_ahead(const float *at) {
  asm volatile("prefetch.global.L2 [%0];" : : "l"(at));
}
#endif

// The row of the batch that is a panel's, and how many a panel has: all, but in shards, see
// cluster_shard.h. Macros, because even an inlined function that returns its argument made registers spill.
#ifndef BATCH_ROW
#define BATCH_ROW(p, n) (n)
#define ROWS_OF(p, q) (q.rows)
#define FETCHED_ROW(p, t, count, i) ((long long)t * p.rows * count + i)
#endif

// The gates of the own units at step t: read once, so they come from memory.
template <class Panel>
PIECE void fetch_gates(
    const Panel &p, const float *gates, const int count, const int t, const int hidden) {
#pragma unroll 1
  for (int i = (int)threadIdx.x; i < p.rows * count * p.share; i += (int)blockDim.x) {
    const int j = p.unit + i % p.share;
    if (j < hidden && (j % FETCHED == 0 || i % p.share == 0)) {
      fetch_ahead(gates + FETCHED_ROW(p, t, count, i / p.share) * hidden + j);
    }
  }
}

// Of a loop that finds W x of all steps in the gates, backward dy of all steps in memory.
struct no_input {
  PIECE_MEMBER bool is_early() const { return false; }
  PIECE_MEMBER bool is_there() const { return true; }
  template <class Meeting>
  PIECE_MEMBER bool add(float *&, const int, const Meeting &) const {
    return true;
  }
  template <class Panel>
  PIECE_MEMBER void show(const Panel &, const int, const int, const int, const float) const {}
  template <class Panel>
  PIECE_MEMBER void give(
      const Panel &, unsigned *, const int, const int, const int, const int, const bool) const {}
};

// All threads of all blocks: lets so many rounds pass in which others have a step, if the grid meets
// in every step. False if somebody did not come in time.
PIECE bool stand_by(const int slots, const int rounds, meeting *m) {
  for (int i = 0; i < rounds && slots == MEETING_SLOTS; i++) {
    if (!all_met(m)) {
      return false;
    }
  }
  return true;
}

// The rounds before a loop's first step, and after its last.
PIECE bool begin_turn(const int slots, meeting *m) { return stand_by(slots, m->role, m); }
PIECE bool end_turn(const int slots, meeting *m) {
  return stand_by(slots, m->roles - 1 - m->role, m);
}

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
template <class Panel, class Cell>
PIECE void begin_units(const Panel &p, const Cell &cell, const sequence &q) {
  const int t = q.reverse ? q.steps - 1 - q.first : q.first;
  const float *h = q.h_seq + slot_before(t, q.reverse) * (long long)q.rows * q.hidden;
#pragma unroll 1
  for (int i = (int)threadIdx.x; i < up_to(ROWS_OF(p, q), rows_at_once(p)) * p.share; i += (int)blockDim.x) {
    const int n = i / p.share;
    const int j = p.unit + i % p.share;
    float before = 0.0f;
    if (n < ROWS_OF(p, q) && j < q.hidden) {
      before = h[(long long)BATCH_ROW(p, n) * q.hidden + j];
      p.kept[2 * i] = cell.load(t, BATCH_ROW(p, n), j);
      p.kept[2 * i + 1] = before;
    }
    publish(p, n < ROWS_OF(p, q) && j < p.padded ? mail_row(p, q.first, n) : nullptr, j, before);
  }
}

// Ends step k of the rows at once: a thread per row and unit.
template <int GATES, class Panel, class Cell, class Input>
PIECE void end_rows(
    const Panel &p, const Cell &cell, const sequence &q, const Input &input, const float *part,
    const int k, const int row) {
  const int t = q.reverse ? q.steps - 1 - k : k;
#pragma unroll 1
  for (int i = (int)threadIdx.x; i < rows_at_once(p) * p.share; i += (int)blockDim.x) {
    const int r = i / p.share;
    const int u = i % p.share;
    const int n = row + r;
    const int j = p.unit + u;
    const bool exists = n < ROWS_OF(p, q) && j < q.hidden;
    ending e = {0.0f, 0.0f};
    if (exists) {
      float sum[GATES];
#pragma unroll
      for (int gate = 0; gate < GATES; gate++) {
        sum[gate] = column_sum(p, part, r, u * GATES + gate);
      }
      float *kept = p.kept + 2 * (n * p.share + u);
      e = end_step(cell, q, t, BATCH_ROW(p, n), j, sum, kept[1], kept);
      kept[1] = e.h;
    }
    publish(p, n < ROWS_OF(p, q) && j < p.padded ? mail_row(p, k + 1, n) : nullptr, j, e.h);
    input.show(p, k + 1, n, j, e.h);
    if (exists) {
      store_step(q, t, BATCH_ROW(p, n), j, e);
    }
  }
}

// The steps, of a block that has its weights. `input` adds what the input gives to a step, if that is
// not there yet, while h of the step before is still on its way, and shows h to who else wants it. Where
// the blocks meet in a step it comes after that, unless it is early: from others than these blocks.
template <int GATES, class Panel, class Weights, class Cell, class Input, class Meeting>
PIECE void mail_forward(
    const Panel &p, Weights &own, const Cell &cell, const sequence &q, const Input &input,
    Meeting m) {
  begin_units(p, cell, q);
  float *part = p.part;
  if (!begin_turn(p.slots, &m)) {
    return;
  }
#pragma unroll 1
  for (int k = q.first; k < q.first + q.count; k++) {
    if (input.is_early() && !input.add(part, k, m)) {
      return;
    }
    if (p.slots == MEETING_SLOTS && !all_met(&m)) {
      return;
    }
    if (k + 1 < q.first + q.count && input.is_there()) {
      fetch_gates(p, cell.gates, GATES, q.reverse ? q.steps - 2 - k : k + 1, q.hidden);
    }
    if (!input.is_early() && !input.add(part, k, m)) {
      return;
    }
#pragma unroll 1
    for (int row = 0; row < ROWS_OF(p, q); row += rows_at_once(p)) {
      if (!products_of_step(p, own, part, k, row, m)) {
        return;
      }
      end_rows<GATES>(p, cell, q, input, part, k, row);
      part = other_part(p, part);
    }
  }
  end_turn(p.slots, &m);
}
