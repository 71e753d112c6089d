// tensor_backward.h: mail_backward() on tensor cores.

template <int GATES, int CHUNKS, int TILES, class Cell>
PIECE void tensor_backward(
    float *shared, unsigned *scratch, const float *weight, const Cell &cell,
    const reverse_sequence &q, const panel_form &f, float *mail, const int slots, meeting m) {
  if (!all_there(&m)) {
    return;
  }
  const panel p = make_panel<TILES>(
      shared, scratch, mail, f.share, GATES, f, q.rows, q.hidden, slots);
  static_assert(ASKS_AHEAD<TILES>, "no ring backward");
  quad own[CHUNKS][TILES] = {};
  load_fragments(p, own_columns{weight, p.share, p.unit, q.hidden, p.padded}, own);
  mail_backward<GATES>(p, own, cell, q, no_input{}, m);
}
