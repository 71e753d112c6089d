// persistent_lstm.h: what the steps of an LSTM do in a loop over time that keeps the recurrent
// weights on the chip, given R h- (forward) or the total gradient of h (backward).

// Keeps c of the own units on the chip; c_seq is what backward, or the caller, reads.
struct lstm_forward_cell {
  float *gates, *c_seq;
  const float *bias_ih, *bias_hh, *peepholes;
  cell_options_t options;
  long long c_step;
  int biases, masking, reverse, rows, hidden;

  PIECE_MEMBER float load(const int t, const int n, const int j) const {
    return c_seq[slot_before(t, reverse) * c_step + (long long)n * hidden + j];
  }
  PIECE_MEMBER void keep(
      const int t, const int n, const int j, const float c, float *kept) const {
    *kept = c;
    c_seq[slot_after(t, reverse) * c_step + (long long)n * hidden + j] = c;
  }
  PIECE_MEMBER float step(
      const int t, const int n, const int j, const float *sum, const float, float *kept) const {
    float *row = gates + ((long long)t * rows + n) * 4 * hidden;
    const long long h_at = hidden;
    float c;
    const float h = lstm_step_forward(
        row, row[j] + sum[0], row[h_at + j] + sum[1], row[2 * h_at + j] + sum[2],
        row[3 * h_at + j] + sum[3], bias_ih, bias_hh, biases, peepholes, options, *kept, &c, j,
        hidden);
    keep(t, n, j, c, kept);
    return h;
  }
  PIECE_MEMBER void pad(const int t, const int n, const int j, float *kept) const {
    keep(t, n, j, padded_state(masking, *kept), kept);
  }
};

struct lstm_backward_cell {
  const float *gates, *c_seq, *peepholes;
  float *dgates;
  cell_options_t options;
  int reverse, rows, hidden;

  PIECE_MEMBER float step(
      const int t, const int n, const int j, const float d, float *dc) const {
    const long long row = ((long long)t * rows + n) * 4 * hidden;
    const long long plane = (long long)rows * hidden;
    const float *c = c_seq + (long long)n * hidden + j;
    *dc = lstm_step_backward(
        gates + row, dgates + row, peepholes, options, c[slot_before(t, reverse) * plane],
        c[slot_after(t, reverse) * plane], d, *dc, j, hidden);
    return 0.0f;
  }
  PIECE_MEMBER void pad(const int t, const int n, const int j) const {
    clear_gates(dgates + ((long long)t * rows + n) * 4 * hidden, 4, j, hidden);
  }
};
