// cluster_tensor_roles.h: cluster_roles.h on tensor cores, see cluster_tensor.h. OWN chunks of R and INPUT
// of W have registers, shared memory has what else there is of R, then of W, then backward dy of the own
// rows. Needs cluster_tensor.h and persistent_roles.h.

// The panel of W. Its rows are those of the same part of the batch in the mailbox of the layer before,
// which has `slots` planes. Who has waited too long reports that and waits for nothing any more.
struct input_shard : shard_panel {
  const ::meeting *grid;
  bool *gave_up;
  int planes;
};

PIECE unsigned *mail_row(const input_shard &p, const int step, const int n) {
  return p.mail + ((long long)(step % p.planes) * p.batch + p.row + n) * p.row_words;
}

PIECE bool load_chunks(
    const input_shard &p, const int step, const int row, const int k, quad (&low)[AT_ONCE],
    quad (&high)[AT_ONCE], const planes_of &, const bool waits) {
  return poll_chunks(p, step, row, k, low, high, *p.grid, waits && !*p.gave_up);
}

template <int CHUNKS, int TILES>
PIECE bool products_of_step(
    const input_shard &p, const quad (&own)[CHUNKS][TILES], float *part, const int step,
    const int row, const planes_of &m) {
  const bool arrived = multiply(p, own, part, step, row, m);
  if (__syncthreads_or(!arrived && !*p.gave_up)) {
    *p.gave_up = true;
    report_gave_up(*p.grid);
  }
  return true;
}

// Fragments of a panel in shared memory, of `held` chunks in registers.
template <int TILES>
PIECE int fragments_of(const panel &p) {
  return (p.mine * p.tiles - min(p.held, p.mine) * min(TILES, p.tiles)) * (int)blockDim.x;
}

template <int INPUT, int TILES>
PIECE input_shard make_input(
    const shard_panel &p, float *mail, const int slots, const meeting &m, bool *gave_up) {
  input_shard x;
  (shard_panel &)x = p;
  x.held = min(INPUT, up_to(p.mine, AT_ONCE));
  x.fragments = p.fragments + fragments_of<TILES>(p);
  x.row_words = CHUNK_WORDS * p.chunks;
  x.mail = mailbox_at(mail);
  x.grid = &m;
  x.gave_up = gave_up;
  x.planes = slots;
  return x;
}

// The own layer's mailbox, for the clusters of the next one: null where there is none.
struct own_mail {
  input_shard to;

  PIECE_MEMBER int covered() const { return min(to.padded, (int)to.peers * to.share); }
  // Zeros behind the units of all blocks, in the planes of some steps; the last block that has units.
  PIECE_MEMBER void fill(const int from, const int count, const int gates, const int hidden) const {
    if (to.mail == nullptr || to.unit >= hidden || to.unit + to.share < hidden) {
      return;
    }
    const int empty = (to.padded - covered()) / to.pack, rows = count * gates * to.rows;
    for (int i = (int)threadIdx.x; i < empty * rows; i += (int)blockDim.x) {
      const int row = i / empty, gate = row / to.rows % gates;
      unsigned *words = mail_row(to, from + row / to.rows / gates, row % to.rows);
      store_relaxed(words + (gate * to.padded + covered()) / to.pack + i % empty, 0u);
    }
  }
  // All lanes of a warp, as for mail_word.
  PIECE_MEMBER void put(
      const int step, const int gate, const int n, const int j, const float x) const {
    const unsigned word = mail_word(to, x);
    if (to.mail != nullptr && n < to.rows && j < covered() && j % to.pack == 0) {
      store_relaxed(
          mail_row(to, step, n) + (gate * to.padded + j) / to.pack,
          published(__uint_as_float(word)));
    }
  }
};

PIECE own_mail mail_of(const input_shard &x, float *mail, const bool is_last) {
  own_mail own = {x};
  own.to.mail = is_last ? nullptr : mailbox_at(mail);
  return own;
}

// W x of the own units, and h for the layer above.
template <int GATES, class Cell, class Weights>
struct shard_below : layer_below<GATES, Cell, input_shard, Weights> {
  own_mail own;

  PIECE_MEMBER shard_below(
      const layer_below<GATES, Cell, input_shard, Weights> &below, const own_mail &mail)
      : layer_below<GATES, Cell, input_shard, Weights>(below), own(mail) {}
  PIECE_MEMBER bool is_early() const { return true; }
  PIECE_MEMBER void show(
      const shard_panel &, const int step, const int n, const int j, const float h) const {
    own.put(step, 0, n, j, h);
  }
};

// dy of the own units, and the gate gradients on the side of the input for the layer below.
template <int GATES, class Cell, class Weights>
struct shard_above : layer_above<GATES, 0, Cell, input_shard, Weights> {
  own_mail own;

  PIECE_MEMBER shard_above(
      const layer_above<GATES, 0, Cell, input_shard, Weights> &above, const own_mail &mail)
      : layer_above<GATES, 0, Cell, input_shard, Weights>(above), own(mail) {}
  PIECE_MEMBER bool is_early() const { return true; }
  PIECE_MEMBER void give(
      const shard_panel &p, unsigned *, const int k, const int t, const int n, const int j,
      const bool exists) const {
    const long long at = ((long long)t * this->role.q.rows + BATCH_ROW(p, n)) * GATES;
#pragma unroll
    for (int gate = 0; gate < GATES; gate++) {
      const float *gates = this->role.cell.dgates + (at + gate) * this->role.q.hidden;
      own.put(k, gate, n, j, exists ? gates[j] : 0.0f);
    }
  }
};

template <int GATES, int OWN, int INPUT, int TILES, class Cell>
PIECE void cluster_tensor_roles_forward(
    float *shared, unsigned *scratch, int *roles, const int first, const int count,
    const int share, const int tiles, const int format, const int slots,
    const cluster_meeting &c, meeting m) {
  if (!all_there(&m)) {
    return;
  }
  forward_role<Cell> &role = take_role<forward_role<Cell>>(shared, roles, m.role);
  begin_role(role, first, count);
  const int rows = role.q.rows, hidden = role.q.hidden;
  if (!has_all_units(c, share, hidden)) {
    return;
  }
  const shard_panel p = make_shard<OWN, TILES>(
      shared + ROLE_WORDS, scratch, c, format, GATES * share, 1, share, tiles, rows, hidden, first,
      m.block);
  bool gave_up = false;
  const input_shard x = make_input<INPUT, TILES>(p, role.input, slots, m, &gave_up);
  quad r[OWN][TILES] = {};
  quad w[INPUT][TILES] = {};
  load_fragments(p, own_rows<GATES>{role.weight, share, p.unit, hidden}, r);
  if (role.input_weight != nullptr) {
    load_fragments(x, own_rows<GATES>{role.input_weight, share, p.unit, hidden}, w);
  }
  const shard_below<GATES, Cell, quad[INPUT][TILES]> below = {
      {role, x, w}, mail_of(x, role.mail, m.role + 1 == m.roles)};
  below.own.fill(first + 1, count, 1, hidden);
  planes all = begin_planes(p, 1);
  if (takes_part(c, p.unit, hidden)) {
    mail_forward<GATES>(p, r, role.cell, role.q, below, planes_of{&all});
  }
  end_planes(p, all, 1, all.come + 1);  // the last plane is read by nobody
}

template <int GATES, int OWN, int INPUT, int TILES, class Cell>
PIECE void cluster_tensor_roles_backward(
    float *shared, unsigned *scratch, int *roles, const int last, const int count,
    const int share, const int tiles, const int format, const int slots,
    const cluster_meeting &c, meeting m) {
  if (!all_there(&m)) {
    return;
  }
  backward_role<Cell> &role = take_role<backward_role<Cell>>(shared, roles, m.role);
  const int rows = role.q.rows, hidden = role.q.hidden;
  if (!has_all_units(c, share, hidden)) {
    return;
  }
  const shard_panel p = make_shard<OWN, TILES>(
      shared + ROLE_WORDS, scratch, c, format, share, GATES, share, tiles, rows, hidden, last,
      m.block);
  bool gave_up = false;
  const input_shard x = make_input<INPUT, TILES>(p, role.input, slots, m, &gave_up);
  float *given = (float *)(x.fragments + fragments_of<TILES>(x));
  begin_role(role, last, count, given - p.row * share, p.unit, share);
  quad r[OWN][TILES] = {};
  quad w[INPUT][TILES] = {};
  load_fragments(p, own_columns{role.weight, share, p.unit, hidden, p.padded}, r);
  if (role.input_weight != nullptr) {
    load_fragments(x, own_columns{role.input_weight, share, p.unit, hidden, p.padded}, w);
  }
  const shard_above<GATES, Cell, quad[INPUT][TILES]> above = {
      {role, x, w, given, 1}, mail_of(x, role.mail, m.role + 1 == m.roles)};
  above.own.fill(last - count + 1, count, GATES, hidden);
  planes all = begin_planes(p, GATES);
  if (takes_part(c, p.unit, hidden)) {
    mail_backward<GATES>(p, r, role.cell, role.q, above, planes_of{&all});
  }
  end_planes(p, all, GATES, all.come + all.gave_up);
}
