// tensor_backward.h: mail_backward() on tensor cores.

template <int GATES, int CHUNKS, int TILES, class Cell>
PIECE void tensor_backward(
    float *shared, unsigned *scratch, const float *weight, const Cell &cell,
    const reverse_sequence &q, const int share, const int format, float *mail, const int slots,
    meeting m) {
  if (!all_there(&m)) {
    return;
  }
  const panel p = make_panel<CHUNKS, TILES>(
      shared, scratch, mail, format, share, GATES, share, q.rows, q.hidden, slots);
  quad own[CHUNKS][TILES] = {};
  load_fragments(p, own_columns{weight, share, p.unit, q.hidden, p.padded}, own);
  mail_backward<GATES>(p, own, cell, q, no_input{}, m);
}
