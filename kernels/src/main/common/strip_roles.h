// strip_roles.h: the loops of persistent_roles.h in FP32, see strip_pieces.h. All weights are on the chip.

// Turns of a thread whose weights W have registers: the others are R's.
#define INPUT_HELD 1

template <int GATES, int HELD, class Cell>
PIECE void roles_forward(
    float *shared, int *roles, const int first, const int count, const int share,
    const int tiles, const int lanes, const int slots, meeting m) {
  if (!all_there(&m)) {
    return;
  }
  forward_role<Cell> &role = take_role<forward_role<Cell>>(shared, roles, m.role);
  begin_role(role, first, count);
  const int rows = role.q.rows, hidden = role.q.hidden;
  const strip_form form = {share, tiles, lanes, HELD, 0, nullptr};
  strip p =
      make_strip(shared + ROLE_WORDS, role.mail, GATES * share, 1, form, rows, hidden, slots);
  p.unit = m.block * share;
  strip x = p;
  x.held = min(INPUT_HELD, p.turns);
  x.weights = (four *)behind(p.kept, 2 * rows * share);
  x.mail = mailbox_at(role.input);
  four r[HELD][STRIP] = {};
  four w[INPUT_HELD][STRIP] = {};
  load_strip(p, own_rows<GATES>{role.weight, share, p.unit, hidden}, r);
  if (role.input_weight != nullptr) {
    load_strip(x, own_rows<GATES>{role.input_weight, share, p.unit, hidden}, w);
  }
  const layer_below<GATES, Cell, strip, four[INPUT_HELD][STRIP]> below = {role, x, w};
  mail_forward<GATES>(p, r, role.cell, role.q, below, m);
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
  const strip_form form = {share, tiles, lanes, HELD, 0, nullptr};
  strip p = make_strip(shared + ROLE_WORDS, role.mail, share, GATES, form, rows, hidden, slots);
  p.unit = m.block * share;
  const int extra = stacked ? EXTRA * p.padded : 0;
  p.row_words += extra;
  strip x = p;
  x.held = min(INPUT_HELD, p.turns);
  x.weights = (four *)behind(p.kept, 3 * rows * share);
  x.mail = mailbox_at(role.input);
  p.mail += extra;
  float *given = p.kept + 2 * rows * share;
  begin_role(role, last, count, given, p.unit, share);
  four r[HELD][STRIP] = {};
  four w[INPUT_HELD][STRIP] = {};
  load_strip(p, own_columns{role.weight, share, p.unit, hidden, p.padded}, r);
  if (role.input_weight != nullptr) {
    const own_columns columns = {role.input_weight, share, p.unit, hidden, p.padded};
    load_strip(x, input_columns<GATES, EXTRA>{columns}, w);
  }
  const layer_above<GATES, EXTRA, Cell, strip, four[INPUT_HELD][STRIP]> above = {
      role, x, w, given, stacked};
  mail_backward<GATES>(p, r, role.cell, role.q, above, m);
}
