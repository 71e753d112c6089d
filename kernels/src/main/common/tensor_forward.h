// tensor_forward.h: mail_forward() on tensor cores.

template <int GATES, int CHUNKS, int TILES, class Cell>
PIECE void tensor_forward(
    float *shared, unsigned *scratch, const float *weight, const Cell &cell, const sequence &q,
    const panel_form &f, float *mail, const int slots, meeting m) {
  if (!all_there(&m)) {
    return;
  }
  const panel p = make_panel<TILES>(
      shared, scratch, mail, GATES * f.share, 1, f, q.rows, q.hidden, slots);
  quad own[CHUNKS][TILES] = {};
  load_fragments(p, own_rows<GATES>{weight, p.share, p.unit, q.hidden}, own);
  begin_ring<TILES>(p);
  mail_forward<GATES>(p, own, cell, q, no_input{}, m);
  end_ring<TILES>();
}
