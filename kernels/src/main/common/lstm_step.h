// lstm_step.h: one valid (n, j) of an LSTM step, for the stepped and the whole-sequence kernels.
// gates points at a row [4H] in order i,f,g,o.

// Activates pre-activations (without bias) into the row, writes c, returns o tanh(c).
CELL_FUNCTION float lstm_step_forward(
    GLOBAL float *gates, float pre_i, float pre_f, float pre_g, float pre_o,
    GLOBAL const float *bias_ih, GLOBAL const float *bias_hh, int biases, float c_before,
    GLOBAL float *c_after, int j, int hidden) {
  const offset_t f_at = (offset_t)hidden + j;
  const offset_t g_at = 2 * (offset_t)hidden + j;
  const offset_t o_at = 3 * (offset_t)hidden + j;
  const float i = sigmoid(pre_i + gate_bias(bias_ih, bias_hh, biases, j));
  const float f = sigmoid(pre_f + gate_bias(bias_ih, bias_hh, biases, f_at));
  const float g = CELL_TANH(pre_g + gate_bias(bias_ih, bias_hh, biases, g_at));
  const float o = sigmoid(pre_o + gate_bias(bias_ih, bias_hh, biases, o_at));
  const float c = lstm_cell(i, f, g, c_before);
  gates[j] = i;
  gates[f_at] = f;
  gates[g_at] = g;
  gates[o_at] = o;
  *c_after = c;
  return lstm_hidden(o, CELL_TANH(c));
}

// Gate gradients into the row dgates from dh = dL/d(o tanh c); returns dc for the step before.
CELL_FUNCTION float lstm_step_backward(
    GLOBAL const float *gates, GLOBAL float *dgates, float c_before, float c_after, float dh,
    float dc, int j, int hidden) {
  const offset_t f_at = (offset_t)hidden + j;
  const offset_t g_at = 2 * (offset_t)hidden + j;
  const offset_t o_at = 3 * (offset_t)hidden + j;
  const float i = gates[j];
  const float f = gates[f_at];
  const float g = gates[g_at];
  const float o = gates[o_at];
  const float tanh_c = CELL_TANH(c_after);
  const float d = lstm_dc(dh, o, tanh_c, dc);
  dgates[j] = lstm_di(d, i, g);
  dgates[f_at] = lstm_df(d, f, c_before);
  dgates[g_at] = lstm_dg(d, i, g);
  dgates[o_at] = lstm_do(dh, o, tanh_c);
  return d * f;
}

// Gradient 0 for a padded (n, j).
CELL_FUNCTION void clear_gates(GLOBAL float *dgates, int gates, int j, int hidden) {
  for (int gate = 0; gate < gates; gate++) {
    dgates[(offset_t)gate * hidden + j] = 0.0f;
  }
}
