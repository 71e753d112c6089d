// mail_backward.h: back-propagation through time of a cell whose recurrent weights stay on the chip.
// Every block owns `share` units and keeps their dh and dc; the gate gradients of each step go to all
// through a mailbox, as h does in mail_forward.h.

// weight [GATES*H, H] = R: columns of the own units; the depth is that of all gates.
struct own_columns {
  const float *weight;
  int share, unit, hidden, padded;

  PIECE_MEMBER float at(const int column, const int k) const {
    const int i = k % padded;
    const int j = unit + column;
    return column < share && j < hidden && i < hidden
               ? weight[((long long)(k / padded) * hidden + i) * hidden + j]
               : 0.0f;
  }
};

// Gate gradients of step k of the own units, for memory and for all: a thread per row and unit.
template <int GATES, class Panel, class Cell, class Input>
PIECE void gradients_of_step(
    const Panel &p, const Cell &cell, const reverse_sequence &q, const Input &input,
    const int k) {
  const int t = q.reverse ? q.steps - 1 - k : k;
#pragma unroll 1
  for (int i = (int)threadIdx.x; i < up_to(ROWS_OF(p, q), rows_at_once(p)) * p.share; i += (int)blockDim.x) {
    const int n = i / p.share;
    const int j = p.unit + i % p.share;
    const bool exists = n < ROWS_OF(p, q) && j < q.hidden;
    const int row_at = BATCH_ROW(p, n);
    if (exists) {
      gradient_step(cell, q, t, row_at, j, p.kept + 2 * i);
    }
    unsigned *row = n < ROWS_OF(p, q) && j < p.padded ? mail_row(p, k, n) : nullptr;
    const float *own = q.recurrent + ((long long)t * q.rows + row_at) * GATES * q.hidden + j;
#pragma unroll
    for (int gate = 0; gate < GATES; gate++) {
      publish(p, row, gate * p.padded + j, exists ? own[(long long)gate * q.hidden] : 0.0f);
    }
    input.give(p, row, k, t, n, j, exists);
  }
}

// dh of the own units += gate gradients of the step times R, for the rows at once.
template <class Panel>
PIECE void add_rows(const Panel &p, const reverse_sequence &q, const float *part, const int row) {
#pragma unroll 1
  for (int i = (int)threadIdx.x; i < rows_at_once(p) * p.share; i += (int)blockDim.x) {
    const int n = row + i / p.share;
    const int u = i % p.share;
    if (n < ROWS_OF(p, q) && p.unit + u < q.hidden) {
      p.kept[2 * (n * p.share + u)] += column_sum(p, part, i / p.share, u);
    }
  }
}

template <class Panel>
PIECE void move_own_gradients(const Panel &p, const reverse_sequence &q, const bool load) {
  move_gradients(p.kept, p.unit, p.share, q, load);
}

// The steps, of a block that has its weights. `input` makes dy of a step, if that is not there yet,
// while the gate gradients of the step after it are still on their way.
template <int GATES, class Panel, class Weights, class Cell, class Input, class Meeting>
PIECE void mail_backward(
    const Panel &p, Weights &own, const Cell &cell, const reverse_sequence &q,
    const Input &input, Meeting m) {
  move_own_gradients(p, q, true);
  float *part = p.part;
  if (!begin_turn(p.slots, &m) || !input.add(part, q.last, m)) {
    return;
  }
#pragma unroll 1
  for (int k = q.last; k > q.last - q.count; k--) {
    gradients_of_step<GATES>(p, cell, q, input, k);
    const bool more = k - 1 > q.last - q.count;
    if (input.is_early() && more && !input.add(part, k - 1, m)) {
      return;
    }
    if (p.slots == MEETING_SLOTS && !all_met(&m)) {
      return;
    }
    if (more) {
      fetch_gates(p, cell.gates, GATES, q.reverse ? q.steps - k : k - 1, q.hidden);
      if (!input.is_early() && !input.add(part, k - 1, m)) {
        return;
      }
    }
#pragma unroll 1
    for (int row = 0; row < ROWS_OF(p, q); row += rows_at_once(p)) {
      if (!products_of_step(p, own, part, k, row, m)) {
        return;
      }
      add_rows(p, q, part, row);
      part = other_part(p, part);
    }
    if (ROWS_OF(p, q) > rows_at_once(p)) {
      __syncthreads();  // dh of an item may be another thread's next
    }
  }
  move_own_gradients(p, q, false);
  end_turn(p.slots, &m);
}
