// lstm_step.h: one valid (n, j) of an LSTM step, for the stepped and the whole-sequence kernels.
// gates points at a row [4H] in order i,f,g,o; peepholes, where options name them, at [3H] in order
// i,f,o.

// Activates pre-activations (without bias) into the row, writes c, returns o tanh(c).
CELL_FUNCTION float lstm_step_forward(
    GLOBAL float *gates, float pre_i, float pre_f, float pre_g, float pre_o,
    GLOBAL const float *bias_ih, GLOBAL const float *bias_hh, int biases,
    GLOBAL const float *peepholes, int options, float clip, float cell_clip, float c_before,
    GLOBAL float *c_after, int j, int hidden) {
  const offset_t f_at = (offset_t)hidden + j;
  const offset_t g_at = 2 * (offset_t)hidden + j;
  const offset_t o_at = 3 * (offset_t)hidden + j;
  const int peeps = options & OPTION_PEEPHOLES;
  const int keeps = options & OPTION_KEEPS_ARGUMENTS;
  float a_i = pre_i + gate_bias(bias_ih, bias_hh, biases, j);
  float a_f = pre_f + gate_bias(bias_ih, bias_hh, biases, f_at);
  const float a_g = pre_g + gate_bias(bias_ih, bias_hh, biases, g_at);
  float a_o = pre_o + gate_bias(bias_ih, bias_hh, biases, o_at);
  if (peeps) {
    a_i += peepholes[j] * c_before;
    a_f += peepholes[f_at] * c_before;
  }
  const float i = sigmoid(clipped(a_i, clip));
  const float f = options & OPTION_COUPLED ? 1.0f - i : sigmoid(clipped(a_f, clip));
  const float g = CELL_TANH(clipped(a_g, clip));
  const float c = clipped(lstm_cell(i, f, g, c_before), cell_clip);
  if (peeps) {
    a_o += peepholes[g_at] * c;
  }
  const float o = sigmoid(clipped(a_o, clip));
  gates[j] = keeps ? a_i : i;
  gates[f_at] = keeps ? a_f : f;
  gates[g_at] = keeps ? a_g : g;
  gates[o_at] = keeps ? a_o : o;
  *c_after = c;
  return lstm_hidden(o, CELL_TANH(c));
}

// Gate gradients into the row dgates from dh = dL/d(o tanh c); returns dc for the step before.
CELL_FUNCTION float lstm_step_backward(
    GLOBAL const float *gates, GLOBAL float *dgates, GLOBAL const float *peepholes, int options,
    float clip, float cell_clip, float c_before, float c_after, float dh, float dc, int j,
    int hidden) {
  const offset_t f_at = (offset_t)hidden + j;
  const offset_t g_at = 2 * (offset_t)hidden + j;
  const offset_t o_at = 3 * (offset_t)hidden + j;
  const int peeps = options & OPTION_PEEPHOLES;
  const int coupled = options & OPTION_COUPLED;
  const float i = saved_sigmoid(gates[j], options, clip);
  const float f = coupled ? 1.0f - i : saved_sigmoid(gates[f_at], options, clip);
  const float g = saved_tanh(gates[g_at], options, clip);
  const float o = saved_sigmoid(gates[o_at], options, clip);
  const float tanh_c = CELL_TANH(c_after);
  const float d_o = clip_gradient(gates[o_at], clip, lstm_do(dh, o, tanh_c));
  float d = lstm_dc(dh, o, tanh_c, dc);
  if (peeps) {
    d += d_o * peepholes[g_at];
  }
  d = clip_gradient(lstm_cell(i, f, g, c_before), cell_clip, d);
  const float to_i = coupled ? g - c_before : g;
  const float d_i = clip_gradient(gates[j], clip, lstm_di(d, i, to_i));
  const float d_f = coupled ? 0.0f : clip_gradient(gates[f_at], clip, lstm_df(d, f, c_before));
  dgates[j] = d_i;
  dgates[f_at] = d_f;
  dgates[g_at] = clip_gradient(gates[g_at], clip, lstm_dg(d, i, g));
  dgates[o_at] = d_o;
  float before = d * f;
  if (peeps) {
    before += d_i * peepholes[j] + d_f * peepholes[f_at];
  }
  return before;
}

// Gradient 0 for a padded (n, j).
CELL_FUNCTION void clear_gates(GLOBAL float *dgates, int gates, int j, int hidden) {
  for (int gate = 0; gate < gates; gate++) {
    dgates[(offset_t)gate * hidden + j] = 0.0f;
  }
}
