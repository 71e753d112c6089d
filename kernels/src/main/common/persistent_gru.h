// persistent_gru.h: what the steps of a reset-after GRU do in a loop over time that keeps the recurrent
// weights on the chip, given R h- (forward) or the total gradient of h (backward).

// Keeps nothing but the weights: h- is in the rows that are multiplied.
struct gru_forward_cell {
  float *gates, *q_seq;
  const float *bias_ih, *bias_hh;
  cell_options_t options;
  long long q_step;
  int biases, rows, hidden;

  PIECE_MEMBER float load(const int, const int, const int) const { return 0.0f; }
  PIECE_MEMBER float step(
      const int t, const int n, const int j, const float *sum, const float h_before,
      float *) const {
    return gru_step_forward(
        gates + ((long long)t * rows + n) * 3 * hidden + j, sum[0], sum[1], sum[2], bias_ih,
        bias_hh, biases, options, h_before, q_seq + t * q_step + (long long)n * hidden + j, j,
        hidden);
  }
  PIECE_MEMBER void pad(const int, const int, const int, float *) const {}
};

struct gru_backward_cell {
  const float *gates, *q_seq, *h_seq;
  float *dgates, *drecurrent;
  cell_options_t options;
  int reverse, rows, hidden;

  PIECE_MEMBER float step(
      const int t, const int n, const int j, const float d, float *) const {
    const long long plane = (long long)rows * hidden;
    const long long item = (long long)n * hidden + j;
    const long long at = ((long long)t * rows + n) * 3 * hidden + j;
    return gru_step_backward(
        gates + at, options, q_seq[t * plane + item],
        h_seq[slot_before(t, reverse) * plane + item], d, dgates + at, drecurrent + at, hidden);
  }
  PIECE_MEMBER void pad(const int t, const int n, const int j) const {
    const long long at = ((long long)t * rows + n) * 3 * hidden + j;
    for (int gate = 0; gate < 3; gate++) {
      dgates[at + (long long)gate * hidden] = 0.0f;
      drecurrent[at + (long long)gate * hidden] = 0.0f;
    }
  }
};
