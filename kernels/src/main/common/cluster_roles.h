// cluster_roles.h: the layers of a stack in clusters of their own, in one grid: a layer takes a step when
// the one before it has. Inside a cluster it is as in persistent_cluster.h; between clusters what a step
// gives goes through the mailbox of the layer, words that are written once and polled for, to the blocks
// of the same rows of the next one, which multiply it by their own weights W beside R on the chip. All
// clusters live at once. Needs persistent_cluster.h, role_table.h and mail_words.h.
//
// Who has waited too long reports that and walks on without waiting, because its peers meet it in every
// step; what it computes is discarded.

// The weights W of a block beside those of its slab, and what a step of the layer before gives to its
// rows, of so many slices: rows of `stride` words.
PIECE slab make_input(const slab &s, float *at, const int slices, const int columns) {
  slab x = s;
  x.stride = 4 * ((slices * s.quads) | 1);
  x.weights = at;
  x.operand = x.weights + 4 * slices * s.quads * columns * s.groups;
  for (int i = (int)threadIdx.x; i < TILE * x.tiles * x.stride; i += (int)blockDim.x) {
    x.operand[i] = 0.0f;
  }
  return x;
}

// The own rows of a mailbox, which has `slots` planes of all rows of the batch.
struct shard_mail {
  unsigned *words;  // null where nobody waits
  int row, rows, row_words, slots;

  PIECE_MEMBER unsigned *plane(const int step) const {
    return words + ((long long)(step % slots) * rows + row) * row_words;
  }
};

PIECE shard_mail mail_of(
    const slab &s, unsigned *words, const int slices, const int rows, const int slots) {
  return shard_mail{words, s.row, rows, slices * 4 * s.quads, slots};
}

// Fetches what a step of the layer before gives. All threads of the block; whoever gave up once, which
// is reported, waits for nothing.
struct arrivals_of_input {
  const slab &x;
  shard_mail from;
  const meeting &m;
  bool *gave_up;

  PIECE_MEMBER void fetch(const int step) const {
    const int own = min(from.rows - x.row, TILE * x.tiles);
    bool arrived = *gave_up || stage_words(
        (quad *)x.operand, x.stride / 4, (const quad *)from.plane(step), from.row_words / 4,
        from.row_words / 4, own, (int)blockDim.x, m);
    if (__syncthreads_or(!arrived)) {
      *gave_up = true;
      report_gave_up(m);
    }
  }
};

// A number of a row of the mailbox; the last one brings the zeros that fill the last quad.
PIECE void give_word(
    const slab &s, unsigned *plane, const int row_words, const int slice, const int row,
    const int j, const float v) {
  unsigned *at = plane + row * row_words + slice * 4 * s.quads;
  store_relaxed(at + j, published(v));
  for (int k = s.depth; k < 4 * s.quads && j == s.depth - 1; k++) {
    store_relaxed(at + k, 0u);
  }
}

// h of a step for the layer above.
struct given_above {
  const slab &s;
  unsigned *plane;
  int row_words;

  PIECE_MEMBER void give(const int slice, const int row, const int j, const float v) const {
    if (plane != nullptr) {
      give_word(s, plane, row_words, slice, row, j, v);
    }
  }
};

// W x of the own units, which cells find in the gates, and h for the layer above.
template <int GATES, class Cell>
struct clusters_beside {
  const forward_role<Cell> &role;
  const slab &s, &x;
  shard_mail out;
  arrivals_of_input input;

  PIECE_MEMBER given_above of_step(const int k) const {
    return given_above{s, out.words == nullptr ? nullptr : out.plane(k + 1), out.row_words};
  }
  PIECE_MEMBER void add(const int k) const {
    const sequence &q = role.q;
    if (role.input_weight == nullptr || s.unit >= q.hidden) {
      return;
    }
    input.fetch(k + 1);
    four sum[GATES];
    clear(sum);
    accumulate(x, 0, sum);
    store_sums(x, sum);
    __syncthreads();
    const int t = q.reverse ? q.steps - 1 - k : k;
    each_total<GATES>(
        x, q, s.row,
        [&](const int, const int n, const int, const int j, const float *totals) {
          float *gates = role.cell.gates + ((long long)t * q.rows + n) * GATES * q.hidden + j;
#pragma unroll
          for (int gate = 0; gate < GATES; gate++) {
            gates[(long long)gate * q.hidden] = totals[gate];
          }
        });
  }
};

template <int GATES, class Cell>
PIECE void cluster_roles_forward(
    float *shared, int *roles, const int first, const int count, const int share,
    const int tiles, const int slots, const cluster_meeting &c, meeting m) {
  if (!all_there(&m)) {
    return;
  }
  forward_role<Cell> &role = take_role<forward_role<Cell>>(shared, roles, m.role);
  begin_role(role, first, count);
  const int hidden = role.q.hidden, rows = role.q.rows;
  if (!has_all_units(c, share, hidden)) {
    return;
  }
  slab s = make_slab(shared + ROLE_WORDS, 1, GATES, share, tiles, hidden, 2);
  const exchange e = begin_shard(&s, c, share, 1, rows, m.block);
  load_rows<GATES>(s, role.weight, hidden);
  const slab x = make_input(s, s.kept + TILE * tiles * share, 1, GATES);
  if (role.input_weight != nullptr) {
    load_rows<GATES>(x, role.input_weight, hidden);
  }
  __syncthreads();
  bool gave_up = false;
  const bool last = m.role + 1 == m.roles;
  const clusters_beside<GATES, Cell> beside = {
      role, s, x, mail_of(s, last ? nullptr : mailbox_at(role.mail), 1, rows, slots),
      {x, mail_of(s, mailbox_at(role.input), 1, rows, slots), m, &gave_up}};
  cluster_forward_steps<GATES>(s, e, role.cell, role.q, beside);
}

// Gate gradients of a step for the layer below: those on the side of the input.
template <int GATES, class Cell>
struct given_below {
  const backward_role<Cell> &role;
  const slab &s;
  unsigned *plane;
  int row_words, t;

  PIECE_MEMBER void give(const int gate, const int row, const int j, const float) const {
    if (plane != nullptr) {
      const long long at = ((long long)t * role.q.rows + s.row + row) * GATES + gate;
      give_word(s, plane, row_words, gate, row, j, role.cell.dgates[at * s.depth + j]);
    }
  }
};

// dy of the own units, from the gate gradients of the layer above, and the own ones for that below.
template <int GATES, class Cell>
struct clusters_beside_in_reverse {
  const backward_role<Cell> &role;
  const slab &s, &x;
  float *given;  // [own rows, share]
  int share;
  shard_mail out;
  arrivals_of_input input;

  PIECE_MEMBER given_below<GATES, Cell> of_step(const int k) const {
    const int t = role.q.reverse ? role.q.steps - 1 - k : k;
    return {role, s, out.words == nullptr ? nullptr : out.plane(k), out.row_words, t};
  }
  PIECE_MEMBER void add(const int k) const {
    if (role.input_weight == nullptr || s.unit >= role.q.hidden) {
      return;
    }
    input.fetch(k);
    four sum[BACK_COLUMNS];
    clear(sum);
    slab part = x;
    for (int gate = 0; gate < GATES; gate++) {
      part.operand = x.operand + gate * 4 * x.quads;
      accumulate(part, gate, sum);
    }
    each_column_total(x, role.q, sum, s.row, [&](const int n, const int u, const float total) {
      given[(n - s.row) * share + u] = total;
    });
  }
};

template <int GATES, class Cell>
PIECE void cluster_roles_backward(
    float *shared, int *roles, const int last, const int count, const int share,
    const int tiles, const int slots, const cluster_meeting &c, meeting m) {
  if (!all_there(&m)) {
    return;
  }
  backward_role<Cell> &role = take_role<backward_role<Cell>>(shared, roles, m.role);
  const int hidden = role.q.hidden, rows = role.q.rows;
  if (!has_all_units(c, share, hidden)) {
    return;
  }
  slab s = make_slab(
      shared + ROLE_WORDS, GATES, BACK_COLUMNS, share / BACK_COLUMNS, tiles, hidden, 2 * GATES);
  float *given = s.kept + 2 * TILE * tiles * share;
  const exchange e = begin_shard(&s, c, share, GATES, rows, m.block);
  const slab x = make_input(s, given + TILE * tiles * share, GATES, BACK_COLUMNS);
  begin_role(role, last, count, given - s.row * share, s.unit, share);
  load_columns<GATES>(s, role.weight, hidden);
  if (role.input_weight != nullptr) {
    load_columns<GATES>(x, role.input_weight, hidden);
  }
  __syncthreads();
  bool gave_up = false;
  const bool lowest = m.role + 1 == m.roles;
  const clusters_beside_in_reverse<GATES, Cell> beside = {
      role, s, x, given, share,
      mail_of(s, lowest ? nullptr : mailbox_at(role.mail), GATES, rows, slots),
      {x, mail_of(s, mailbox_at(role.input), GATES, rows, slots), m, &gave_up}};
  cluster_backward_steps<GATES>(s, e, role.cell, role.q, share, beside);
}
