// persistent_sequence.h: what a persistent loop walks, and one valid or padded (n, j) of a step, for
// every form of the loop. A forward cell has
//   step(t, n, j, sums, h_before, kept)  gates of a valid step from R h-; returns h
//   pad(t, n, j, kept)                   what a padded step does to all but h
//   load(t, n, j), per unit and row what it keeps on the chip between steps
// A backward cell has
//   step(t, n, j, d, kept)  gate gradients of a valid step from dL/dh; returns what of dh goes to
//                           the step before without R
//   pad(t, n, j)            writes gate gradients of 0

PIECE int up_to(const int count, const int by) { return (count + by - 1) / by * by; }

struct sequence {
  float *h_seq, *y;
  long long y_step, y_row;
  const int *marks;
  float fill;
  int has_y, masking, reverse, first, count, steps, rows, hidden;
};

struct reverse_sequence {
  const float *recurrent;  // gate gradients that R is multiplied by [T,N,GATES*H]
  const float *dy;
  long long dy_step, dy_row;
  float *dh;  // [N,H]
  float *dc;  // [N,H], or null
  const int *marks;
  int has_dy, masking, reverse, last, count, steps, rows, hidden;
};

// The state after the step, and what of it is shown.
struct ending {
  float h, y;
};

// Ends a step from the sums of R h-.
template <class Cell>
PIECE ending end_step(
    const Cell &cell, const sequence &q, const int t, const int n, const int j,
    const float *sum, const float h_before, float *kept) {
  const int mark = q.marks[(long long)t * q.rows + n];
  ending e;
  if (mark > 0) {
    e.h = cell.step(t, n, j, sum, h_before, kept);
    e.y = e.h;
  } else {
    e.h = padded_state(q.masking, h_before);
    e.y = padded_output(q.masking, q.reverse, mark, h_before, q.fill);
    cell.pad(t, n, j, kept);
  }
  return e;
}

// What the caller of the loop reads of a step.
PIECE void store_step(
    const sequence &q, const int t, const int n, const int j, const ending &e) {
  const long long plane = (long long)q.rows * q.hidden;
  q.h_seq[slot_after(t, q.reverse) * plane + (long long)n * q.hidden + j] = e.h;
  if (q.has_y) {
    q.y[t * q.y_step + n * q.y_row + j] = e.y;
  }
}

// Gate gradients of a step from dh and dc, kept[0] and kept[1]; leaves what goes to the step before
// without R.
template <class Cell>
PIECE void gradient_step(
    const Cell &cell, const reverse_sequence &q, const int t, const int n, const int j,
    float *kept) {
  const int mark = q.marks[(long long)t * q.rows + n];
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

// What dh and dc are of some rows only.
PIECE reverse_sequence rows_from(const reverse_sequence &q, const int row, const int count) {
  reverse_sequence some = q;
  some.rows = count;
  some.dh += (long long)row * q.hidden;
  some.dc = q.dc != nullptr ? q.dc + (long long)row * q.hidden : nullptr;
  return some;
}

// Between memory and the chip: dh and dc of `own` units from `unit` on, as kept [N, own, 2].
PIECE void move_gradients(
    float *kept, const int unit, const int own, const reverse_sequence &q, const bool load) {
  for (int i = (int)threadIdx.x; i < own * q.rows; i += (int)blockDim.x) {
    const int j = unit + i % own;
    const long long at = (long long)(i / own) * q.hidden + j;
    float *item = kept + 2 * i;
    if (j < q.hidden && load) {
      item[0] = q.dh[at];
      item[1] = q.dc != nullptr ? q.dc[at] : 0.0f;
    } else if (j < q.hidden) {
      q.dh[at] = item[0];
      if (q.dc != nullptr) {
        q.dc[at] = item[1];
      }
    }
  }
}
