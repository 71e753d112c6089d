// persistent_vanilla.h: what the steps of a vanilla cell do in a loop over time that keeps the recurrent
// weights on the chip, given R h- (forward) or the total gradient of h (backward).

// Keeps nothing but the weights. Never with independent units, which have no product.
struct vanilla_forward_cell {
  float *gates;
  const float *bias_ih, *bias_hh, *own;
  cell_options_t options;
  int biases, rows, hidden;

  PIECE_MEMBER float load(const int, const int, const int) const { return 0.0f; }
  PIECE_MEMBER float step(
      const int t, const int n, const int j, const float *sum, const float h_before,
      float *) const {
    float *gate = gates + ((long long)t * rows + n) * hidden + j;
    return vanilla_step_forward(
        gate, *gate + sum[0], bias_ih, bias_hh, biases, own, options, h_before, j);
  }
  PIECE_MEMBER void pad(const int, const int, const int, float *) const {}
};

struct vanilla_backward_cell {
  const float *gates, *own;
  float *dgates;
  cell_options_t options;
  int rows, hidden;

  PIECE_MEMBER float step(
      const int t, const int n, const int j, const float d, float *) const {
    const long long at = ((long long)t * rows + n) * hidden + j;
    dgates[at] = vanilla_gradient(d, gates[at], options);
    return vanilla_own_gradient(dgates[at], own, options, j);
  }
  PIECE_MEMBER void pad(const int t, const int n, const int j) const {
    dgates[((long long)t * rows + n) * hidden + j] = 0.0f;
  }
};
