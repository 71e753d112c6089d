// persistent_roles.h: several persistent loops in one grid (roles): the directions of a layer, which
// know nothing of each other, or layers as a wavefront, where the blocks of a layer themselves
// multiply what the role before it gives to a step by their own weights. They find it in the mailbox
// of that role, word by word, so that layers drift apart as they like; where the grid meets in every
// step, a role is one step behind the role before it. All roles have as many blocks. What a block does
// with its weights is a Panel's matter, as in mail_forward.h: see strip_roles.h and tensor_roles.h. Needs
// role_table.h.

// W x of the own units, which cells find in the gates.
template <int GATES, class Cell, class Panel, class Weights>
struct layer_below {
  const forward_role<Cell> &role;
  const Panel &x;
  Weights &weights;

  PIECE_MEMBER bool is_early() const { return false; }
  PIECE_MEMBER bool is_there() const { return role.input_weight == nullptr; }
  template <class Other>
  PIECE_MEMBER void show(const Other &, const int, const int, const int, const float) const {}
  template <class Meeting>
  PIECE_MEMBER bool add(float *&part, const int k, const Meeting &m) const {
    if (is_there()) {
      return true;
    }
    const sequence &q = role.q;
    const int t = q.reverse ? q.steps - 1 - k : k;
#pragma unroll 1
    for (int row = 0; row < ROWS_OF(x, q); row += rows_at_once(x)) {
      if (!products_of_step(x, weights, part, k + 1, row, m)) {
        return false;
      }
#pragma unroll 1
      for (int i = (int)threadIdx.x; i < rows_at_once(x) * x.share; i += (int)blockDim.x) {
        const int r = i / x.share, u = i % x.share;
        if (row + r < ROWS_OF(x, q) && x.unit + u < q.hidden) {
          const int n = BATCH_ROW(x, row + r);
          const long long first = ((long long)t * q.rows + n) * GATES * q.hidden;
          float *gates = role.cell.gates + first + x.unit + u;
#pragma unroll
          for (int gate = 0; gate < GATES; gate++) {
            gates[(long long)gate * q.hidden] = column_sum(x, part, r, u * GATES + gate);
          }
        }
      }
      part = other_part(x, part);
    }
    return true;
  }
};

// dy of the own units, from the gate gradients of the layer above. Where those on the side of the
// input differ from those on the side of the state, in the last gate (EXTRA = 1), a row of the
// mailbox begins with that gate for the layer below, and the own row one gate later.
template <int GATES, int EXTRA, class Cell, class Panel, class Weights>
struct layer_above {
  const backward_role<Cell> &role;
  const Panel &x;
  Weights &weights;
  float *given;  // [N, share]
  int stacked;

  PIECE_MEMBER bool is_early() const { return false; }
  template <class Meeting>
  PIECE_MEMBER bool add(float *&part, const int k, const Meeting &m) const {
    if (role.input_weight == nullptr) {
      return true;
    }
    const reverse_sequence &q = role.q;
#pragma unroll 1
    for (int row = 0; row < ROWS_OF(x, q); row += rows_at_once(x)) {
      if (!products_of_step(x, weights, part, k, row, m)) {
        return false;
      }
#pragma unroll 1
      for (int i = (int)threadIdx.x; i < rows_at_once(x) * x.share; i += (int)blockDim.x) {
        if (row + i / x.share < ROWS_OF(x, q)) {
          given[row * x.share + i] = column_sum(x, part, i / x.share, i % x.share);
        }
      }
      part = other_part(x, part);
    }
    if (ROWS_OF(x, q) > rows_at_once(x)) {
      __syncthreads();  // an item may be another thread's next
    }
    return true;
  }
  PIECE_MEMBER void give(
      const Panel &p, unsigned *row, const int, const int t, const int n, const int j,
      const bool exists) const {
    if (EXTRA != 0 && stacked) {
      const long long at = ((long long)t * p.rows + n) * GATES + GATES - 1;
      publish(p, row, j - p.padded, exists ? role.cell.dgates[at * role.q.hidden + j] : 0.0f);
    }
  }
};

// W [GATES*H, H]: columns of the own units; with EXTRA, the last gate comes first.
template <int GATES, int EXTRA>
struct input_columns {
  own_columns own;

  PIECE_MEMBER float at(const int column, const int k) const {
    const int gates = GATES * own.padded;
    return own.at(column, k < gates ? (k + EXTRA * (GATES - 1) * own.padded) % gates : k);
  }
};
