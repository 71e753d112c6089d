// persistent_roles.h: several persistent loops in one grid (roles): the directions of a layer, which
// know nothing of each other, or layers as a wavefront, where the blocks of a layer themselves
// multiply what the role before it gives to a step by their own weights. They find it in the mailbox
// of that role, word by word, so that layers drift apart as they like; where the grid meets in every
// step, a role is one step behind the role before it. All roles have as many blocks. Needs
// mail_forward.h, mail_backward.h and strip_product.h.

// Of a role in memory; as in org.recurrentops.gpu.Roles.
#define ROLE_WORDS 64

// Turns of a thread whose weights W have registers: the others are R's.
#define INPUT_HELD 1

// What one loop of the grid works on: as a kernel of one loop gets it as parameters.
template <class Cell>
struct forward_role {
  Cell cell;
  sequence q;
  const float *weight;  // R [GATES*H,H]
  float *mail;
  const float *input_weight;  // W [GATES*H,H], or null where W x is in the gates
  float *input;  // mailbox of the role before
};

template <class Cell>
struct backward_role {
  Cell cell;
  reverse_sequence q;
  const float *weight;  // R [GATES*H,H]
  float *mail;
  const float *input_weight;  // W of the role before [GATES*H,H], or null where dy is there
  float *input;  // mailbox of the role before
};

// The next 16 bytes.
PIECE unsigned long long quad_at(const void *at) {
  return ((unsigned long long)at + 15ull) / 16ull * 16ull;
}

// Where a role lies in a table that begins anywhere and has four words more.
template <class Role>
PIECE Role *role_at(int *roles, const int role) {
  static_assert(sizeof(Role) <= 4 * ROLE_WORDS, "a role has more than ROLE_WORDS");
  return (Role *)(quad_at(roles) + 4ull * ROLE_WORDS * (unsigned long long)role);
}

// One thread of a grid.
template <class Role>
PIECE void put_role(int *roles, const int role, const Role &value) {
  if (blockIdx.x == 0 && threadIdx.x == 0) {
    *role_at<Role>(roles, role) = value;
  }
}

// The role of this block, at the begin of its shared memory, because registers are for weights.
template <class Role>
PIECE Role &take_role(float *shared, int *roles, const int role) {
  const quad *from = (const quad *)role_at<Role>(roles, role);
  const int i = (int)threadIdx.x;
  if (i < ((int)sizeof(Role) + 15) / 16) {
    ((quad *)shared)[i] = load_relaxed4(from + i);
  }
  __syncthreads();
  return *(Role *)shared;
}

// The strip of W, which lies behind `kept` numbers, and the mailbox of the role before.
PIECE strip input_strip(const strip &p, const int kept, float *mail) {
  strip x = p;
  x.held = min(INPUT_HELD, p.turns);
  x.weights = (four *)(p.kept + up_to(kept, 4));
  x.mail = (unsigned *)quad_at(mail);
  return x;
}

// W x of the own units, which cells find in the gates.
template <int GATES, class Cell>
struct layer_below {
  const forward_role<Cell> &role;
  const strip &x;
  const four (&weights)[INPUT_HELD][STRIP];

  PIECE_MEMBER bool is_there() const { return role.input_weight == nullptr; }
  PIECE_MEMBER bool add(float *&part, const int k, const meeting &m) const {
    if (is_there()) {
      return true;
    }
    const sequence &q = role.q;
    const int t = q.reverse ? q.steps - 1 - k : k;
#pragma unroll 1
    for (int row = 0; row < q.rows; row += rows_at_once(x)) {
      if (!products_of_step(x, weights, part, k + 1, row, m)) {
        return false;
      }
#pragma unroll 1
      for (int i = (int)threadIdx.x; i < rows_at_once(x) * x.share; i += (int)blockDim.x) {
        const int r = i / x.share, u = i % x.share;
        if (row + r < q.rows && x.unit + u < q.hidden) {
          const long long first = ((long long)t * q.rows + row + r) * GATES * q.hidden;
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
template <int GATES, int EXTRA, class Cell>
struct layer_above {
  const backward_role<Cell> &role;
  const strip &x;
  const four (&weights)[INPUT_HELD][STRIP];
  float *given;  // [N, share]
  int stacked;

  PIECE_MEMBER bool add(float *&part, const int k, const meeting &m) const {
    if (role.input_weight == nullptr) {
      return true;
    }
    const reverse_sequence &q = role.q;
#pragma unroll 1
    for (int row = 0; row < q.rows; row += rows_at_once(x)) {
      if (!products_of_step(x, weights, part, k, row, m)) {
        return false;
      }
#pragma unroll 1
      for (int i = (int)threadIdx.x; i < rows_at_once(x) * x.share; i += (int)blockDim.x) {
        if (row + i / x.share < q.rows) {
          given[row * x.share + i] = column_sum(x, part, i / x.share, i % x.share);
        }
      }
      part = other_part(x, part);
    }
    if (q.rows > rows_at_once(x)) {
      __syncthreads();  // an item may be another thread's next
    }
    return true;
  }
  PIECE_MEMBER void give(
      const strip &p, unsigned *row, const int t, const int n, const int j,
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

template <int GATES, int HELD, class Cell>
PIECE void roles_forward(
    float *shared, int *roles, const int first, const int count, const int share,
    const int tiles, const int lanes, const int slots, meeting m) {
  if (!all_there(&m)) {
    return;
  }
  forward_role<Cell> &role = take_role<forward_role<Cell>>(shared, roles, m.role);
  if (threadIdx.x == 0) {
    role.q.first = first;
    role.q.count = count;
  }
  const int rows = role.q.rows, hidden = role.q.hidden;
  const strip_form f = {share, tiles, lanes, 0, 0, nullptr};
  strip p = make_strip<HELD>(
      shared + ROLE_WORDS, role.mail, GATES * share, 1, f, rows, hidden, slots);
  p.unit = m.block * share;
  const strip x = input_strip(p, 2 * rows * share, role.input);
  four r[HELD][STRIP] = {};
  four w[INPUT_HELD][STRIP] = {};
  load_strip(p, own_rows<GATES>{role.weight, share, p.unit, hidden}, r);
  if (role.input_weight != nullptr) {
    load_strip(x, own_rows<GATES>{role.input_weight, share, p.unit, hidden}, w);
  }
  mail_forward<GATES>(p, r, role.cell, role.q, layer_below<GATES, Cell>{role, x, w}, m);
}

template <int GATES, int EXTRA, int HELD, class Cell>
PIECE void roles_backward(
    float *shared, int *roles, const int stacked, const int last, const int count,
    const int share, const int tiles, const int lanes, const int slots, meeting m) {
  if (!all_there(&m)) {
    return;
  }
  backward_role<Cell> &role = take_role<backward_role<Cell>>(shared, roles, m.role);
  const int rows = role.q.rows, hidden = role.q.hidden;
  const strip_form f = {share, tiles, lanes, 0, 0, nullptr};
  strip p =
      make_strip<HELD>(shared + ROLE_WORDS, role.mail, share, GATES, f, rows, hidden, slots);
  p.unit = m.block * share;
  const int extra = stacked ? EXTRA * p.padded : 0;
  p.row_words += extra;
  const strip x = input_strip(p, 3 * rows * share, role.input);
  p.mail += extra;
  float *given = p.kept + 2 * rows * share;
  const bool has_input = role.input_weight != nullptr;
  if (threadIdx.x == 0) {
    role.q.last = last;
    role.q.count = count;
    if (has_input) {
      role.q.has_dy = 1;
      role.q.dy = given - p.unit;
      role.q.dy_step = 0;
      role.q.dy_row = share;
    }
  }
  four r[HELD][STRIP] = {};
  four w[INPUT_HELD][STRIP] = {};
  load_strip(p, own_columns{role.weight, share, p.unit, hidden, p.padded}, r);
  if (has_input) {
    const own_columns columns = {role.input_weight, share, p.unit, hidden, p.padded};
    load_strip(x, input_columns<GATES, EXTRA>{columns}, w);
  }
  const layer_above<GATES, EXTRA, Cell> above = {role, x, w, given, stacked};
  mail_backward<GATES>(p, r, role.cell, role.q, above, m);
}
