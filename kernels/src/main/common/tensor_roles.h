// tensor_roles.h: the loops of persistent_roles.h on tensor cores, see tensor_pieces.h. OWN chunks of
// R and INPUT of W have registers, shared memory has what else there is of R, then of W.

// The panel of W, whose fragments lie behind those of R.
template <int INPUT, int TILES>
PIECE panel input_panel(const panel &p, float *mail) {
  panel x = p;
  x.held = min(INPUT, up_to(p.mine, AT_ONCE));
  const int in_registers = min(p.held, p.mine) * min(TILES, p.tiles);
  x.fragments = p.fragments + (p.mine * p.tiles - in_registers) * (int)blockDim.x;
  x.mail = mailbox_at(mail);
  return x;
}

template <int GATES, int OWN, int INPUT, int TILES, class Cell>
PIECE void tensor_roles_forward(
    float *shared, unsigned *scratch, int *roles, const int first, const int count,
    const int share, const int format, const int slots, meeting m) {
  if (!all_there(&m)) {
    return;
  }
  forward_role<Cell> &role = take_role<forward_role<Cell>>(shared, roles, m.role);
  begin_role(role, first, count);
  const int rows = role.q.rows, hidden = role.q.hidden;
  const panel_form form = {share, format, OWN, 0, nullptr};
  panel p = make_panel<TILES>(
      shared + ROLE_WORDS, scratch, role.mail, GATES * share, 1, form, rows, hidden, slots);
  p.unit = m.block * share;
  const panel x = input_panel<INPUT, TILES>(p, role.input);
  quad r[OWN][TILES] = {};
  quad w[INPUT][TILES] = {};
  load_fragments(p, own_rows<GATES>{role.weight, share, p.unit, hidden}, r);
  if (role.input_weight != nullptr) {
    load_fragments(x, own_rows<GATES>{role.input_weight, share, p.unit, hidden}, w);
  }
  const layer_below<GATES, Cell, panel, quad[INPUT][TILES]> below = {role, x, w};
  mail_forward<GATES>(p, r, role.cell, role.q, below, m);
}

template <int GATES, int EXTRA, int OWN, int INPUT, int TILES, class Cell>
PIECE void tensor_roles_backward(
    float *shared, unsigned *scratch, int *roles, const int stacked, const int last,
    const int count, const int share, const int format, const int slots, meeting m) {
  if (!all_there(&m)) {
    return;
  }
  backward_role<Cell> &role = take_role<backward_role<Cell>>(shared, roles, m.role);
  const int rows = role.q.rows, hidden = role.q.hidden;
  const panel_form form = {share, format, OWN, 0, nullptr};
  panel p = make_panel<TILES>(
      shared + ROLE_WORDS, scratch, role.mail, share, GATES, form, rows, hidden, slots);
  p.unit = m.block * share;
  const int extra = stacked ? EXTRA * p.padded / p.pack : 0;
  p.row_words += extra;
  p.fragments = (quad *)behind(p.kept, (stacked ? 3 : 2) * rows * share);
  const panel x = input_panel<INPUT, TILES>(p, role.input);
  p.mail += extra;
  float *given = p.kept + 2 * rows * share;
  begin_role(role, last, count, given, p.unit, share);
  quad r[OWN][TILES] = {};
  quad w[INPUT][TILES] = {};
  load_fragments(p, own_columns{role.weight, share, p.unit, hidden, p.padded}, r);
  if (role.input_weight != nullptr) {
    const own_columns columns = {role.input_weight, share, p.unit, hidden, p.padded};
    load_fragments(x, input_columns<GATES, EXTRA>{columns}, w);
  }
  const layer_above<GATES, EXTRA, Cell, panel, quad[INPUT][TILES]> above = {
      role, x, w, given, stacked};
  mail_backward<GATES>(p, r, role.cell, role.q, above, m);
}
