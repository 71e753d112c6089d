// tensor_forward.h: mail_forward() on tensor cores.

template <int GATES, int CHUNKS, int TILES, class Cell>
PIECE void tensor_forward(
    float *shared, unsigned *scratch, const float *weight, const Cell &cell, const sequence &q,
    const int share, const int format, float *mail, const int slots, meeting m) {
  if (!all_there(&m)) {
    return;
  }
  const panel p = make_panel<CHUNKS, TILES>(
      shared, scratch, mail, format, GATES * share, 1, share, q.rows, q.hidden, slots);
  quad own[CHUNKS][TILES] = {};
  load_fragments(p, own_rows<GATES>{weight, share, p.unit, q.hidden}, own);
  mail_forward<GATES>(p, own, cell, q, no_input{}, m);
}
