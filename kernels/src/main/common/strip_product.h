// strip_product.h: rows of a mailbox times the weights of a block in FP32, see strip_pieces.h.

// The warp's sums of ROWS rows from `row` of the rows at once on, over its parts.
template <int ROWS>
PIECE void sum_parts(
    const strip &p, const float (&sum)[STRIP][ROWS], float *part, const int pass,
    const int row) {
  const int lane = (int)threadIdx.x % LANES;
  __syncwarp();  // nobody overwrites sums that somebody still reads
#pragma unroll
  for (int c = 0; c < STRIP && lane < p.used; c++) {
#pragma unroll
    for (int r = 0; r < ROWS; r++) {
      p.sums[(c * LANES + lane) * ROWS + r] = sum[c][r];
    }
  }
  __syncwarp();
  float *to = part + ((int)threadIdx.x / LANES * p.chunk + row) * p.width;
#pragma unroll 1
  for (int i = lane; i < STRIP * p.lanes * ROWS; i += LANES) {
    const int r = i % ROWS, l = i / ROWS % p.lanes, c = i / ROWS / p.lanes;
    const int column = STRIP * (pass * p.lanes + l) + c;
    const float *from = p.sums + (c * LANES + l) * ROWS + r;
    float total = 0.0f;
    for (int k = 0; k < p.parts; k++) {
      total += from[k * p.lanes * ROWS];
    }
    if (column < p.width) {
      to[r * p.width + column] = total;
    }
  }
}

// The warp's part of R times ROWS staged rows, into its partial sums. Weights in memory come by way of
// `ahead`, which has the first of them already. Before those are multiplied the thread asks for the next
// ones, so that they come while it multiplies; behind the last ones, if there are `more` rows, for the
// first ones again.
template <int ROWS, int HELD>
PIECE void multiply_rows(
    const strip &p, four (&own)[HELD][STRIP], float *part, const int row, const bool more) {
  four(&ahead)[STRIP] = own[HELD - 1];
  int unit = 0, asked = 1;
  const four *x = p.staged + row * p.reach + lane_of(p) / p.lanes;
#pragma unroll 1
  for (int pass = 0; pass < p.passes; pass++) {
    float sum[STRIP][ROWS] = {};
    if (pass == 0) {
#pragma unroll
      for (int turn = 0; turn < HELD; turn++) {
        if (turn < p.held) {
          multiply_quad(x + turn * p.parts, p.reach, own[turn], sum);
        }
      }
    }
#pragma unroll 1
    for (int turn = pass == 0 ? p.held : 0; turn < p.turns; turn++) {
      four w[STRIP];
      if (is_streamed(p.rest, unit)) {
#pragma unroll
        for (int c = 0; c < STRIP; c++) {
          w[c] = ahead[c];
        }
        const bool last = asked == streamed_units(p.rest);
        if (!last || more) {
          ask_for(p, last ? 0 : asked, ahead);
        }
        asked++;
      } else {
        const four *from = strip_at(p, unit);
#pragma unroll
        for (int c = 0; c < STRIP; c++) {
          w[c] = from[c * apart(p)];
        }
      }
      multiply_quad(x + turn * p.parts, p.reach, w, sum);
      unit++;
    }
    sum_parts(p, sum, part, pass, row);
  }
}

// The partial sums of all warps, in a buffer of two that take turns. The first weights in memory do not
// depend on the step's words and are asked for before anybody waits for these. Every thread gets the same
// answer: false, and a report, if words did not come in time.
template <int HELD>
PIECE bool products_of_step(
    const strip &p, four (&own)[HELD][STRIP], float *part, const int step, const int row,
    const meeting &m) {
  if (streamed_units(p.rest) > 0) {
    ask_for(p, 0, own[HELD - 1]);
  }
  const bool arrived = stage_rows(p, step, row, m);
  __syncwarp();  // a warp reads what its lanes have staged
  if (p.rows == 1) {
    multiply_rows<1>(p, own, part, 0, false);
  } else {
    const int count = min(p.chunk, p.rows - row);
#pragma unroll 1
    for (int r = 0; r < count; r += TILE) {
      multiply_rows<TILE>(p, own, part, r, r + TILE < count);
    }
  }
  if (__syncthreads_or(!arrived)) {
    report_gave_up(m);
    return false;
  }
  return true;
}

PIECE float column_sum(const strip &p, const float *part, const int row, const int column) {
  float sum = 0.0f;
#pragma unroll 1
  for (int warp = 0; warp < p.warps; warp++) {
    sum += part[(warp * p.chunk + row) * p.width + column];
  }
  return sum;
}

// The other buffer of partial sums: who writes it knows by the barrier since that nobody reads it.
PIECE float *other_part(const strip &p, const float *part) {
  return part == p.part ? p.part + p.warps * p.chunk * p.width : p.part;
}

template <int GATES, int HELD, class Cell>
PIECE void strip_forward(
    float *shared, const float *weight, const Cell &cell, const sequence &q, const strip_form &f,
    float *mail, const int slots, meeting m) {
  if (!all_there(&m)) {
    return;
  }
  const strip p =
      make_strip(shared, mail, GATES * f.share, 1, f, q.rows, q.hidden, slots);
  four own[HELD][STRIP] = {};
  load_strip(p, own_rows<GATES>{weight, p.share, p.unit, q.hidden}, own);
  mail_forward<GATES>(p, own, cell, q, no_input{}, m);
}

template <int GATES, int HELD, class Cell>
PIECE void strip_backward(
    float *shared, const float *weight, const Cell &cell, const reverse_sequence &q,
    const strip_form &f, float *mail, const int slots, meeting m) {
  if (!all_there(&m)) {
    return;
  }
  const strip p = make_strip(shared, mail, f.share, GATES, f, q.rows, q.hidden, slots);
  four own[HELD][STRIP] = {};
  load_strip(p, own_columns{weight, p.share, p.unit, q.hidden, p.padded}, own);
  mail_backward<GATES>(p, own, cell, q, no_input{}, m);
}
