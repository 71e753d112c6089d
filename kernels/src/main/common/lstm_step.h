// lstm_step.h: one valid (n, j) of an LSTM step, for the stepped and the whole-sequence kernels.
// gates points at a row [4H] in order i,f,g,o; peepholes, where options name them, at [3H] in order
// i,f,o.

// Activates pre-activations (without bias) into the row, writes c, returns o tanh(c).
CELL_FUNCTION float lstm_step_forward(
    GLOBAL float *gates, float pre_i, float pre_f, float pre_g, float pre_o,
    GLOBAL const float *bias_ih, GLOBAL const float *bias_hh, int biases,
    GLOBAL const float *peepholes, cell_options_t options, float c_before, GLOBAL float *c_after, int j, int hidden) {
  const offset_t f_at = (offset_t)hidden + j;
  const offset_t g_at = 2 * (offset_t)hidden + j;
  const offset_t o_at = 3 * (offset_t)hidden + j;
  const int peeps = options.flags & OPTION_PEEPHOLES;
  float a_i = pre_i + gate_bias(bias_ih, bias_hh, biases, j);
  float a_f = pre_f + gate_bias(bias_ih, bias_hh, biases, f_at);
  const float a_g = pre_g + gate_bias(bias_ih, bias_hh, biases, g_at);
  float a_o = pre_o + gate_bias(bias_ih, bias_hh, biases, o_at);
  if (peeps) {
    a_i += peepholes[j] * c_before;
    a_f += peepholes[f_at] * c_before;
  }
  const float i = gate_value(options.f, options, a_i);
  const float f =
      options.flags & OPTION_COUPLED ? 1.0f - i : gate_value(options.f, options, a_f);
  const float g = gate_value(options.g, options, a_g);
  const float c = clipped(lstm_cell(i, f, g, c_before), options.cell_clip);
  if (peeps) {
    a_o += peepholes[g_at] * c;
  }
  const float o = gate_value(options.f, options, a_o);
  gates[j] = kept_gate(options, a_i, i);
  gates[f_at] = kept_gate(options, a_f, f);
  gates[g_at] = kept_gate(options, a_g, g);
  gates[o_at] = kept_gate(options, a_o, o);
  *c_after = c;
  return o * activate(options.h, c);
}

// Gradients of i, f and g into the row dgates, and that of o, which is given, from the total gradient
// d of c (but for what comes through o's peephole); returns dc for the step before.
CELL_FUNCTION float lstm_gates_backward(
    GLOBAL const float *gates, GLOBAL float *dgates, GLOBAL const float *peepholes,
    cell_options_t options, float c_before, float d_o, float d, int j, int hidden) {
  const offset_t f_at = (offset_t)hidden + j;
  const offset_t g_at = 2 * (offset_t)hidden + j;
  const offset_t o_at = 3 * (offset_t)hidden + j;
  const int peeps = options.flags & OPTION_PEEPHOLES;
  const int coupled = options.flags & OPTION_COUPLED;
  const float i = kept_value(options.f, options, gates[j]);
  const float f = coupled ? 1.0f - i : kept_value(options.f, options, gates[f_at]);
  const float g = kept_value(options.g, options, gates[g_at]);
  if (peeps) {
    d += d_o * peepholes[g_at];
  }
  if (CELL_ABS(lstm_cell(i, f, g, c_before)) > options.cell_clip) {
    d = 0.0f;
  }
  const float to_i = coupled ? g - c_before : g;
  const float d_i = gate_gradient(options.f, options, gates[j], i, d * to_i);
  const float d_f =
      coupled ? 0.0f : gate_gradient(options.f, options, gates[f_at], f, d * c_before);
  dgates[j] = d_i;
  dgates[f_at] = d_f;
  dgates[g_at] = gate_gradient(options.g, options, gates[g_at], g, d * i);
  dgates[o_at] = d_o;
  float before = d * f;
  if (peeps) {
    before += d_i * peepholes[j] + d_f * peepholes[f_at];
  }
  return before;
}

// Gate gradients into the row dgates from dh = dL/d(o tanh c); returns dc for the step before.
CELL_FUNCTION float lstm_step_backward(
    GLOBAL const float *gates, GLOBAL float *dgates, GLOBAL const float *peepholes,
    cell_options_t options, float c_before, float c_after, float dh, float dc, int j, int hidden) {
  const offset_t o_at = 3 * (offset_t)hidden + j;
  const float o = kept_value(options.f, options, gates[o_at]);
  const float h_c = activate(options.h, c_after);
  const float d_o = gate_gradient(options.f, options, gates[o_at], o, dh * h_c);
  const float d = activation_gradient(options.h, c_after, h_c, dh * o) + dc;
  return lstm_gates_backward(
      gates, dgates, peepholes, options, c_before, d_o, d, j, hidden);
}

// Gradient 0 for a padded (n, j).
CELL_FUNCTION void clear_gates(GLOBAL float *dgates, int gates, int j, int hidden) {
  for (int gate = 0; gate < gates; gate++) {
    dgates[(offset_t)gate * hidden + j] = 0.0f;
  }
}
